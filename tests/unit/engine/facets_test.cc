#include "engine/facets.h"

#include <algorithm>
#include <map>
#include <set>

#include "support/made_library.h"

namespace vitrine {
namespace {

constexpr std::size_t kPictures = 600;

using FacetsTest = MadeLibrary;

template <typename T, std::size_t kCount>
const T& Any(const T (&values)[kCount], std::mt19937& dice) {
  return values[dice() % kCount];
}

// Values that could break a query: signs of the language, quotes, names inside names, other scripts.
FileOutcome Dealt(std::size_t i, std::mt19937& dice) {
  const std::string folders[] = {"/photos/2023/a trip (long)", "/photos/2023/b", "/photos/2024/x\"y",
                                 "/photos/2024/-dash",         "/photos",        "/photos/\xff\xfe",
                                 "/photos/2024/K\xc3\xb6ln*",  "/photos/a:b\\c"};
  const std::string cameras[] = {
      "Canon EOS 5D", "Canon EOS 5D Mark II",     "He said \"hi\"", "a (b) -c OR d",
      "NIKON Z 6",    "\xe5\xaf\x8c\xe5\xa3\xab", "wild * card?",   "back\\slash"};
  const std::string tags[] = {"places/beach", "places/beach/north", "places", "beach", "a\\/b", "OR", "-not",
                              "food",         "\"quoted\" tag"};
  const std::string years[] = {"2019", "2020", "2023", "1999"};
  const std::string formats[] = {"jpeg", "png", "heif"};
  const std::int32_t sizes[][2] = {{300, 200}, {200, 300}, {250, 250}, {900, 200}, {200, 900}};
  FileOutcome outcome;
  outcome.path = Any(folders, dice) + "/p" + std::to_string(i) + ".jpg";
  const auto& size = Any(sizes, dice);
  outcome.new_asset = NewAsset{
      .info = {.width_px = size[0], .height_px = size[1], .format = Any(formats, dice), .facts = {}}};
  Facts& facts = outcome.new_asset->info.facts;
  if (dice() % 4 != 0) {
    const std::string month = std::to_string(1 + dice() % 12);
    facts.taken_at = Any(years, dice) + (month.size() == 1 ? "-0" : "-") + month + "-28T23:59:59";
  }
  if (dice() % 4 != 0) facts.camera = Any(cameras, dice);
  if (dice() % 4 != 0) facts.lens = "XF " + Any(cameras, dice);
  for (int k = 0; k < 3; ++k) {
    outcome.new_asset->sketch.palette.push_back({static_cast<std::uint8_t>(dice()),
                                                 static_cast<std::uint8_t>(dice()),
                                                 static_cast<std::uint8_t>(dice()), 0.3F});
  }
  for (int k = 0; k < 2; ++k) {
    if (dice() % 2 == 0) outcome.new_asset->embedded.tags.push_back(Any(tags, dice));
  }
  if (dice() % 2 == 0) {
    outcome.new_asset->embedded.rating = static_cast<std::int32_t>(dice() % 7) - 1;
  }
  return outcome;
}

std::vector<FileOutcome> DealtPictures() {
  std::mt19937 dice(20261125);
  std::vector<FileOutcome> outcomes;
  for (std::size_t i = 0; i < kPictures; ++i) outcomes.push_back(Dealt(i, dice));
  return outcomes;
}

const Facet* Find(const std::vector<Facet>& facets, const std::string& field) {
  const auto found = std::ranges::find(facets, field, &Facet::field);
  return found == facets.end() ? nullptr : &*found;
}

std::uint64_t CountOf(const std::vector<Facet>& facets, const std::string& field, const std::string& label) {
  const Facet* const facet = Find(facets, field);
  if (facet == nullptr) return 0;
  const auto found = std::ranges::find(facet->values, label, &FacetValue::label);
  return found == facet->values.end() ? 0 : found->count;
}

TEST_F(FacetsTest, EveryCountIsThatOfTheListItsQueryGives) {
  Record(DealtPictures());
  std::size_t values = 0;
  for (const std::string query :
       {"", "tag:places", "camera:canon", "rating:>=3", "date:2023", "(type:png OR tag:food)", "is:untagged",
        "-folder:2024", "color:teal", "orientation:portrait -tag:beach", "is:duplicate"}) {
    for (const std::size_t most : {std::size_t{3}, std::size_t{1000}}) {
      const auto facets = gallery().Facets(query, most);
      ASSERT_TRUE(facets) << query << ": " << facets.error().message();
      for (const Facet& facet : *facets) {
        EXPECT_LE(facet.values.size(), most);
        for (const FacetValue& value : facet.values) {
          const auto listing = gallery().List({.query = query + " " + value.query});
          ASSERT_TRUE(listing) << query << " " << value.query << ": " << listing.error().message();
          EXPECT_FALSE(listing->ranked) << value.query;
          EXPECT_EQ(listing->ids.size(), value.count) << query << " + " << value.query;
          EXPECT_GT(value.count, 0U);
          ++values;
        }
      }
    }
  }
  EXPECT_GT(values, 300U);
}

TEST_F(FacetsTest, CountsAreThoseOfWhatWasDealt) {
  const std::vector<FileOutcome> dealt = DealtPictures();
  Record(dealt);
  std::map<std::string, std::uint64_t> years, ratings, formats;
  std::uint64_t below_places = 0;
  for (const FileOutcome& outcome : dealt) {
    const NewAsset& asset = *outcome.new_asset;
    if (asset.info.facts.taken_at) ++years[asset.info.facts.taken_at->substr(0, 4)];
    if (asset.embedded.rating) ++ratings[std::to_string(*asset.embedded.rating)];
    ++formats[asset.info.format];
    below_places += std::ranges::any_of(asset.embedded.tags,
                                        [](const std::string& tag) { return tag.starts_with("places"); });
  }
  const std::vector<Facet> facets = gallery().Facets("", 1000).value();
  for (const auto& [year, count] : years) EXPECT_EQ(CountOf(facets, "date", year), count) << year;
  for (const auto& [rating, count] : ratings) EXPECT_EQ(CountOf(facets, "rating", rating), count) << rating;
  for (const auto& [format, count] : formats) EXPECT_EQ(CountOf(facets, "type", format), count) << format;
  EXPECT_EQ(CountOf(facets, "tag", "places"), below_places);
  EXPECT_EQ(Find(facets, "date")->values.front().label, "2023");
  EXPECT_EQ(Find(facets, "rating")->values.front().label, "5");
}

TEST_F(FacetsTest, OneYearIsDividedIntoMonths) {
  Record({Picture("/photos/a.jpg", "2024-06-01T10:00:00"), Picture("/photos/b.jpg", "2024-06-30T10:00:00"),
          Picture("/photos/c.jpg", "2024-11-05T10:00:00"), Picture("/photos/d.jpg")});
  const std::vector<Facet> facets = gallery().Facets("", 10).value();
  const Facet* const dates = Find(facets, "date");
  ASSERT_NE(dates, nullptr);
  ASSERT_EQ(dates->values.size(), 2U);
  EXPECT_EQ(dates->values[0].query, "date:2024-11");
  EXPECT_EQ(dates->values[1].label, "2024-06");
  EXPECT_EQ(dates->values[1].count, 2U);
}

TEST_F(FacetsTest, FoldersAreThoseOfTheDeepestLevelThatIsShortEnough) {
  std::vector<FileOutcome> outcomes;
  for (const char* const year : {"2023", "2024"}) {
    for (int month = 1; month <= 6; ++month) {
      outcomes.push_back(
          Picture("/mnt/photos/" + std::string(year) + "/0" + std::to_string(month) + "/a.jpg"));
    }
  }
  Record(std::move(outcomes), "/mnt/photos");
  const Facet months = *Find(gallery().Facets("", 20).value(), "folder");
  ASSERT_EQ(months.values.size(), 12U);
  EXPECT_EQ(months.values.front().label, "2023/01");
  const Facet years = *Find(gallery().Facets("", 5).value(), "folder");
  ASSERT_EQ(years.values.size(), 2U);
  EXPECT_EQ(years.values.front().label, "2023");
  EXPECT_EQ(years.values.front().count, 6U);
}

TEST_F(FacetsTest, NothingInCommonIsNoFacet) {
  Record({Picture("/photos/a.jpg")});
  EXPECT_TRUE(gallery().Facets("tag:nothing", 10)->empty());
  const std::vector<Facet> facets = gallery().Facets("", 10).value();
  EXPECT_FALSE(facets.empty());
  for (const Facet& facet : facets) EXPECT_FALSE(facet.values.empty());
}

}  // namespace
}  // namespace vitrine
