// Two models whose answers are mixed, and the vectors of one model in two precisions, on real packs.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "unit/engine/models_fixture.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class ModelsMixTest : public ModelsFixture {
 protected:
  void SetUp() override {
    ModelsFixture::SetUp();
    starter_ = library_->Info()->model;
  }

  UseReport Mix() { return Use("starter", {.with = "tiny"}); }

  SearchResult Find(const Query& query, const SearchOptions& options = {.limit = 100, .all = true}) {
    const auto found = library_->Search(query, options);
    EXPECT_TRUE(found) << found.error().message();
    return found ? *found : SearchResult();
  }

  static bool IsNamed(const Hit& hit, const std::string& model) {
    return hit.why.back().find(" with " + model) != std::string::npos;
  }

  std::string starter_;  // Its name and version.
};

TEST_F(ModelsMixTest, BothAnswerInOneListUntilOneAloneIsUsed) {
  AddTiny();
  const UseReport report = Mix();
  EXPECT_TRUE(report.answers);
  EXPECT_EQ(report.id, "starter");
  EXPECT_EQ(report.with, "tiny-1.0.0");
  EXPECT_EQ(report.before, "starter");
  EXPECT_EQ(report.before_with, "");
  EXPECT_EQ(report.embedded, std::uint64_t{kPictures}) << "the second's alone";
  EXPECT_TRUE(Of("starter").answers && Of("tiny-1.0.0").answers);
  EXPECT_TRUE(Of("tiny-1.0.0").mixed_in && !Of("starter").mixed_in);
  EXPECT_EQ(library_->Info()->model, starter_ + " + tiny 1.0.0");
  const SearchResult found = Find({.text = "red"});
  std::set<AssetId> ids;
  for (const Hit& hit : found.hits) {
    ids.insert(hit.id);
    EXPECT_TRUE(IsNamed(hit, starter_) && IsNamed(hit, "tiny 1.0.0")) << hit.why.back();
    EXPECT_TRUE(hit.score > 0 && hit.score <= 1);
  }
  EXPECT_EQ(ids.size(), std::size_t{kPictures}) << "every picture once";
  EXPECT_EQ(found.hits.size(), ids.size());
  const UseReport alone = Use("tiny");
  EXPECT_EQ(alone.before_with, "tiny-1.0.0");
  EXPECT_EQ(alone.embedded, 0U);
  EXPECT_FALSE(Of("starter").answers || Of("tiny-1.0.0").mixed_in);
  EXPECT_EQ(library_->Info()->model, "tiny 1.0.0");
  EXPECT_FALSE(IsNamed(Find({.text = "red"}).hits.front(), "tiny"));
}

TEST_F(ModelsMixTest, AMixedListIsTheFusionOfTheTwo) {
  AddTiny();
  const auto order = [&](const char* query) {
    std::vector<AssetId> ids;
    for (const Hit& hit : Find({.text = query}).hits) ids.push_back(hit.id);
    return ids;
  };
  const std::vector<AssetId> first = order("blue sea");
  Use("tiny");
  const std::vector<AssetId> second = order("blue sea");
  Mix();
  const auto share = [](const std::vector<AssetId>& list, AssetId id) {
    return 1.0 / (61 + static_cast<double>(std::ranges::find(list, id) - list.begin()));
  };
  const SearchResult mixed = Find({.text = "blue sea"});
  ASSERT_EQ(mixed.hits.size(), first.size());
  for (const Hit& hit : mixed.hits) {
    EXPECT_NEAR(static_cast<double>(hit.score), (share(first, hit.id) + share(second, hit.id)) * 61 / 2,
                1e-6);
  }
}

