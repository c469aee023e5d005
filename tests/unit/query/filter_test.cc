// An obvious function that looks at one row at a time judges the filter, over random tables and random trees.
#include "query/filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/oklab.h"
#include "query/language.h"
#include "query_maker.h"

namespace vitrine {
namespace {

using Kind = QueryNode::Kind;

// A table, with what the oracle wants to know of each row in plain words.
struct Library {
  FactTable facts;
  RowSet duplicates;
  std::vector<std::vector<std::string>> folders, names, tags;  // By row.
};

class LibraryMaker {
 public:
  explicit LibraryMaker(std::uint64_t seed) : maker_(seed) {}

  Library Make(RowId count) {
    Library library;
    FactTable& facts = library.facts;
    facts.row_count = count;
    facts.offline = facts.tagged = library.duplicates = RowSet(count);
    facts.format.texts = {"", "jpeg", "png", "raw", "heif"};
    facts.camera.texts = {"", "FUJIFILM X-T5", "Canon EOS R5"};
    facts.lens.texts = {"", "XF35mmF1.4 R", "RF24-105mm F4"};
    facts.folders = {"/photos/2023/Italy/Rome", "/photos/2022", "/home/2023x/places", "/",
                     "/My (old) pictures",      "/\u00dcbung"};
    for (const char* path : {"Animals/Dog", "animals", "animals/dog/Puppy", "places/Rome", "rock \"n\" roll",
                             "a\\/b", "a/b", "dug", "hotdog"}) {
      facts.tags.push_back({.path = path, .accepted = RowSet(count)});
    }
    for (RowId row = 0; row < count; ++row) AddRow(library, row);
    return library;
  }

 private:
  bool Chance(std::size_t of) { return maker_.Below(of) == 0; }

  template <typename T>
  T Pick(std::initializer_list<T> values) {
    return *(values.begin() + maker_.Below(values.size()));
  }

  void AddRow(Library& library, RowId row) {
    FactTable& facts = library.facts;
    const bool living = !Chance(8);
    const float none = FactTable::kNoNumber;
    const auto number = [&](std::initializer_list<float> values) { return living ? Pick(values) : none; };
    facts.assets.push_back(AssetId{living ? static_cast<std::int64_t>(row) + 1 : 0});
    facts.taken_at_s.push_back(living && !Chance(4)
                                   ? 1'640'000'000 + static_cast<std::int64_t>(maker_.Below(80'000'000))
                                   : FactTable::kNoTime);
    facts.width_px.push_back(living ? Pick({1920.0F, 4000.0F, 6000.0F, 1000.0F, 1049.0F}) : 0);
    facts.height_px.push_back(living ? Pick({1080.0F, 4000.0F, 3000.0F, 1000.0F, 2001.0F}) : 0);
    facts.iso.push_back(number({none, 100, 200, 400, 800, 1600}));
    facts.f_number.push_back(number({none, 1.4F, 2.8F, 4, 5.6F}));
    facts.exposure_s.push_back(number({none, 0.004F, 0.5F, 0.001F, 2}));
    facts.focal_length_mm.push_back(number({none, 24, 35, 50, 70.5F}));
    const bool placed = living && !Chance(3);
    facts.latitude.push_back(placed ? Pick({48.86F, 48.9F, 45.76F, -33.87F, 51.5F}) : none);
    facts.longitude.push_back(placed ? Pick({2.35F, 2.4F, 4.83F, 151.2F, -0.12F}) : none);
    facts.rating.push_back(living ? static_cast<std::int8_t>(Pick({-128, -1, 0, 1, 3, 5}))
                                  : FactTable::kNoRating);
    facts.size_bytes.push_back(living ? Pick<std::uint64_t>({1000, 1536, 5'242'880, 5'242'881, 9'000'000})
                                      : 0);
    facts.format.codes.push_back(living ? static_cast<std::uint32_t>(maker_.Below(5)) : 0);
    facts.camera.codes.push_back(living ? static_cast<std::uint32_t>(maker_.Below(3)) : 0);
    facts.lens.codes.push_back(living ? static_cast<std::uint32_t>(maker_.Below(3)) : 0);
    AddPlaces(library, living);
    for (std::size_t i = living ? maker_.Below(4) : 0; i > 0; --i) {
      const auto grey = static_cast<std::uint8_t>(maker_.Below(256));
      facts.palette.values.push_back(Chance(3) ? Swatch{grey, grey, grey, 0.3F}
                                               : Swatch{Pick<std::uint8_t>({200, 60, 20}), grey,
                                                        Pick<std::uint8_t>({40, 200, 90}),
                                                        Pick({0.05F, 0.2F, 0.6F})});
    }
    facts.palette.starts.push_back(static_cast<std::uint32_t>(facts.palette.values.size()));
    facts.hashes.push_back(0);
    std::vector<std::string>& tags = library.tags.emplace_back();
    for (TagRows& tag : facts.tags) {
      if (!living || !Chance(6)) continue;
      tag.accepted.Insert(row);
      facts.tagged.Insert(row);
      tags.push_back(tag.path);
    }
    if (living && Chance(5)) facts.offline.Insert(row);
    if (Chance(4)) library.duplicates.Insert(row);  // A dead row among them must not come back.
  }

