#include "engine/board_arrange.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/oklab.h"
#include "base/try.h"
#include "engine/tag_changes.h"

namespace vitrine {
namespace {

constexpr double kMostGap = 10'000;
constexpr std::size_t kMostClusters = 1'000;

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

// The box around an item as it is turned.
Box BoxOf(const BoardItem& item) {
  const double turn = item.rotation_deg * std::numbers::pi / 180;
  const double c = std::abs(std::cos(turn));
  const double s = std::abs(std::sin(turn));
  const double width =
      item.rotation_deg == 0 ? std::abs(item.width) : std::abs(item.width) * c + std::abs(item.height) * s;
  const double height =
      item.rotation_deg == 0 ? std::abs(item.height) : std::abs(item.width) * s + std::abs(item.height) * c;
  const double x = item.x + item.width / 2;
  const double y = item.y + item.height / 2;
  return {.left = x - width / 2, .top = y - height / 2, .right = x + width / 2, .bottom = y + height / 2};
}

bool Overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

Matrix ColoursOf(const BoardView& view) {
  Matrix colours(view.records.size(), 3);
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    const std::vector<Swatch>& palette = view.records[i].sketch.palette;
    OkLab colour{.l = 0.5F, .a = 0, .b = 0};
    if (!palette.empty()) colour = ToOkLab(palette.front().red, palette.front().green, palette.front().blue);
    std::ranges::copy(std::array{colour.l, colour.a, colour.b}, colours.row(i).begin());
  }
  return colours;
}

// Pictures without a vector go to the middle of all.
Matrix VectorsWithoutGaps(const BoardView& view) {
  Matrix vectors = view.vectors;
  std::vector<float> mean(vectors.columns());
  std::size_t count = 0;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    if (!view.embedded[i]) continue;
    ++count;
    for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += vectors.row(i)[d];
  }
  if (count == 0 || count == vectors.rows()) return vectors;
  for (float& value : mean) value /= static_cast<float>(count);
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    if (!view.embedded[i]) std::ranges::copy(mean, vectors.row(i).begin());
  }
  return vectors;
}

std::vector<layout::Size> SizesOf(const Board& board, const BoardView& view, Arrangement by) {
  std::vector<layout::Size> sizes;
  for (const std::size_t i : view.items) {
    const Box box = BoxOf(board.items[i]);
    sizes.push_back({.width = box.right - box.left, .height = box.bottom - box.top});
  }
  const bool keeps_sizes = by == Arrangement::kPack || by == Arrangement::kRows;
  return keeps_sizes ? sizes : layout::Normalised(sizes, layout::Normalise::kHeight);
}

layout::ClusterLayout PlacesOf(const Board& board, const BoardView& view, const ArrangeRequest& request) {
  const std::vector<layout::Size> sizes = SizesOf(board, view, request.by);
  const layout::ArrangeOptions options{.gap = request.gap};
  layout::ClusterLayout result;
  switch (request.by) {
    case Arrangement::kMeaning:
      result.places = layout::ArrangeByMeaning(sizes, VectorsWithoutGaps(view), options);
      break;
    case Arrangement::kColour:
      result.places = layout::ArrangeByColour(sizes, ColoursOf(view), options);
      break;
    case Arrangement::kTime: {
      std::vector<double> times;
      for (const AssetRecord& record : view.records) times.push_back(SecondsOf(record.info.facts.taken_at));
      result.places = layout::ArrangeByTime(sizes, times, options);
      break;
    }
    case Arrangement::kClusters:
      result = layout::ArrangeByClusters(sizes, VectorsWithoutGaps(view),
                                         std::min(request.clusters, sizes.size()), options);
      break;
    case Arrangement::kPack:
      result.places = layout::Pack(sizes, options);
      break;
    case Arrangement::kRows:
      result.places = layout::JustifiedRows(sizes, options);
      break;
  }
  return result;
}

// Scaled and moved so that its turned box is the place.
BoardItem PlacedAt(BoardItem item, const layout::Place& place) {
  const Box box = BoxOf(item);
  const double scale = place.width / (box.right - box.left);
  item.width *= scale;
  item.height *= scale;
  item.x = place.x + place.width / 2 - item.width / 2;
  item.y = place.y + place.height / 2 - item.height / 2;
  return item;
}

bool IsClusterTitle(const BoardItem& item) { return item.id.starts_with(kClusterTitlePrefix); }

