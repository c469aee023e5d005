// What is kept beside pictures: sidecars as they were seen, and sketches.
#include <cmath>

#include "annotations_fixture.h"
#include "catalog/sketch_code.h"

namespace vitrine {
namespace {

class Beside : public AnnotationsFixture {};

TEST_F(Beside, SidecarsAreRememberedByPath) {
  const SidecarRecord sidecar{.path = "/p/1.jpg\xff.xmp",
                              .asset = AssetId{1},
                              .size_bytes = 10,
                              .mtime_ns = -5,
                              .content = ContentOf(1),
                              .said = std::string("a\0\xff", 3)};
  ASSERT_TRUE(catalog_->RememberSidecar(sidecar));
  EXPECT_EQ(catalog_->SidecarAt(sidecar.path).value(), sidecar);
  SidecarRecord later = sidecar;
  later.size_bytes = 11;
  later.content = ContentOf(2);
  ASSERT_TRUE(catalog_->RememberSidecar(later));
  OpenForWriting();
  EXPECT_EQ(catalog_->SidecarAt(sidecar.path).value(), later);
  ASSERT_TRUE(catalog_->ForgetSidecar(sidecar.path));
  EXPECT_EQ(catalog_->SidecarAt(sidecar.path).value(), std::nullopt);
}

TEST_F(Beside, SketchesAreDueUntilStored) {
  const Sketch sketch{
      .palette = {{255, 128, 0, 0.75F}, {1, 2, 3, 0.25F}}, .hash = ~std::uint64_t{5}, .sharpness = 0.5F};
  FileOutcome outcome = NewPicture("/p/7", 7);
  outcome.new_asset->sketch = sketch;
  const std::vector<FileOutcome> outcomes = {outcome};
  ASSERT_TRUE(catalog_->RecordBatch(1, kSpace, outcomes, VectorsFor(outcomes)));
  auto due = catalog_->AssetsWithoutSketch(3).value();
  ASSERT_EQ(due.size(), 3U);
  EXPECT_EQ(due[0].asset, AssetId{1});
  EXPECT_EQ(due[0].content, ContentOf(1));
  EXPECT_EQ(catalog_->AssetsWithoutSketch(100, due[2].asset)->size(), 3U);
  const std::vector<std::pair<AssetId, Sketch>> made = {
      {AssetId{1}, sketch}, {AssetId{2}, {}}, {AssetId{99}, sketch}};
  ASSERT_TRUE(catalog_->StoreSketches(made));
  due = catalog_->AssetsWithoutSketch(100).value();
  ASSERT_EQ(due.size(), 4U) << "one without colours was made, and says nothing";
  EXPECT_EQ(due[0].asset, AssetId{3});
  const auto assets = catalog_->AssetsOf(Pictures({7, 2, 99, 1})).value();
  ASSERT_EQ(assets.size(), 3U);
  for (const std::size_t i : {0U, 2U}) {
    EXPECT_EQ(assets[i].sketch.hash, sketch.hash);
    EXPECT_EQ(assets[i].sketch.sharpness, sketch.sharpness);
    ASSERT_EQ(assets[i].sketch.palette.size(), 2U);
    EXPECT_EQ(assets[i].sketch.palette[0].green, 128);
    EXPECT_NEAR(assets[i].sketch.palette[0].share, 0.75, 1e-5);
  }
  EXPECT_EQ(assets[1].sketch, Sketch());
  RunOver("/p", {NewPicture("/p/4", 4)});
  EXPECT_EQ(catalog_->AssetsWithoutSketch(100)->size(), 1U) << "of gone pictures none is due";
}

TEST_F(Beside, OddSketchesAreTamed) {
  Sketch odd{.palette = std::vector<Swatch>(40, {1, 2, 3, NAN}), .hash = 1, .sharpness = INFINITY};
  odd.palette[1].share = 7;
  const std::vector<std::pair<AssetId, Sketch>> made = {{AssetId{1}, odd}};
  ASSERT_TRUE(catalog_->StoreSketches(made));
  const Sketch kept = catalog_->AssetsOf(Pictures({1})).value()[0].sketch;
  EXPECT_EQ(kept.palette.size(), kMaxSwatches);
  EXPECT_EQ(kept.palette[0].share, 0);
  EXPECT_EQ(kept.palette[1].share, 1);
  EXPECT_EQ(kept.sharpness, 0);
  std::vector<Swatch> palette;
  EXPECT_EQ(DecodePalette("1234", palette), 0U);
}

TEST_F(Beside, VersionTellsOfAnyChange) {
  const std::unique_ptr<Catalog> reader = OpenReader();
  const std::uint64_t seen = reader->Version().value();
  const std::uint64_t written = catalog_->Version().value();
  EXPECT_EQ(reader->Version().value(), seen);
  EXPECT_EQ(catalog_->Version().value(), written);
  Tag("a", {1});
  EXPECT_NE(reader->Version().value(), seen);
  EXPECT_NE(catalog_->Version().value(), written);
}

TEST_F(Beside, CompactionKeepsWhatPeopleSaid) {
  Tag("a", {1});
  Tag("a", {2}, Rejected());
  Tag("a", {3}, Suggested(0.5));
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.Mark("a", Pictures({4}), OfFile())); });
  Do("note", [](Change& change) { ASSERT_TRUE(change.SetNote(AssetId{5}, {.rating = 1, .caption = {}})); });
  RunOver("/p", {});
  const Compaction done = catalog_->Compact(kSpace).value();
  EXPECT_EQ(done.rows, 0U);
  EXPECT_EQ(done.forgotten, (std::vector<Sha256Digest>{ContentOf(3), ContentOf(4), ContentOf(6)}));
  EXPECT_TRUE(Due().empty());
  RunOver("/p", {NewPicture("/q/1", 1), NewPicture("/q/3", 3), NewPicture("/q/5", 5)});
  EXPECT_EQ(Carriers("a"), std::vector<int>{1});
  EXPECT_EQ(notes().MarksOf("a")->size(), 2U) << "of 1 and 2; the one of 3 was forgotten with it";
  EXPECT_EQ(notes().NoteOf(AssetId{5})->rating, 1);
}

}  // namespace
}  // namespace vitrine