  void AddPlaces(Library& library, bool living) {
    FactTable& facts = library.facts;
    std::vector<std::string>& folders = library.folders.emplace_back();
    std::vector<std::string>& names = library.names.emplace_back();
    for (std::size_t i = living ? 1 + maker_.Below(2) : 0; i > 0; --i) {
      const auto folder = static_cast<std::uint32_t>(maker_.Below(facts.folders.size()));
      std::string name = Pick<std::string>({"IMG_", "dsc", "\u00dcBER_img_", "img"}) +
                         std::to_string(maker_.Below(300)) + Pick<std::string>({".JPG", ".jpg", ".png"});
      folders.push_back(facts.folders[folder]);
      names.push_back(name);
      facts.places.values.push_back({.folder = folder,
                                     .name_at = static_cast<std::uint32_t>(facts.names.size()),
                                     .name_bytes = static_cast<std::uint16_t>(name.size())});
      facts.names += name;
    }
    facts.places.starts.push_back(static_cast<std::uint32_t>(facts.places.values.size()));
  }

  QueryMaker maker_;
};

// The oracle.

std::string Folded(std::string text) {
  for (std::size_t at; (at = text.find("\u00dc")) != std::string::npos;) text.replace(at, 2, "u");
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

bool GlobFits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (GlobFits(pattern.substr(1), text.substr(i))) return true;
    }
    return false;
  }
  return !text.empty() && pattern.front() == text.front() && GlobFits(pattern.substr(1), text.substr(1));
}

bool HoldsOrFits(const std::string& typed, const std::string& text) {
  const std::string pattern = Folded(typed), folded = Folded(text);
  if (pattern.find('*') != std::string::npos) return GlobFits(pattern, folded);
  return folded.find(pattern) != std::string::npos;
}

std::vector<std::string> Levels(const std::string& path) {
  std::vector<std::string> levels = {""};
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\') {
      levels.back() += path[++i];
    } else if (path[i] == '/') {
      levels.emplace_back();
    } else {
      levels.back() += path[i];
    }
  }
  std::erase(levels, "");
  return levels;
}

bool RunFits(const std::string& typed, const std::string& path, bool from_top) {
  const std::vector<std::string> wanted = Levels(Folded(typed)), levels = Levels(Folded(path));
  for (std::size_t first = 0; first + wanted.size() <= levels.size(); ++first) {
    bool fits = !from_top || first == 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) fits = fits && GlobFits(wanted[i], levels[first + i]);
    if (fits) return true;
  }
  return false;
}

bool Between(double value, const Fact& fact) { return value >= fact.low && value <= fact.high; }

bool FrameFits(double width, double height, const std::string& orientation) {
  const double ratio = std::max(width, height) / std::min(width, height);
  if (orientation == "square") return ratio <= 1.05;
  if (orientation == "panorama") return ratio >= 2;
  return ratio > 1.05 && (orientation == "landscape") == (width > height);
}

