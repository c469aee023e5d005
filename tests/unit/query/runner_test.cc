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
    Add("/p/red.jpg", Solid(255, 0, 0), "FUJIFILM X-T5", "2024-06-01T10:00:00");
    Add("/p/orange.jpg", Solid(255, 128, 0), "FUJIFILM X-T5", "2024-06-01T10:00:05");
    Add("/p/Sibiu/green.jpg", Solid(0, 153, 0), "LEICA Q3", "2023-02-01T10:00:00");
    Add("/p/blue.jpg", Solid(0, 0, 255), "LEICA Q3", "2023-02-03T10:00:00");
    const auto source = catalog_->Vectors(space.id).value();
    const SegmentIdentity identity{
        .folder = folder_.path(), .space = space.id, .dimension = space.dimension, .generation = 1};
    index_ = std::make_unique<ExactScan>(OpenSegments(identity, *source).value());
    live_ = catalog_->LiveRows(space.id).value();
    facts_ = std::make_shared<LibraryFacts>();
    facts_->table = LoadFacts(*catalog_, space.id).value();
    facts_->derived = DeriveFacts(*facts_->table);
  }

  void Add(const PathBytes& path, const RgbImage& picture, const std::string& camera,
           const std::string& taken) {
    FileOutcome outcome;
    outcome.path = path;
    outcome.new_asset = NewAsset{.content = Sha256(path), .info = {8, 8, "jpeg", {}}};
    outcome.new_asset->info.facts.camera = camera;
    outcome.new_asset->info.facts.taken_at = taken;
    const EncodedRows rows = Encode(embedder_.EmbedPictures(std::span(&picture, 1)).value());
    ASSERT_TRUE(catalog_->RecordBatch(run_, embedder_.space().id, std::span(&outcome, 1), rows));
  }

  QueryRooms Rooms() {
    return {.embedder = embedder_, .catalog = *catalog_, .index = *index_, .live = live_, .facts = [this] {
              return Result<std::shared_ptr<const LibraryFacts>>(facts_);
            }};
  }

  static PreparedQuery Typed(const std::string& text) {
    return {.plan = PlanQuery(ParseQuery(text).value()).value(), .pictures = {}, .leave_out = {}};
  }

  PreparedQuery Like(const RgbImage& picture) {
    const Matrix vectors = embedder_.EmbedPictures(std::span(&picture, 1)).value();
    return {.plan = PlanQuery(LikePictures({"x.jpg"})).value(),
            .pictures = {{vectors.row(0).begin(), vectors.row(0).end()}},
            .leave_out = {}};
  }

  Answer Run(const PreparedQuery& query, const RunOptions& options = {}) {
    auto answers = RunQueries(Rooms(), std::span(&query, 1), options);
    EXPECT_TRUE(answers) << answers.error().message();
    return answers ? answers->front() : Answer();
  }

  // The names found, in order: "green blue".
  static std::string Names(const Answer& answer) {
    std::string names;
    for (const Match& match : answer.matches) {
      const PathBytes& path = match.asset.paths.front();
      const std::size_t slash = path.rfind('/');
      names += (names.empty() ? "" : " ") + path.substr(slash + 1, path.size() - slash - 5);
    }
    return names;
  }

  std::string Found(const std::string& text, std::size_t limit = 10) {
    return Names(Run(Typed(text), {.limit = limit}));
  }

  const TempFolder folder_;
  FakeEmbedder embedder_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<VectorIndex> index_;
  std::shared_ptr<LibraryFacts> facts_;
  RowSet live_;
  std::int64_t run_ = 0;
};

TEST_F(RunQueriesTest, WordsFindThePictureTheyNameBestFirst) {
  EXPECT_EQ(Found("green", 1), "green");
  const Answer all = Run(Typed("red"));
  ASSERT_EQ(all.matches.size(), 4u);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_GE(all.matches[i - 1].score, all.matches[i].score);
  EXPECT_EQ(all.total, 4u);
}

TEST_F(RunQueriesTest, PlainMeaningScoresAreTheCosines) {
  PreparedQuery query = Like(Solid(255, 0, 0));
  EXPECT_NEAR(static_cast<double>(Run(query).matches.front().score), 1.0, 0.01);
}

TEST_F(RunQueriesTest, PictureFindsItselfUnlessLeftOut) {
  PreparedQuery query = Like(Solid(255, 0, 0));
  const Answer with = Run(query);
  EXPECT_EQ(with.matches.front().asset.paths.front(), "/p/red.jpg");
  query.leave_out = {with.matches.front().asset.id};
  const Answer without = Run(query);
  ASSERT_EQ(without.matches.size(), 3u);
  for (const Match& match : without.matches) EXPECT_NE(match.asset.paths.front(), "/p/red.jpg");
}

TEST_F(RunQueriesTest, FactsAreExactAndAloneComeNewestFirst) {
  EXPECT_EQ(Found("camera:fuji"), "orange red");
  EXPECT_EQ(Found("camera:leica date:2023-02-03"), "blue");
  EXPECT_EQ(Run(Typed("camera:fuji")).matches.front().relevance, 1);
  EXPECT_EQ(Run(Typed("camera:nikon")).matches.size(), 0u);
}

