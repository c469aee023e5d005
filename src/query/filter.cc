// Every fact is one pass over one column that makes 64 bits at a time; texts are looked at once for each
// different text (folders, cameras, tags), and names, which all differ, through one search of the longest
// piece of the pattern in all of them joined. The sets are then joined word by word as the tree says.
#include "query/filter.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "base/try.h"
#include "base/utf8.h"
#include "query/lexer.h"
#include "query/text_pattern.h"

namespace vitrine {
namespace {

using Kind = QueryNode::Kind;

template <typename Holds>
RowSet Where(std::size_t count, Holds holds) {
  RowSet rows(count);
  for (std::size_t word = 0; word * 64 < count; ++word) {
    const std::size_t first = word * 64, length = std::min<std::size_t>(64, count - first);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < length; ++i) bits |= static_cast<std::uint64_t>(holds(first + i)) << i;
    rows.SetWord(word, bits);
  }
  return rows;
}

// Unknown values are NaN, and within nothing.
RowSet Within(const std::vector<float>& column, const Fact& fact) {
  const auto low = static_cast<float>(fact.low), high = static_cast<float>(fact.high);
  return Where(column.size(), [&](std::size_t row) { return (column[row] >= low) & (column[row] <= high); });
}

RowSet WhereText(const TextColumn& column, const std::function<bool(const std::string&)>& matches) {
  std::vector<std::uint8_t> good(column.texts.size());
  for (std::size_t code = 1; code < good.size(); ++code) good[code] = matches(column.texts[code]);
  return Where(column.codes.size(), [&](std::size_t row) { return good[column.codes[row]] != 0; });
}

RowSet Type(const FactTable& facts, const Fact& fact) {
  return WhereText(facts.format, [&](const std::string& format) { return format == fact.text; });
}

RowSet Holding(const TextColumn& column, const Fact& fact) {
  const TextPattern pattern(fact.text, TextPattern::Whole::kNo);
  return WhereText(column, [&](const std::string& text) { return pattern.Matches(FoldText(text)); });
}

// Rows of which a place holds.
template <typename Holds>
RowSet WherePlace(const FactTable& facts, Holds holds) {
  const std::vector<std::uint32_t>& starts = facts.places.starts;
  return Where(facts.row_count, [&](std::size_t row) {
    bool any = false;
    for (std::uint32_t place = starts[row]; place < starts[row + 1]; ++place) any |= holds(place);
    return any;
  });
}

std::vector<std::string> FoldedLevels(std::string_view path, bool escapes) {
  std::vector<std::string> levels = PathLevels(path, escapes);
  for (std::string& level : levels) level = FoldText(level);
  return levels;
}

RowSet Folder(const FactTable& facts, const Fact& fact) {
  const PathPattern pattern(PathLevels(fact.text, false), fact.text.starts_with('/'));
  std::vector<std::uint8_t> good(facts.folders.size());
  for (std::size_t i = 0; i < good.size(); ++i)
    good[i] = pattern.Matches(FoldedLevels(facts.folders[i], false));
  return WherePlace(facts, [&](std::uint32_t place) { return good[facts.places.values[place].folder] != 0; });
}

RowSet Name(const FilterRooms& rooms, const Fact& fact) {
  const TextPattern pattern(fact.text, TextPattern::Whole::kNo);
  const DerivedFacts& derived = rooms.derived;
  const std::string& piece = pattern.longest_piece();
  std::vector<std::uint8_t> good(rooms.facts.places.values.size());
  const std::boyer_moore_horspool_searcher search(piece.begin(), piece.end());
  std::size_t place = 0;
  for (auto at = derived.names.begin(); at != derived.names.end();) {
    const auto found = std::search(at, derived.names.end(), search);
    if (found == derived.names.end()) break;
    const auto offset = static_cast<std::size_t>(found - derived.names.begin());
    while (derived.name_starts[place + 1] <= offset) ++place;
    good[place] = pattern.Matches(derived.NameOf(place));
    at = derived.names.begin() + derived.name_starts[place + 1];
  }
  return WherePlace(rooms.facts, [&](std::uint32_t i) { return good[i] != 0; });
}

RowSet Tag(const FactTable& facts, const Fact& fact) {
  // A pattern inside the path of a tag is that tag or one above it.
  const PathPattern pattern(PathLevels(fact.text, true), false);
  RowSet rows(facts.row_count);
  for (const TagRows& tag : facts.tags) {
    if (pattern.Matches(FoldedLevels(tag.path, true))) rows.UniteWith(tag.accepted);
  }
  return rows;
}

RowSet Date(const FactTable& facts, const Fact& fact) {
  const auto seconds = [](double time, std::int64_t open) {
    return std::isinf(time) ? open : static_cast<std::int64_t>(time);
  };
  // Not known is the smallest number of all, below every date.
  const std::int64_t low = seconds(fact.low, FactTable::kNoTime + 1);
  const std::int64_t high = seconds(fact.high, std::numeric_limits<std::int64_t>::max());
  return Where(facts.row_count, [&](std::size_t row) {
    return (facts.taken_at_s[row] >= low) & (facts.taken_at_s[row] < high);
  });
}

RowSet Size(const FactTable& facts, const Fact& fact) {
  const auto within = [&](double value) { return (value >= fact.low) & (value <= fact.high); };
  if (fact.unit == "bytes") {
    return Where(facts.row_count,
                 [&](std::size_t row) { return within(static_cast<double>(facts.size_bytes[row])); });
  }
  const std::vector<float>&width = facts.width_px, &height = facts.height_px;
  if (fact.unit == "px") {
    return Where(facts.row_count, [&](std::size_t row) { return within(std::max(width[row], height[row])); });
  }
  return Where(facts.row_count, [&](std::size_t row) {
    return within(static_cast<double>(width[row]) * static_cast<double>(height[row]) / 1e6);
  });
}

RowSet Orientation(const FactTable& facts, const Fact& fact) {
  const auto where = [&](auto holds) {
    return Where(facts.row_count, [&](std::size_t row) {
      const float width = facts.width_px[row], height = facts.height_px[row];
      return width > 0 && height > 0 && holds(width, height);
    });
  };
  if (fact.text == "square") {
    return where([](float w, float h) { return std::max(w, h) <= kSquareAspect * std::min(w, h); });
  }
  if (fact.text == "panorama") {
    return where([](float w, float h) { return std::max(w, h) >= kPanoramaAspect * std::min(w, h); });
  }
  if (fact.text == "landscape") return where([](float w, float h) { return w > kSquareAspect * h; });
  return where([](float w, float h) { return h > kSquareAspect * w; });
}

RowSet Rating(const FactTable& facts, const Fact& fact) {
  return Where(facts.row_count, [&](std::size_t row) {
    const std::int8_t rating = facts.rating[row];
    return rating != FactTable::kNoRating && rating >= fact.low && rating <= fact.high;
  });
}

RowSet Near(const FactTable& facts, const Fact& fact) {
  // A degree of latitude is 111.2 km everywhere, which spares most pictures the trigonometry.
  const double reach_degrees = fact.kilometres / 111.0;
  return Where(facts.row_count, [&](std::size_t row) {
    const double latitude = facts.latitude[row], longitude = facts.longitude[row];
    return std::abs(latitude - fact.latitude) <= reach_degrees &&
           Kilometres(latitude, longitude, fact.latitude, fact.longitude) <= fact.kilometres;
  });
}

RowSet Color(const FilterRooms& rooms, const Fact& fact) {
  const OkLab wanted = ToOkLab(fact.color.red, fact.color.green, fact.color.blue);
  const float least = LeastShare(fact.color);
  const ListColumn<Swatch>& palette = rooms.facts.palette;
  const std::span<const OkLab> colors = rooms.derived.colors;
  return Where(rooms.facts.row_count, [&](std::size_t row) {
    const std::span<const Swatch> swatches = palette.Of(static_cast<RowId>(row));
    return HasColor(colors.subspan(palette.starts[row], swatches.size()), swatches, wanted, least);
  });
}

RowSet WhereMood(const FilterRooms& rooms, const Fact& fact) {
  const std::vector<Mood>& moods = rooms.derived.moods;
  const auto where = [&](auto holds) {
    return Where(moods.size(), [&](std::size_t row) { return holds(moods[row]); });
  };
  if (fact.text == "warm") return where([](const Mood& mood) { return mood.warmth >= kWarmWarmth; });
  if (fact.text == "cool") return where([](const Mood& mood) { return mood.warmth <= kCoolWarmth; });
  if (fact.text == "dark") return where([](const Mood& mood) { return mood.lightness <= kDarkLightness; });
  if (fact.text == "bright")
    return where([](const Mood& mood) { return mood.lightness >= kBrightLightness; });
  if (fact.text == "muted") return where([](const Mood& mood) { return mood.chroma <= kMutedChroma; });
  return where([](const Mood& mood) { return mood.chroma >= kVividChroma; });
}

RowSet Rated(const FactTable& facts) {
  return Where(facts.row_count, [&](std::size_t row) { return facts.rating[row] != FactTable::kNoRating; });
}

RowSet Without(RowSet all, const RowSet& some) {
  all.Subtract(some);
  return all;
}

RowSet Copy(const RowSet& rows, RowId count) {
  RowSet copy(count);
  copy.UniteWith(rows);
  return copy;
}

Result<RowSet> State(const QueryNode& node, const FilterRooms& rooms) {
  const RowId count = rooms.facts.row_count;
  const std::string& state = node.fact.text;
  if (state == "offline") return Copy(rooms.facts.offline, count);
  if (state == "tagged") return Copy(rooms.facts.tagged, count);
  if (state == "untagged") return Without(rooms.derived.living, rooms.facts.tagged);
  if (state == "rated") return Rated(rooms.facts);
  if (state == "unrated") return Without(rooms.derived.living, Rated(rooms.facts));
  if (rooms.duplicates == nullptr) {
    return QueryError(node.column, "duplicates have not been looked for yet: run `vitrine duplicates` first");
  }
  return Copy(*rooms.duplicates, count);
}

Result<RowSet> OnBoard(const QueryNode& node, const FilterRooms& rooms) {
  if (rooms.boards == nullptr || !*rooms.boards) {
    return QueryError(node.column, "there is no board " + Quoted(node.fact.text));
  }
  auto assets = (*rooms.boards)(node.fact.text);
  if (!assets) return QueryError(node.column, assets.error().message());
  std::ranges::sort(*assets);
  RowSet rows(rooms.facts.row_count);
  for (RowId row = 0; row < rooms.facts.row_count; ++row) {
    const AssetId asset = rooms.facts.assets[row];
    if (asset != AssetId{} && std::ranges::binary_search(*assets, asset)) rows.Insert(row);
  }
  return rows;
}

Result<RowSet> Holds(const QueryNode& node, const FilterRooms& rooms) {
  const FactTable& facts = rooms.facts;
  const Fact& fact = node.fact;
  switch (fact.field) {
    case Field::kTag:
      return Tag(facts, fact);
    case Field::kFolder:
      return Folder(facts, fact);
    case Field::kName:
      return Name(rooms, fact);
    case Field::kType:
      return Type(facts, fact);
    case Field::kCamera:
      return Holding(facts.camera, fact);
    case Field::kLens:
      return Holding(facts.lens, fact);
    case Field::kIso:
      return Within(facts.iso, fact);
    case Field::kFNumber:
      return Within(facts.f_number, fact);
    case Field::kExposure:
      return Within(facts.exposure_s, fact);
    case Field::kFocalLength:
      return Within(facts.focal_length_mm, fact);
    case Field::kDate:
      return Date(facts, fact);
    case Field::kSize:
      return Size(facts, fact);
    case Field::kOrientation:
      return Orientation(facts, fact);
    case Field::kRating:
      return Rating(facts, fact);
    case Field::kNear:
      return Near(facts, fact);
    case Field::kColor:
      return Color(rooms, fact);
    case Field::kMood:
      return WhereMood(rooms, fact);
    case Field::kIs:
      return State(node, rooms);
    case Field::kBoard:
      return OnBoard(node, rooms);
  }
  return Error(Code::kInternal, "a field without a filter");
}

// The rows of a node; rows without a picture may be among them.
Result<RowSet> Evaluate(const QueryNode& node, const FilterRooms& rooms) {
  RowSet rows;
  if (node.kind == Kind::kFact) {
    VITRINE_TRY_ASSIGN(rows, Holds(node, rooms));
  } else if (node.kind == Kind::kAll || node.kind == Kind::kAny) {
    const bool all = node.kind == Kind::kAll;
    rows = RowSet(rooms.facts.row_count, all);
    for (const QueryNode& child : node.children) {
      VITRINE_TRY_ASSIGN(const RowSet some, Evaluate(child, rooms));
      all ? rows.IntersectWith(some) : rows.UniteWith(some);
    }
  } else {
    return QueryError(node.column, "this is no fact");
  }
  if (!node.excluded) return rows;
  return Without(RowSet(rooms.facts.row_count, true), rows);
}

}  // namespace

