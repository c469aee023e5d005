#include "query/runner.h"

#include <gtest/gtest.h>

#include "index/exact_scan.h"
#include "index/quantise.h"
#include "index/segment_store.h"
#include "support/fake_embedder.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

RgbImage Solid(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  RgbImage image{.width_px = 8, .height_px = 8, .pixels = {}};
  for (int i = 0; i < 64; ++i) image.pixels.insert(image.pixels.end(), {red, green, blue});
  return image;
}

/// A library of one red, one orange, one green and one blue picture, with a catalog and vectors of its own.
class RunQueriesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalog_ = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    const Space& space = embedder_.space();
    ASSERT_TRUE(catalog_->EnsureSpace(space.id, space.model, space.dimension));
    run_ = catalog_->BeginRun("/p").value();
    Add({{"/p/red.jpg", Solid(255, 0, 0)},
         {"/p/orange.jpg", Solid(255, 128, 0)},
         {"/p/green.jpg", Solid(0, 153, 0)},
         {"/p/blue.jpg", Solid(0, 0, 255)}});
    const auto source = catalog_->Vectors(space.id).value();
    const SegmentIdentity identity{
        .folder = folder_.path(), .space = space.id, .dimension = space.dimension, .generation = 1};
    index_ = std::make_unique<ExactScan>(OpenSegments(identity, *source).value());
    live_ = catalog_->LiveRows(space.id).value();
  }

  void Add(const std::vector<std::pair<PathBytes, RgbImage>>& files) {
    std::vector<FileOutcome> outcomes;
    std::vector<RgbImage> pictures;
    for (const auto& [path, picture] : files) {
      FileOutcome outcome;
      outcome.path = path;
      outcome.new_asset = NewAsset{.content = Sha256(path), .info = {8, 8, "jpeg", {}}};
      outcomes.push_back(outcome);
      pictures.push_back(picture);
    }
    const EncodedRows rows = Encode(embedder_.EmbedPictures(pictures).value());
    ASSERT_TRUE(catalog_->RecordBatch(run_, embedder_.space().id, outcomes, rows));
  }

  std::vector<Match> Run(const QueryParts& query, std::size_t limit = 10) {
    auto answers = RunQueries(Rooms(), std::span(&query, 1), limit);
    EXPECT_TRUE(answers) << answers.error().message();
    return answers->front();
  }

  QueryRooms Rooms() { return {embedder_, *catalog_, *index_, live_}; }

  std::vector<float> VectorOf(const RgbImage& picture) {
    const Matrix vectors = embedder_.EmbedPictures(std::span(&picture, 1)).value();
    return {vectors.row(0).begin(), vectors.row(0).end()};
  }

  const TempFolder folder_;
  FakeEmbedder embedder_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<VectorIndex> index_;
  RowSet live_;
  std::int64_t run_ = 0;
};

TEST_F(RunQueriesTest, WordsFindThePictureTheyName) {
  EXPECT_EQ(Run({.text = "green", .pictures = {}, .leave_out = {}}).front().asset.paths.front(),
            "/p/green.jpg");
  EXPECT_EQ(Run({.text = "blue", .pictures = {}, .leave_out = {}}).front().asset.paths.front(),
            "/p/blue.jpg");
}

TEST_F(RunQueriesTest, HitsComeBestFirstAndNoMoreThanAsked) {
  const std::vector<Match> all = Run({.text = "red", .pictures = {}, .leave_out = {}});
  ASSERT_EQ(all.size(), 4u);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GE(all[i - 1].score, all[i].score);
  EXPECT_EQ(Run({.text = "red", .pictures = {}, .leave_out = {}}, 2).size(), 2u);
}

TEST_F(RunQueriesTest, PictureFindsItselfUnlessLeftOut) {
  const std::vector<float> red = VectorOf(Solid(255, 0, 0));
  const std::vector<Match> with = Run({.text = {}, .pictures = {red}, .leave_out = {}});
  EXPECT_EQ(with.front().asset.paths.front(), "/p/red.jpg");
  EXPECT_NEAR(static_cast<double>(with.front().score), 1.0, 0.01);
  const std::vector<Match> without =
      Run({.text = {}, .pictures = {red}, .leave_out = {with.front().asset.id}}, 3);
  ASSERT_EQ(without.size(), 3u);
  for (const Match& match : without) EXPECT_NE(match.asset.paths.front(), "/p/red.jpg");
}

TEST_F(RunQueriesTest, SeveralPartsMeetInTheMiddle) {
  const std::vector<Match> matches =
      Run({.text = "green", .pictures = {VectorOf(Solid(0, 0, 255))}, .leave_out = {}}, 2);
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_TRUE(matches[0].asset.paths.front() == "/p/green.jpg" ||
              matches[0].asset.paths.front() == "/p/blue.jpg");
  EXPECT_TRUE(matches[1].asset.paths.front() == "/p/green.jpg" ||
              matches[1].asset.paths.front() == "/p/blue.jpg");
  EXPECT_EQ(matches[0].why.size(), 2u);
}

TEST_F(RunQueriesTest, BatchGivesWhatSingleQueriesGive) {
  const std::vector<QueryParts> queries = {
      {.text = "red", .pictures = {}, .leave_out = {}},
      {.text = {}, .pictures = {VectorOf(Solid(0, 153, 0))}, .leave_out = {}},
      {.text = "blue", .pictures = {}, .leave_out = {}}};
  const auto together = RunQueries(Rooms(), queries, 4);
  ASSERT_TRUE(together);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::vector<Match> alone = Run(queries[i], 4);
    ASSERT_EQ((*together)[i].size(), alone.size());
    for (std::size_t j = 0; j < alone.size(); ++j) EXPECT_EQ((*together)[i][j].asset.id, alone[j].asset.id);
  }
}

TEST_F(RunQueriesTest, RowsThatAreNotLiveNeverReturn) {
  const std::vector<Match> before = Run({.text = "red", .pictures = {}, .leave_out = {}});
  const auto row = catalog_->RowOf(embedder_.space().id, before.front().asset.id).value();
  live_.Erase(*row);
  for (const Match& match : Run({.text = "red", .pictures = {}, .leave_out = {}})) {
    EXPECT_NE(match.asset.id, before.front().asset.id);
  }
}

TEST_F(RunQueriesTest, EmptyQueryIsRefusedWithWords) {
  const QueryParts nothing;
  const auto answers = RunQueries(Rooms(), std::span(&nothing, 1), 3);
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code(), Code::kInvalidArgument);
}

TEST_F(RunQueriesTest, ModelFailureComesThrough) {
  embedder_.set_failing(true);
  const QueryParts query{.text = "red", .pictures = {}, .leave_out = {}};
  EXPECT_EQ(RunQueries(Rooms(), std::span(&query, 1), 3).error().code(), Code::kModel);
}

}  // namespace
}  // namespace vitrine