// Where the arrangement begins: where its pictures began, or below whatever would lie under it.
layout::Place FreePlace(const Board& board, const BoardView& view, const layout::ClusterLayout& arranged,
                        double gap) {
  layout::Place whole;
  for (const std::vector<layout::Place>* places : {&arranged.places, &arranged.titles}) {
    for (const layout::Place& place : *places) {
      whole.width = std::max(whole.width, place.x + place.width);
      whole.height = std::max(whole.height, place.y + place.height);
    }
  }
  const Box first = BoxOf(board.items[view.items.front()]);
  whole.x = first.left;
  whole.y = first.top;
  std::vector<bool> moves(board.items.size());
  for (const std::size_t i : view.items) {
    const Box box = BoxOf(board.items[i]);
    whole.x = std::min(whole.x, box.left);
    whole.y = std::min(whole.y, box.top);
    moves[i] = true;
  }
  std::vector<Box> others;
  for (std::size_t i = 0; i < board.items.size(); ++i) {
    const BoardItem& item = board.items[i];
    const bool solid =
        item.kind == ItemKind::kPicture || (item.kind == ItemKind::kNote && !IsClusterTitle(item));
    if (solid && !moves[i]) others.push_back(BoxOf(item));
  }
  std::ranges::sort(others, {}, &Box::bottom);
  for (const Box& box : others) {
    const Box covered{.left = whole.x - gap,
                      .top = whole.y - gap,
                      .right = whole.x + whole.width + gap,
                      .bottom = whole.y + whole.height + gap};
    if (Overlap(covered, box)) whole.y = box.bottom + gap;
  }
  return whole;
}

void AddTitles(const Board& board, const layout::ClusterLayout& arranged, const layout::Place& at,
               std::span<const std::string> names, BoardEdit& edit) {
  std::int64_t z = 0;
  for (const BoardItem& item : board.items) z = std::max(z, item.z);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const layout::Place& title = arranged.titles[i];
    BoardItem note{.id = std::string(kClusterTitlePrefix) + std::to_string(i + 1),
                   .kind = ItemKind::kNote,
                   .x = at.x + title.x,
                   .y = at.y + title.y,
                   .width = title.width,
                   .height = title.height,
                   .z = z,
                   .text = names[i],
                   .font_px = std::clamp(title.height * 0.6, 4.0, 1000.0)};
    edit.changes.push_back({.id = note.id, .item = std::move(note)});
  }
}

Status CheckRequest(const ArrangeRequest& request, const BoardView& view, const Board& board) {
  if (!(request.gap >= 0 && request.gap <= kMostGap)) {
    return Error(Code::kInvalidArgument, "the gap must lie between 0 and 10,000");
  }
  if (request.clusters > kMostClusters) {
    return Error(Code::kInvalidArgument, "at most 1,000 clusters can be made");
  }
  if (view.items.empty()) {
    return Error(Code::kInvalidArgument,
                 "there are no pictures to arrange on the board " + board.name + " (locked ones stay)");
  }
  return {};
}

}  // namespace

Result<BoardEdit> ArrangeEdit(const Board& board, const BoardView& view, const ArrangeRequest& request,
                              const ClusterNamer& name) {
  VITRINE_TRY(CheckRequest(request, view, board));
  const layout::ClusterLayout arranged = PlacesOf(board, view, request);
  const layout::Place at = FreePlace(board, view, arranged, request.gap);
  BoardEdit edit{
      .base_revision = board.revision,
      .what = "arrange " + PicturesText(view.items.size()) + " by " + std::string(NameOf(request.by))};
  for (std::size_t i = 0; i < view.items.size(); ++i) {
    layout::Place place = arranged.places[i];
    place.x += at.x;
    place.y += at.y;
    BoardItem item = PlacedAt(board.items[view.items[i]], place);
    edit.changes.push_back({.id = item.id, .item = std::move(item)});
  }
  std::vector<std::string> names;
  if (request.by == Arrangement::kClusters) {
    VITRINE_TRY_ASSIGN(names, name(view, arranged.clusters));
    AddTitles(board, arranged, at, names, edit);
  }
  // Titles of an earlier arrangement go, unless a new one has their id.
  const bool replaces_titles = request.items.empty() || request.by == Arrangement::kClusters;
  for (const BoardItem& item : board.items) {
    if (!replaces_titles || !IsClusterTitle(item)) continue;
    const bool again =
        std::ranges::any_of(edit.changes, [&](const ItemChange& c) { return c.id == item.id; });
    if (!again) edit.changes.push_back({.id = item.id, .item = std::nullopt});
  }
  return edit;
}

}  // namespace vitrine