bool HoldsOnlyFacts(const QueryNode& node) {
  if (node.kind == Kind::kFact) return true;
  if (node.kind != Kind::kAll && node.kind != Kind::kAny) return false;
  return std::ranges::all_of(node.children, HoldsOnlyFacts);
}

Result<RowSet> Filter(const QueryNode& facts_only, const FilterRooms& rooms) {
  VITRINE_TRY_ASSIGN(RowSet rows, Evaluate(facts_only, rooms));
  rows.IntersectWith(rooms.derived.living);
  return rows;
}

std::vector<float> ColorScores(const FilterRooms& rooms, const Swatch& wanted) {
  const OkLab color = ToOkLab(wanted.red, wanted.green, wanted.blue);
  const ListColumn<Swatch>& palette = rooms.facts.palette;
  std::vector<float> scores(rooms.facts.row_count);
  for (RowId row = 0; row < rooms.facts.row_count; ++row) {
    float share = 0;
    for (std::uint32_t i = palette.starts[row]; i < palette.starts[row + 1]; ++i) {
      const float off = ColorDistance(rooms.derived.colors[i], color) / kColorReach;
      // Beyond four reaches a Gaussian is nothing, and its exponential a waste.
      if (off < 4) share += palette.values[i].share * std::exp(-0.5F * off * off);
    }
    scores[row] = share > 0 ? share / (share + wanted.share) : 0;
  }
  return scores;
}