TEST_F(RunQueriesTest, MeaningIsRankedWithinTheFacts) {
  EXPECT_EQ(Found("red camera:leica", 1).find("red"), std::string::npos);
  const Answer answer = Run(Typed("blue camera:leica"));
  EXPECT_EQ(Names(answer), "blue green");
  EXPECT_EQ(answer.total, 2u);
  // Meaning and name with their shares, then what holds without one.
  ASSERT_EQ(answer.matches[0].why.size(), 3u);
  EXPECT_NE(answer.matches[0].why[0].find("\"blue\""), std::string::npos);
  EXPECT_NE(answer.matches[0].why[1].find(" %"), std::string::npos);
  EXPECT_EQ(answer.matches[0].why[2], "camera:leica");
}

TEST_F(RunQueriesTest, EitherMeaningAnswersAnAlternative) {
  const Answer answer = Run(Typed("blue OR green"), {.limit = 2});
  const std::string names = Names(answer);
  EXPECT_TRUE(names == "blue green" || names == "green blue") << names;
}

TEST_F(RunQueriesTest, WhatIsExcludedStandsLast) {
  EXPECT_EQ(Found("orange -red", 1), "orange");
  const std::string names = Found("-blue");
  EXPECT_EQ(names.substr(names.rfind(' ') + 1), "blue");
}

TEST_F(RunQueriesTest, AFolderNamedLikeAWordIsFoundWhateverThePictureLooksLike) {
  const Answer answer = Run(Typed("sibiu"));
  EXPECT_EQ(Names(answer).substr(0, 5), "green");
  EXPECT_NE(answer.matches[0].why[0].find("\"sibiu\" in its folder"), std::string::npos)
      << answer.matches[0].why[0];
  EXPECT_FALSE(answer.nothing_matches);
}

TEST_F(RunQueriesTest, ExactWordsFilterAndFallBackToMeaningWithANote) {
  EXPECT_EQ(Found("\"sibiu\""), "green");
  const Answer answer = Run(Typed("\"blue whale\""), {.limit = 1});
  EXPECT_EQ(answer.notes.size(), 1u);
  EXPECT_EQ(answer.matches.size(), 1u);
  EXPECT_EQ(Found("-\"sibiu\" camera:leica"), "blue");
}

TEST_F(RunQueriesTest, NothingLikeItIsSaidAndEverythingIsBelowTheCut) {
  embedder_.set_failing(false);
  const Answer answer = Run(Typed("zzyzx"));
  EXPECT_TRUE(answer.nothing_matches);
  EXPECT_EQ(answer.above_cut, 0u);
  ASSERT_EQ(answer.matches.size(), 4u);
  for (const Match& match : answer.matches) EXPECT_TRUE(match.below_cut);
}

TEST_F(RunQueriesTest, WhatStandsOutComesBeforeTheCutAndTheRestBehindIt) {
  const Answer answer = Run(Typed("blue"));
  EXPECT_FALSE(answer.nothing_matches);
  EXPECT_EQ(answer.above_cut, 1u);
  EXPECT_FALSE(answer.matches[0].below_cut);
  EXPECT_TRUE(answer.matches[3].below_cut);
}

TEST_F(RunQueriesTest, DaysGatherUnderTheirBestPicture) {
  const Answer answer =
      Run(Typed("red"), {.limit = 3, .diverse = false, .group = Grouping::kDay, .explain = false});
  ASSERT_EQ(answer.matches.size(), 3u);
  ASSERT_EQ(answer.matches[0].grouped.size(), 1u);  // Orange was taken on the day of red.
}

TEST_F(RunQueriesTest, ThePlanNamesItsSteps) {
  const Answer answer =
      Run(Typed("sibiu camera:leica"), {.limit = 3, .diverse = false, .group = {}, .explain = true});
  for (const char* step : {"filter camera:leica: 2 of 4", "meaning: 1 wanted", "word \"sibiu\": in 1"}) {
    EXPECT_NE(answer.plan.find(step), std::string::npos) << answer.plan;
  }
}

TEST_F(RunQueriesTest, BatchGivesWhatSingleQueriesGive) {
  const std::vector<PreparedQuery> queries = {Typed("red"), Typed("blue camera:leica"),
                                              Like(Solid(0, 153, 0)), Typed("camera:fuji"),
                                              Typed("red OR blue")};
  const auto together = RunQueries(Rooms(), queries, {.limit = 4});
  ASSERT_TRUE(together);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    EXPECT_EQ(Names((*together)[i]), Names(Run(queries[i], {.limit = 4}))) << i;
  }
}

TEST_F(RunQueriesTest, RowsThatAreNotLiveNeverReturn) {
  const Answer before = Run(Typed("red"));
  live_.Erase(*catalog_->RowOf(embedder_.space().id, before.matches.front().asset.id).value());
  for (const char* query : {"red", "camera:fuji", "red OR blue", "\"red\"", "-blue"}) {
    for (const Match& match : Run(Typed(query)).matches) {
      EXPECT_NE(match.asset.id, before.matches.front().asset.id) << query;
    }
  }
}

TEST_F(RunQueriesTest, ModelFailureComesThrough) {
  embedder_.set_failing(true);
  const PreparedQuery query = Typed("red");
  EXPECT_EQ(RunQueries(Rooms(), std::span(&query, 1), {}).error().code(), Code::kModel);
}

}  // namespace
}  // namespace vitrine