bool MoodFits(const Library& library, RowId row, const std::string& mood) {
  double share = 0, lightness = 0, chroma = 0, warmth = 0;
  for (const Swatch& swatch : library.facts.palette.Of(row)) {
    const OkLab color = ToOkLab(swatch.red, swatch.green, swatch.blue);
    const double l{color.l}, a{color.a}, b{color.b}, part{swatch.share};
    share += part;
    lightness += part * l;
    chroma += part * std::hypot(a, b);
    warmth += part * (a * 0.5 + b * std::sqrt(0.75));
  }
  if (share == 0) return false;
  if (mood == "warm") return warmth / share >= double{kWarmWarmth};
  if (mood == "cool") return warmth / share <= double{kCoolWarmth};
  if (mood == "dark") return lightness / share <= double{kDarkLightness};
  if (mood == "bright") return lightness / share >= double{kBrightLightness};
  if (mood == "muted") return chroma / share <= double{kMutedChroma};
  return chroma / share >= double{kVividChroma};
}

bool StateFits(const Library& library, RowId row, const std::string& state) {
  const FactTable& facts = library.facts;
  if (state == "offline") return facts.offline.Contains(row);
  if (state == "tagged") return !library.tags[row].empty();
  if (state == "untagged") return library.tags[row].empty();
  if (state == "rated") return facts.rating[row] != -128;
  if (state == "unrated") return facts.rating[row] == -128;
  return library.duplicates.Contains(row);
}

bool SizeFits(const FactTable& facts, RowId row, const Fact& fact) {
  const double width = facts.width_px[row], height = facts.height_px[row];
  if (fact.unit == "bytes") return Between(static_cast<double>(facts.size_bytes[row]), fact);
  return Between(fact.unit == "px" ? std::max(width, height) : width * height / 1e6, fact);
}

// The angle between two unit vectors, by another formula than the filter's.
double ArcKilometres(double latitude1, double longitude1, double latitude2, double longitude2) {
  const double degree = std::acos(-1.0) / 180;
  const auto vector = [&](double latitude, double longitude) {
    return std::array{std::cos(latitude * degree) * std::cos(longitude * degree),
                      std::cos(latitude * degree) * std::sin(longitude * degree),
                      std::sin(latitude * degree)};
  };
  const auto x = vector(latitude1, longitude1), y = vector(latitude2, longitude2);
  return 6371 * std::acos(std::clamp(x[0] * y[0] + x[1] * y[1] + x[2] * y[2], -1.0, 1.0));
}

bool ColorFits(const FactTable& facts, RowId row, const Swatch& wanted) {
  const OkLab color = ToOkLab(wanted.red, wanted.green, wanted.blue);
  double share = 0;
  for (const Swatch& swatch : facts.palette.Of(row)) {
    const OkLab other = ToOkLab(swatch.red, swatch.green, swatch.blue);
    const double l{color.l - other.l}, a{color.a - other.a}, b{color.b - other.b};
    if (std::hypot(l / 2, a, b) <= double{kColorReach}) share += double{swatch.share};
  }
  return share > 0 && share >= double{wanted.share} * 0.9999;
}

bool FactFits(const Library& library, RowId row, const Fact& fact) {
  const FactTable& facts = library.facts;
  const auto any = [](const std::vector<std::string>& texts, auto fits) {
    return std::ranges::any_of(texts, fits);
  };
  const auto text_of = [&](const TextColumn& column) { return column.texts[column.codes[row]]; };
  switch (fact.field) {
    case Field::kTag:
      return any(library.tags[row], [&](const std::string& tag) { return RunFits(fact.text, tag, false); });
    case Field::kFolder:
      return any(library.folders[row], [&](const std::string& folder) {
        return RunFits(fact.text, folder, fact.text.starts_with('/'));
      });
    case Field::kName:
      return any(library.names[row], [&](const std::string& name) { return HoldsOrFits(fact.text, name); });
    case Field::kType:
      return text_of(facts.format) == fact.text;
    case Field::kCamera:
      return facts.camera.codes[row] != 0 && HoldsOrFits(fact.text, text_of(facts.camera));
    case Field::kLens:
      return facts.lens.codes[row] != 0 && HoldsOrFits(fact.text, text_of(facts.lens));
    case Field::kIso:
      return Between(facts.iso[row], fact);
    case Field::kFNumber:
      return Between(facts.f_number[row], fact);
    case Field::kExposure:
      return Between(facts.exposure_s[row], fact);
    case Field::kFocalLength:
      return Between(facts.focal_length_mm[row], fact);
    case Field::kDate: {
      const std::int64_t time = facts.taken_at_s[row];
      return time != FactTable::kNoTime && static_cast<double>(time) >= fact.low &&
             static_cast<double>(time) < fact.high;
    }
    case Field::kSize:
      return SizeFits(facts, row, fact);
    case Field::kOrientation:
      return FrameFits(facts.width_px[row], facts.height_px[row], fact.text);
    case Field::kRating:
      return facts.rating[row] != -128 && Between(facts.rating[row], fact);
    case Field::kNear:
      return !std::isnan(facts.latitude[row]) &&
             ArcKilometres(facts.latitude[row], facts.longitude[row], fact.latitude, fact.longitude) <=
                 fact.kilometres;
    case Field::kColor:
      return ColorFits(facts, row, fact.color);
    case Field::kMood:
      return MoodFits(library, row, fact.text);
    case Field::kIs:
      return StateFits(library, row, fact.text);
    case Field::kBoard:
      break;
  }
  return false;
}

