// The table is what asking for each picture, call by call, says.
#include "catalog/fact_table.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "annotations_fixture.h"

namespace vitrine {
namespace {

class Facts : public CatalogFixture {
 protected:
  void SetUp() override { OpenForWriting(); }

  double AnyNumber() { return static_cast<double>(random_() % 1000) / 8; }

  template <typename T>
  std::optional<T> Perhaps(T value) {
    return random_() % 3 == 0 ? std::nullopt : std::optional<T>(std::move(value));
  }

  FileOutcome AnyPicture(const PathBytes& path, int content) {
    FileOutcome outcome = NewPicture(path, content);
    outcome.stamp.size_bytes = 1000 + random_() % 1000;
    PictureInfo& info = outcome.new_asset->info;
    info = {.width_px = 1 + static_cast<int>(random_() % 5000),
            .height_px = 1 + static_cast<int>(random_() % 5000),
            .format = random_() % 2 == 0 ? "jpeg" : "heif",
            .facts = {}};
    info.facts = {.taken_at = Perhaps<std::string>("2024-02-29T23:59:0" + std::to_string(random_() % 10)),
                  .camera = Perhaps<std::string>("camera " + std::to_string(random_() % 4)),
                  .lens = Perhaps<std::string>("lens " + std::to_string(random_() % 4)),
                  .exposure_s = Perhaps<double>(AnyNumber()),
                  .f_number = Perhaps<double>(AnyNumber()),
                  .focal_length_mm = Perhaps<double>(AnyNumber()),
                  .iso = Perhaps<std::int64_t>(static_cast<std::int64_t>(random_() % 6400)),
                  .latitude = Perhaps<double>(AnyNumber() - 50),
                  .longitude = Perhaps<double>(AnyNumber())};
    if (random_() % 2 == 0) {
      outcome.new_asset->sketch = {
          .palette = {{static_cast<std::uint8_t>(random_()), 7, 9, 0.5F}, {1, 2, 3, 0.25F}},
          .hash = (std::uint64_t{random_()} << 32) | random_(),
          .sharpness = 0.5F};
    }
    if (random_() % 2 == 0) outcome.new_asset->embedded.rating = static_cast<std::int32_t>(random_() % 7) - 1;
    if (random_() % 2 == 0) outcome.new_asset->embedded.tags = {"t" + std::to_string(random_() % 5), "u/v"};
    return outcome;
  }

  static float NumberOf(const std::optional<double>& value) {
    return value ? static_cast<float>(*value) : FactTable::kNoNumber;
  }

  static void ExpectNumber(float found, float wanted, const char* what) {
    EXPECT_TRUE(found == wanted || (std::isnan(found) && std::isnan(wanted)))
        << what << " " << found << " " << wanted;
  }

  static std::string TextAt(const TextColumn& column, RowId row) { return column.texts[column.codes[row]]; }