// Shares are sums of floats; what was asked for as a tenth must not fail for the last bit.
float LeastShare(const Swatch& wanted) { return wanted.share * 0.9999F; }

bool HasColor(std::span<const OkLab> colors, std::span<const Swatch> palette, const OkLab& wanted,
              float least) {
  float share = 0;
  for (std::size_t i = 0; i < palette.size(); ++i) {
    if (ColorDistance(colors[i], wanted) <= kColorReach) share += palette[i].share;
  }
  return share > 0 && share >= least;
}

float ColorDistance(const OkLab& x, const OkLab& y) {
  const float l = (x.l - y.l) / 2, a = x.a - y.a, b = x.b - y.b;
  return std::sqrt(l * l + a * a + b * b);
}

double Kilometres(double latitude1, double longitude1, double latitude2, double longitude2) {
  constexpr double kRadians = std::numbers::pi / 180, kEarthKilometres = 6371;
  const double up = std::sin((latitude2 - latitude1) * kRadians / 2);
  const double across = std::sin((longitude2 - longitude1) * kRadians / 2);
  const double half =
      up * up + std::cos(latitude1 * kRadians) * std::cos(latitude2 * kRadians) * across * across;
  return 2 * kEarthKilometres * std::asin(std::min(1.0, std::sqrt(half)));
}

}  // namespace vitrine