bool Fits(const Library& library, RowId row, const QueryNode& node) {
  bool fits = false;
  const auto child_fits = [&](const QueryNode& child) { return Fits(library, row, child); };
  if (node.kind == Kind::kFact) fits = FactFits(library, row, node.fact);
  if (node.kind == Kind::kAll) fits = std::ranges::all_of(node.children, child_fits);
  if (node.kind == Kind::kAny) fits = std::ranges::any_of(node.children, child_fits);
  return fits != node.excluded;
}

void ExpectSame(const Library& library, const DerivedFacts& derived, const QueryNode& tree) {
  const Result<RowSet> rows =
      Filter(tree, {.facts = library.facts, .derived = derived, .duplicates = &library.duplicates});
  ASSERT_TRUE(rows) << rows.error().message();
  ASSERT_EQ(rows->size(), library.facts.row_count);
  for (RowId row = 0; row < library.facts.row_count; ++row) {
    const bool wanted = library.facts.assets[row] != AssetId{} && Fits(library, row, tree);
    ASSERT_EQ(rows->Contains(row), wanted) << FormatQuery(tree) << " in row " << row;
  }
}

TEST(Filter, EveryFactIsWhatOneRowAtATimeSays) {
  const Library library = LibraryMaker(7).Make(1000);
  const DerivedFacts derived = DeriveFacts(library.facts);
  QueryMaker maker(8);
  for (int round = 0; round < 600; ++round) ExpectSame(library, derived, maker.FactLeaf());
}

TEST(Filter, RandomTreesAreWhatOneRowAtATimeSays) {
  QueryMaker maker(9);
  for (const RowId count : {0u, 1u, 63u, 64u, 65u, 300u}) {
    const Library library = LibraryMaker(count).Make(count);
    const DerivedFacts derived = DeriveFacts(library.facts);
    for (int round = 0; round < 200; ++round) {
      const QueryNode tree = maker.Tree(3, [&] { return maker.FactLeaf(); });
      ASSERT_TRUE(HoldsOnlyFacts(tree));
      ExpectSame(library, derived, tree);
    }
  }
}

// Half of a fact's rows or none would hide a filter that says yes to all: each fact of the test finds some
// and misses some.
TEST(Filter, TheMadeFactsTellRowsApart) {
  const Library library = LibraryMaker(7).Make(1000);
  const DerivedFacts derived = DeriveFacts(library.facts);
  for (const char* fact : {"tag:animals/dog",
                           "tag:d*g",
                           "tag:a\\/b",
                           "folder:italy/Rome",
                           "folder:/photos",
                           "name:img_*1*.jpg",
                           "name:\u00dcber",
                           "type:raw",
                           "camera:*t5",
                           "lens:35",
                           "iso:>400",
                           "f:1.4",
                           "exposure:1/250",
                           "date:2023",
                           "size:>5MB",
                           "size:12mp",
                           "orientation:square",
                           "orientation:panorama",
                           "rating:>=3",
                           "near:48.85,2.35,5",
                           "near:48.85,2.35,700",
                           "color:red",
                           "mood:warm",
                           "mood:cool",
                           "mood:dark",
                           "mood:bright",
                           "mood:vivid",
                           "mood:muted",
                           "is:offline",
                           "is:duplicate"}) {
    const Result<RowSet> rows = Filter(
        *ParseQuery(fact), {.facts = library.facts, .derived = derived, .duplicates = &library.duplicates});
    ASSERT_TRUE(rows) << fact;
    EXPECT_GT(rows->Count(), 0u) << fact;
    EXPECT_LT(rows->Count(), derived.living.Count()) << fact;
  }
}