  static void ExpectFacts(const FactTable& table, RowId row, const AssetRecord& asset) {
    const vitrine::Facts& facts = asset.info.facts;
    EXPECT_EQ(table.assets[row], asset.id);
    ExpectNumber(table.width_px[row], static_cast<float>(asset.info.width_px), "width");
    ExpectNumber(table.height_px[row], static_cast<float>(asset.info.height_px), "height");
    ExpectNumber(table.exposure_s[row], NumberOf(facts.exposure_s), "exposure");
    ExpectNumber(table.f_number[row], NumberOf(facts.f_number), "f");
    ExpectNumber(table.focal_length_mm[row], NumberOf(facts.focal_length_mm), "focal length");
    ExpectNumber(table.latitude[row], NumberOf(facts.latitude), "latitude");
    ExpectNumber(table.longitude[row], NumberOf(facts.longitude), "longitude");
    ExpectNumber(table.iso[row], facts.iso ? static_cast<float>(*facts.iso) : FactTable::kNoNumber, "iso");
    EXPECT_EQ(TextAt(table.format, row), asset.info.format);
    EXPECT_EQ(TextAt(table.camera, row), facts.camera.value_or(""));
    EXPECT_EQ(TextAt(table.lens, row), facts.lens.value_or(""));
    // 2024-02-29T23:59:00 is 1,709,251,140 s after 1970.
    const std::int64_t second = facts.taken_at ? facts.taken_at->back() - '0' : 0;
    EXPECT_EQ(table.taken_at_s[row], facts.taken_at ? 1'709'251'140 + second : FactTable::kNoTime);
    EXPECT_EQ(table.hashes[row], asset.sketch.hash);
    EXPECT_TRUE(std::ranges::equal(table.palette.Of(row), asset.sketch.palette));
  }

  static std::vector<PathBytes> PathsAt(const FactTable& table, RowId row) {
    std::vector<PathBytes> paths;
    for (const PlacedName& place : table.places.Of(row)) {
      paths.push_back(table.folders[place.folder] + "/" + PathBytes(table.NameOf(place)));
    }
    return paths;
  }

  void ExpectSaid(const FactTable& table, RowId row, const AssetRecord& asset) {
    const Note note = catalog_->annotations().NoteOf(asset.id).value();
    EXPECT_EQ(table.rating[row], note.rating ? *note.rating : FactTable::kNoRating);
    std::set<std::string> wanted;
    for (const AssetTag& tag : std::vector(catalog_->annotations().TagsOf(asset.id).value())) {
      if (tag.mark.state == TagState::kAccepted) wanted.insert(tag.path);
    }
    std::set<std::string> found;
    for (const TagRows& tag : table.tags) {
      if (tag.accepted.Contains(row)) found.insert(tag.path);
    }
    EXPECT_EQ(found, wanted);
    EXPECT_EQ(table.tagged.Contains(row), !wanted.empty());
  }

  void ExpectTable(Catalog& catalog) {
    const auto loaded = LoadFacts(catalog, kSpace);
    ASSERT_TRUE(loaded) << loaded.error().message();
    const FactTable& table = **loaded;
    const RowSet live = catalog_->LiveRows(kSpace).value();
    ASSERT_EQ(table.row_count, live.size());
    for (RowId row = 0; row < table.row_count; ++row) {
      SCOPED_TRACE(::testing::Message() << "row " << row);
      const auto found = catalog_->AssetsOfRows(kSpace, std::vector<RowId>{row}).value();
      if (found.empty()) {
        EXPECT_EQ(table.assets[row], AssetId{0});
        EXPECT_TRUE(table.places.Of(row).empty() && table.palette.Of(row).empty());
        EXPECT_FALSE(table.tagged.Contains(row) || table.offline.Contains(row));
        continue;
      }
      const AssetRecord& asset = found[0].second;
      ExpectFacts(table, row, asset);
      EXPECT_EQ(PathsAt(table, row), asset.paths);
      EXPECT_EQ(table.offline.Contains(row), asset.offline);
      std::uint64_t size = 0;
      for (const PathBytes& path : asset.paths) {
        size = std::max(size, catalog_->FileAt(path).value()->stamp.size_bytes);
      }
      EXPECT_EQ(table.size_bytes[row], size);
      ExpectSaid(table, row, asset);
    }
  }

  std::mt19937 random_{20261125};
};

TEST_F(Facts, OfAnEmptyLibraryAndAnUnknownSpace) {
  EXPECT_EQ(LoadFacts(*catalog_, kSpace).value()->row_count, 0U);
  EXPECT_EQ(LoadFacts(*catalog_, "nobody").value()->row_count, 0U);
}

TEST_F(Facts, AgreeWithEveryPictureAskedForAlone) {
  std::vector<FileOutcome> outcomes;
  for (int i = 0; i < 300; ++i) {
    const PathBytes folder = "/p/f" + std::to_string(random_() % 5) + (random_() % 2 == 0 ? "" : "/g\xff");
    outcomes.push_back(
        AnyPicture(folder + "/" + std::to_string(i) + ".jpg", static_cast<int>(random_() % 200)));
  }
  RunOver("/p", outcomes);
  RunOver("/usb", {AnyPicture("/usb/a", 500), AnyPicture("/usb/b", 3)});
  ASSERT_TRUE(catalog_->MarkOffline("/usb"));
  outcomes.erase(outcomes.begin(), outcomes.begin() + 100);
  RunOver("/p", outcomes);
  auto change = catalog_->annotations().Begin("say").value();
  for (int i = 1; i <= 100; ++i) {
    const std::vector<AssetId> one = {AssetId{i}};
    const TagState state = static_cast<TagState>(1 + random_() % 3);
    ASSERT_TRUE(change->Mark("T" + std::to_string(random_() % 8), one, {.state = state, .model = {}}));
  }
  ASSERT_TRUE(change->Commit());
  ExpectTable(*catalog_);
  ExpectTable(*OpenReader());
  const auto table = LoadFacts(*catalog_, kSpace).value();
  EXPECT_TRUE(
      std::ranges::is_sorted(table->tags, {}, [](const TagRows& tag) { return TagPath::Folded(tag.path); }));
}

TEST_F(Facts, RowsInAnotherOrderThanThePictures) {
  const char* other = "ffffffffffffffff";
  std::vector<FileOutcome> outcomes;
  for (int i = 0; i < 40; ++i) outcomes.push_back(AnyPicture("/p/" + std::to_string(i), i));
  ASSERT_TRUE(catalog_->EnsureSpace(other, "other", kDimension));
  std::vector<FileOutcome> shuffled = outcomes;
  std::shuffle(shuffled.begin(), shuffled.end(), random_);
  ASSERT_TRUE(catalog_->RecordBatch(1, other, shuffled, VectorsFor(shuffled)));
  ASSERT_TRUE(catalog_->RecordBatch(1, kSpace, outcomes, VectorsFor(outcomes)));
  ExpectTable(*catalog_);
}

TEST_F(Facts, DatesThatAreNoneAreNotKnown) {
  std::vector<FileOutcome> outcomes;
  const std::vector<std::string> dates = {
      "2023-02-29T00:00:00", "", "2024", "x024-01-01T00:00:00", "1970-01-01T00:00:01", "1969-12-31T23:59:59",
      "2024-13-01T00:00:00"};
  for (std::size_t i = 0; i < dates.size(); ++i) {
    outcomes.push_back(NewPicture("/p/" + std::to_string(i), static_cast<int>(i)));
    outcomes.back().new_asset->info.facts.taken_at = dates[i];
  }
  RunOver("/p", outcomes);
  const auto table = LoadFacts(*catalog_, kSpace).value();
  constexpr std::int64_t kNone = FactTable::kNoTime;
  EXPECT_EQ(table->taken_at_s, (std::vector<std::int64_t>{kNone, kNone, kNone, kNone, 1, -1, kNone}));
}

}  // namespace
}  // namespace vitrine