TEST_F(ModelsMixTest, FiltersPicturesVarietyAndFactsWorkWithBoth) {
  AddTiny();
  Mix();
  EXPECT_EQ(Find({.text = "red name:p10*"}).hits.size(), 10U);
  EXPECT_EQ(Find({.text = "name:p10*"}).hits.size(), 10U) << "facts alone";
  const SearchResult like = Find({.text = "", .pictures = {PathOf(3)}});
  EXPECT_EQ(like.hits.size(), std::size_t{kPictures - 1}) << "all but the picture itself";
  EXPECT_TRUE(IsNamed(like.hits.front(), "tiny 1.0.0"));
  EXPECT_EQ(Find({.text = "red"}, {.limit = 3, .diverse = true}).hits.size(), 3U);
  std::set<AssetId> shown;
  std::size_t count = 0;
  for (const Hit& hit : Find({.text = "red"}, {.limit = 100, .group = Grouping::kSimilar}).hits) {
    shown.insert(hit.id);
    shown.insert(hit.grouped.begin(), hit.grouped.end());
    count += 1 + hit.grouped.size();
  }
  EXPECT_EQ(shown.size(), count) << "none twice";
  EXPECT_EQ(count, std::size_t{kPictures});
  const SearchResult explained = Find({.text = "red"}, {.limit = 3, .explain = true});
  EXPECT_NE(explained.plan.find("model " + starter_ + "\n"), std::string::npos);
  EXPECT_NE(explained.plan.find("model tiny 1.0.0\n"), std::string::npos);
  EXPECT_EQ(library_->Search({.text = ""}, {}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(library_->Search({.text = "", .pictures = {folder_.File("none.png")}}, {}).error().code(),
            Code::kNotFound);
}

TEST_F(ModelsMixTest, APictureThatOneModelHasSeenIsFoundByThatOne) {
  AddTiny();
  fs::rename(PathOf(3), folder_.File("elsewhere.bmp"));
  EXPECT_FALSE(Mix().answers) << "held by the picture that is away";
  const UseReport now = Use("starter", {.with = "tiny", .now = true});
  EXPECT_TRUE(now.answers);
  EXPECT_EQ(now.left_out, 1U);
  const SearchResult found = Find({.text = "red"});
  EXPECT_EQ(found.hits.size(), std::size_t{kPictures});
  EXPECT_EQ(std::ranges::count_if(found.hits, [](const Hit& hit) { return !IsNamed(hit, "tiny"); }), 1);
  const SearchResult like = Find({.text = "", .pictures = {PathOf(3)}});
  EXPECT_EQ(like.hits.size(), std::size_t{kPictures - 1});
  ASSERT_FALSE(like.notes.empty());
  EXPECT_NE(like.notes.back().find("tiny 1.0.0 has not seen"), std::string::npos);
  // The same the other way round: the first lacks it.
  EXPECT_TRUE(Use("tiny", {.with = "starter", .now = true}).answers);
  EXPECT_EQ(Find({.text = "red"}).hits.size(), std::size_t{kPictures});
  EXPECT_EQ(Find({.text = "", .pictures = {PathOf(3)}}).hits.size(), std::size_t{kPictures - 1});
}

TEST_F(ModelsMixTest, NewPicturesGetVectorsOfBoth) {
  AddTiny();
  Mix();
  WritePicture(kPictures);
  EXPECT_EQ(Index().indexed, 1U);
  EXPECT_EQ(Of("starter").pictures, std::uint64_t{kPictures + 1});
  EXPECT_EQ(Of("tiny-1.0.0").pictures, std::uint64_t{kPictures + 1});
}

TEST_F(ModelsMixTest, TheSecondMayFailWithoutASearchFailing) {
  AddTiny();
  Mix();
  const std::string tower = folder_.File("library/models/tiny-1.0.0/text.onnx");
  std::string bytes = ReadFile(tower).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(WriteFileAtomically(tower, bytes, Durability::kCache));
  const SearchResult damaged = Find({.text = "red"});
  EXPECT_EQ(damaged.hits.size(), std::size_t{kPictures});
  ASSERT_FALSE(damaged.notes.empty());
  EXPECT_NE(damaged.notes.back().find("text.onnx"), std::string::npos);
  fs::remove_all(folder_.File("library/models/tiny-1.0.0"));
  const auto again = Library::Open(options_);
  ASSERT_TRUE(again) << again.error().message();
  const auto found = (*again)->Search({.text = "red"}, {.limit = 100});
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->hits.size(), std::size_t{kPictures});
  EXPECT_NE(found->notes.back().find("answers alone"), std::string::npos);
}

TEST_F(ModelsMixTest, ACommandMayAskForTwoModelsByItself) {
  AddTiny();
  Use("tiny");
  Use("starter");
  LibraryOptions both = options_;
  both.model = "tiny+starter";
  const auto mixed = Library::Open(both);
  ASSERT_TRUE(mixed) << mixed.error().message();
  EXPECT_EQ((*mixed)->Info()->model, "tiny 1.0.0 + " + starter_);
  EXPECT_EQ((*mixed)->Search({.text = "red"}, {.limit = 100})->hits.size(), std::size_t{kPictures});
  EXPECT_EQ(library_->Info()->model, starter_) << "for itself alone";
  both.model = "tiny+none";
  EXPECT_EQ(Library::Open(both).error().code(), Code::kModel);
}

TEST_F(ModelsMixTest, WhatAnswersIsNotRemovedAndNothingIsMixedWithItself) {
  AddTiny();
  EXPECT_EQ(models_->Use("tiny", {.with = "tiny-1.0.0"}, nullptr, stop_).error().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(models_->Use("starter", {.with = "none"}, nullptr, stop_).error().code(), Code::kModel);
  Mix();
  EXPECT_EQ(models_->Remove("tiny").error().code(), Code::kInvalidArgument);
  EXPECT_EQ(models_->Remove("starter").error().code(), Code::kInvalidArgument);
  Use("starter");
  EXPECT_TRUE(models_->Remove("tiny"));
}

TEST_F(ModelsMixTest, NoSearchFailsWhileTheMixIsTurnedOnAndOff) {
  AddTiny();
  std::atomic<bool> over = false;
  std::atomic<int> searches = 0;
  std::jthread searching([&] {
    while (!over) {
      const auto found = library_->Search({.text = "red"}, {.limit = 100, .all = true});
      EXPECT_TRUE(found) << found.error().message();
      EXPECT_TRUE(found && found->hits.size() == std::size_t{kPictures});
      ++searches;
    }
  });
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(Mix().answers);
    EXPECT_TRUE(Use("tiny", {.with = "starter"}).answers);
    EXPECT_TRUE(Use("starter").answers);
    EXPECT_TRUE(models_->Remove("tiny"));
    AddTiny();
  }
  over = true;
  searching.join();
  EXPECT_GT(searches, 0);
}

TEST_F(ModelsMixTest, VectorsOfTwoPrecisionsBelongToOneModel) {
  tiny_.AddImageVariant(tiny_.Read("image.onnx"), "fp16");
  AddTiny();
  Use("tiny");
  LibraryOptions exact = options_;
  exact.precision = Precision::kFloat32;
  ASSERT_TRUE(Models::Open(exact).value()->Use("tiny", {.now = true}, nullptr, stop_));
  Use("starter");
  const ModelInfo info = Of("tiny-1.0.0");
  EXPECT_EQ(info.image_precision, "fp16") << "the faster one, by its row";
  EXPECT_EQ(info.pictures, std::uint64_t{kPictures});
  ASSERT_EQ(info.others.size(), 1U);
  EXPECT_EQ(info.others[0].precision, "float32");
  EXPECT_EQ(info.others[0].pictures, std::uint64_t{kPictures});
  EXPECT_NE(info.others[0].space, info.space);
  EXPECT_EQ(Of(info.others[0].space).id, "") << "no vectors without a pack";
  const auto one = models_->Remove(info.others[0].space);
  ASSERT_TRUE(one) << one.error().message();
  EXPECT_EQ(one->vectors, std::uint64_t{kPictures});
  EXPECT_FALSE(one->pack_removed);
  EXPECT_TRUE(Of("tiny-1.0.0").others.empty());
  ASSERT_TRUE(Models::Open(exact).value()->Use("tiny", {.now = true}, nullptr, stop_));
  Use("starter");
  const auto all = models_->Remove("tiny");
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(all->vectors, std::uint64_t{2 * kPictures}) << "of every precision";
  EXPECT_TRUE(all->pack_removed);
  EXPECT_EQ(models_->List()->models.size(), 1U);
}

}  // namespace
}  // namespace vitrine