TEST(Filter, FindsThePicturesOfABoard) {
  const Library library = LibraryMaker(1).Make(200);
  const DerivedFacts derived = DeriveFacts(library.facts);
  std::vector<AssetId> wanted;
  for (RowId row = 0; row < 200; row += 3) wanted.push_back(library.facts.assets[row]);
  std::ranges::reverse(wanted);
  const BoardLookup boards = [&](const std::string& board) -> Result<std::vector<AssetId>> {
    if (board == "kitchen") return wanted;
    return Error(Code::kNotFound, "there is no board " + board + "; did you mean kitchen?");
  };
  const FilterRooms rooms{
      .facts = library.facts, .derived = derived, .duplicates = nullptr, .boards = &boards};
  const RowSet rows = Filter(*ParseQuery("board:kitchen"), rooms).value();
  const RowSet others = Filter(*ParseQuery("-board:kitchen"), rooms).value();
  for (RowId row = 0; row < 200; ++row) {
    EXPECT_EQ(rows.Contains(row), row % 3 == 0 && derived.living.Contains(row)) << row;
    EXPECT_EQ(others.Contains(row), row % 3 != 0 && derived.living.Contains(row)) << row;
  }
  EXPECT_EQ(Filter(*ParseQuery("board:kitchens"), rooms).error().message(),
            "column 1: there is no board kitchens; did you mean kitchen?");
}

TEST(Filter, SaysWhatItCannotLookUp) {
  const Library library = LibraryMaker(1).Make(10);
  const DerivedFacts derived = DeriveFacts(library.facts);
  const auto refusal = [&](const char* typed) {
    const Result<RowSet> rows = Filter(*ParseQuery(typed), {.facts = library.facts, .derived = derived});
    return rows ? "found" : rows.error().message();
  };
  EXPECT_EQ(refusal("rating:5 board:kitchen"), "column 10: there is no board \"kitchen\"");
  EXPECT_TRUE(refusal("is:duplicate").starts_with("column 1: duplicates have not been looked for"));
  EXPECT_EQ(refusal("rating:5 dog"), "column 10: this is no fact");
  EXPECT_FALSE(HoldsOnlyFacts(*ParseQuery("rating:5 (dog OR is:rated)")));
}

TEST(ColorScores, RiseWithShareAndFallWithDistance) {
  FactTable facts;
  facts.row_count = 4;
  facts.assets.assign(4, AssetId{1});
  facts.palette.values = {{255, 136, 0, 0.2F}, {255, 136, 0, 0.8F}, {230, 120, 20, 0.2F}, {0, 60, 255, 1}};
  facts.palette.starts = {0, 1, 2, 3, 4};
  facts.places.starts.assign(5, 0);
  const DerivedFacts derived = DeriveFacts(facts);
  const std::vector<float> scores = ColorScores({.facts = facts, .derived = derived}, {255, 136, 0, 0.2F});
  EXPECT_FLOAT_EQ(scores[0], 0.5F);
  EXPECT_FLOAT_EQ(scores[1], 0.8F);
  EXPECT_LT(scores[2], scores[0]);
  EXPECT_GT(scores[2], 0.2F);
  EXPECT_LT(scores[3], 0.001F);
}

TEST(Kilometres, KnowsTheDistanceOfParisAndLondon) {
  EXPECT_NEAR(Kilometres(48.8566, 2.3522, 51.5074, -0.1278), 343.6, 0.5);
  EXPECT_NEAR(Kilometres(0, 179.9, 0, -179.9), 22.24, 0.01);  // Across the date line.
  EXPECT_EQ(Kilometres(10, 20, 10, 20), 0);
}

}  // namespace
}  // namespace vitrine
