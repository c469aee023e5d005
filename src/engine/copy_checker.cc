#include "engine/copy_checker.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/try.h"
#include "engine/originals.h"
#include "image/thumbnail_path.h"

namespace vitrine {
namespace {

constexpr std::size_t kMaxShapes = 4'000;
constexpr int kWholeDistance =
    16;  // Bits: hashes nearer than this are worth laying the wholes over one another.
constexpr float kMirrorCosine = 0.75f;  // Vectors hardly notice a mirror.

// Calls work(0) .. work(count - 1) on several threads.
template <typename Work>
void InParallel(std::size_t threads, std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto loop = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(loop);
  loop();
}

Turn TurnOf(std::uint8_t number) { return {.mirrored = number >= 4, .quarters = number % 4}; }

// From the cheapest look to the dearest.
std::optional<Alignment> Look(const PictureShape& a, const PictureShape& b, const ProposedPair& pair) {
  if (pair.distance <= kWholeDistance) {
    const Alignment whole = AlignWhole(a, b, TurnOf(pair.turn));
    if (IsSameShot(whole)) return whole;
  }
  std::optional<Alignment> found = AlignByFeatures(a, b, false);
  if (found && IsSameShot(*found)) return found;
  if (pair.turn < 4 && pair.cosine < kMirrorCosine) return std::nullopt;
  found = AlignByFeatures(a, b, true);
  if (found && IsSameShot(*found)) return found;
  return std::nullopt;
}

}  // namespace

std::unique_ptr<PictureShape> CopyChecker::LoadOne(const CopyPicture& picture) {
  const auto look = [&](UniqueFd file) -> std::unique_ptr<PictureShape> {
    const auto decoded = rooms_.decoder.Decode(
        std::move(file), {.min_edge_px = PictureShape::kEdgePx, .thumbnail_edge_px = 0});
    return decoded ? std::make_unique<PictureShape>(ShapeOf(decoded->picture)) : nullptr;
  };
  if (auto thumbnail = OpenRegularFile(ThumbnailPath(rooms_.thumbs_folder, picture.asset.content))) {
    if (auto shape = look(*std::move(thumbnail))) return shape;
  }
  std::vector<KnownOriginal> files;
  for (std::size_t i = 0; i < picture.asset.paths.size(); ++i)
    files.push_back({picture.asset.paths[i], picture.stamps[i]});
  auto original = OpenFirst(picture.asset, files, "");
  return original ? look(std::move(original->fd)) : nullptr;
}

Status CopyChecker::Load(std::span<const ProposedPair> pairs) {
  std::vector<RowId> rows;
  for (const ProposedPair& pair : pairs) rows.insert(rows.end(), {pair.a, pair.b});
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  if (shapes_.size() + rows.size() > kMaxShapes) {
    std::erase_if(shapes_, [&](const auto& entry) {
      return !std::binary_search(rows.begin(), rows.end(), entry.first);
    });
  }
  std::erase_if(rows, [&](RowId row) { return shapes_.contains(row); });
  VITRINE_TRY_ASSIGN(const std::vector<CopyPicture> pictures, rooms_.pictures(rows));
  std::vector<std::unique_ptr<PictureShape>> loaded(pictures.size());
  InParallel(rooms_.threads, pictures.size(), [&](std::size_t i) { loaded[i] = LoadOne(pictures[i]); });
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (!loaded[i]) ++unseen_;
    shapes_[pictures[i].row] = std::move(loaded[i]);
  }
  return {};
}

Result<std::vector<std::optional<Alignment>>> CopyChecker::Check(std::span<const ProposedPair> pairs) {
  VITRINE_TRY(Load(pairs));
  std::vector<std::optional<Alignment>> verdicts(pairs.size());
  const auto shape_of = [&](RowId row) -> const PictureShape* {
    const auto found = shapes_.find(row);
    return found == shapes_.end() ? nullptr : found->second.get();
  };
  InParallel(rooms_.threads, pairs.size(), [&](std::size_t i) {
    const PictureShape* a = shape_of(pairs[i].a);
    const PictureShape* b = shape_of(pairs[i].b);
    if (a != nullptr && b != nullptr) verdicts[i] = Look(*a, *b, pairs[i]);
  });
  return verdicts;
}

}  // namespace vitrine
