// Two models side by side in one library, on real packs: the starter and the tiny one of the tests.
#include "vitrine/models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "engine/model_bench.h"
#include "support/fake_embedder.h"
#include "unit/engine/models_fixture.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

using ModelsTest = ModelsFixture;

TEST_F(ModelsTest, SwapIsSeenByALibraryThatIsOpen) {
  EXPECT_TRUE(Of("starter").answers);
  EXPECT_EQ(Of("starter").pictures, std::uint64_t{kPictures});
  AddTiny();
  EXPECT_EQ(Of("tiny-1.0.0").pictures, 0U);
  EXPECT_TRUE(Of("starter").answers) << "adding is not using";
  const std::string before = library_->Info()->model;
  const UseReport report = Use("tiny");
  EXPECT_EQ(report.before, "starter");
  EXPECT_EQ(report.id, "tiny-1.0.0");
  EXPECT_EQ(report.embedded, std::uint64_t{kPictures});
  EXPECT_EQ(report.pictures, std::uint64_t{kPictures});
  EXPECT_TRUE(report.answers);
  EXPECT_TRUE(Of("tiny-1.0.0").answers);
  EXPECT_FALSE(Of("starter").answers);
  const auto found = library_->Search({.text = "red"}, {.limit = 100, .all = true});
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->hits.size(), std::size_t{kPictures});
  EXPECT_NE(library_->Info()->model, before);
  EXPECT_EQ(library_->Info()->model, "tiny 1.0.0");
  EXPECT_EQ(Library::Open(options_).value()->Info()->model, "tiny 1.0.0") << "the library remembers it";
  LibraryOptions other = options_;
  other.model = "starter";
  EXPECT_EQ(Library::Open(other).value()->Info()->model, before) << "but for one that asks for another";
  EXPECT_EQ(library_->gallery().List({})->ids.size(), std::size_t{kPictures});
}

TEST_F(ModelsTest, GoingBackCostsNoInference) {
  AddTiny();
  Use("tiny");
  EXPECT_EQ(Use("starter").embedded, 0U);
  EXPECT_EQ(Use("tiny").embedded, 0U);
  WritePicture(kPictures);
  EXPECT_EQ(Index().indexed, 1U) << "in the space of the model in use";
  EXPECT_EQ(Of("tiny-1.0.0").pictures, std::uint64_t{kPictures + 1});
  EXPECT_EQ(Of("starter").pictures, std::uint64_t{kPictures});
  EXPECT_EQ(Use("starter").embedded, 1U) << "the gap alone";
}

TEST_F(ModelsTest, NoSearchFailsWhileModelsAreSwapped) {
  AddTiny();
  std::atomic<bool> over = false;
  std::atomic<int> searches = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      while (!over) {
        const auto found =
            library_->Search({.text = t == 0 ? "red" : "blue sea"}, {.limit = 100, .all = true});
        EXPECT_TRUE(found) << found.error().message();
        EXPECT_TRUE(found && found->hits.size() == std::size_t{kPictures});
        const auto listing = library_->gallery().List({});
        EXPECT_TRUE(listing && listing->ids.size() == std::size_t{kPictures});
        ++searches;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(Use("tiny").answers);
    EXPECT_TRUE(Use("starter").answers);
    EXPECT_TRUE(models_->Remove("tiny-1.0.0"));
    AddTiny();
  }
  over = true;
  threads.clear();
  EXPECT_GT(searches, 0);
}

TEST_F(ModelsTest, PicturesThatCannotBeHadHoldTheSwapUnlessItIsToBeNow) {
  AddTiny();
  fs::rename(PathOf(3), folder_.File("elsewhere.bmp"));
  const UseReport held = Use("tiny");
  EXPECT_FALSE(held.answers);
  EXPECT_EQ(held.embedded, std::uint64_t{kPictures - 1});
  EXPECT_EQ(held.left_out, 1U);
  ASSERT_EQ(held.failures.size(), 1U);
  EXPECT_EQ(held.failures[0].path, PathOf(3));
  EXPECT_TRUE(Of("starter").answers);
  const UseReport now = Use("tiny", {.now = true});
  EXPECT_TRUE(now.answers);
  EXPECT_EQ(now.pictures, std::uint64_t{kPictures - 1});
  EXPECT_EQ(library_->Search({.text = "red"}, {.limit = 100, .all = true})->hits.size(),
            std::size_t{kPictures - 1});
  fs::rename(folder_.File("elsewhere.bmp"), PathOf(3));
  EXPECT_EQ(Use("tiny").embedded, 1U) << "of the one in use, what was missing";
}

TEST_F(ModelsTest, StoppedFillLeavesTheOldModelAnswering) {
  AddTiny();
  StopSignal stop;
  stop.Request();
  const auto report = models_->Use("tiny", {}, nullptr, stop);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->stopped);
  EXPECT_FALSE(report->answers);
  EXPECT_TRUE(Of("starter").answers);
  EXPECT_TRUE(library_->Search({.text = "red"}, {}));
}

TEST_F(ModelsTest, RemoveDeletesVectorsAndPackButNeverWhatAnswers) {
  AddTiny();
  Use("tiny");
  EXPECT_EQ(models_->Remove("tiny").error().code(), Code::kInvalidArgument);
  const std::string space = Of("tiny-1.0.0").space;
  Use("starter");
  const auto removed = models_->Remove("tiny");
  ASSERT_TRUE(removed) << removed.error().message();
  EXPECT_EQ(removed->vectors, std::uint64_t{kPictures});
  EXPECT_TRUE(removed->pack_removed);
  EXPECT_FALSE(fs::exists(folder_.File("library/models/tiny-1.0.0")));
  EXPECT_FALSE(fs::exists(folder_.File("library/vectors/" + space)));
  EXPECT_EQ(models_->Remove("tiny").error().code(), Code::kModel);
  AddTiny();
  EXPECT_EQ(Use("tiny").embedded, std::uint64_t{kPictures});
  const auto shipped = models_->Remove("starter");
  ASSERT_TRUE(shipped);
  EXPECT_FALSE(shipped->pack_removed) << "it comes with the program";
  EXPECT_EQ(models_->Remove("starter").error().code(), Code::kInvalidArgument) << "nothing is left to remove";
}

TEST_F(ModelsTest, VectorsWithoutAPackAreListedAndRemovable) {
  AddTiny();
  Use("tiny");
  Use("starter");
  const std::string space = Of("tiny-1.0.0").space;
  fs::remove_all(folder_.File("library/models/tiny-1.0.0"));
  const ModelInfo lost = Of(space);
  EXPECT_EQ(lost.name, "tiny 1.0.0");
  EXPECT_EQ(lost.pictures, std::uint64_t{kPictures});
  EXPECT_NE(lost.problem, "");
  EXPECT_EQ(models_->Remove(space)->vectors, std::uint64_t{kPictures});
  EXPECT_EQ(Of(space).id, "");
}

TEST_F(ModelsTest, DamagedPackIsRefusedAndTheOldModelGoesOn) {
  AddTiny();
  const std::string tower = folder_.File("library/models/tiny-1.0.0/text.onnx");
  std::string bytes = ReadFile(tower).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(WriteFileAtomically(tower, bytes, Durability::kCache));
  const auto refused = models_->Use("tiny", {}, nullptr, stop_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kModel);
  EXPECT_NE(refused.error().message().find("text.onnx"), std::string::npos);
  EXPECT_TRUE(Of("starter").answers);
  EXPECT_TRUE(library_->Search({.text = "red"}, {}));
  EXPECT_EQ(models_->Use("no-such-model", {}, nullptr, stop_).error().code(), Code::kModel);
}

TEST_F(ModelsTest, LibraryOfALostModelGetsAnotherOne) {
  AddTiny();
  Use("tiny");
  fs::remove_all(folder_.File("library/models/tiny-1.0.0"));
  EXPECT_EQ(Library::Open(options_).error().code(), Code::kModel);
  EXPECT_TRUE(Use("starter").answers);
  EXPECT_TRUE(Library::Open(options_));
}

TEST_F(ModelsTest, CompactingDropsGonePicturesOfEveryModel) {
  AddTiny();
  Use("tiny");
  fs::remove(PathOf(0));
  EXPECT_EQ(Index().removed, 1U);
  const auto compacted = library_->Compact(nullptr);
  ASSERT_TRUE(compacted) << compacted.error().message();
  EXPECT_EQ(compacted->rows_removed, 2U);
  EXPECT_EQ(compacted->pictures_removed, 1U);
  EXPECT_EQ(Use("starter").embedded, 0U);
  EXPECT_EQ(library_->Search({.text = "red"}, {.limit = 100, .all = true})->hits.size(),
            std::size_t{kPictures - 1});
}

TEST(ModelsOfNoLibrary, AreListedAndChosenBeforeTheFirstIndex) {
  const TempFolder folder;
  const StopSignal stop;
  EXPECT_EQ(Models::Open({}).error().code(), Code::kInvalidArgument);
  const LibraryOptions options{.folder = folder.File("library")};
  const auto models = Models::Open(options).value();
  EXPECT_TRUE(std::ranges::any_of(models->List()->models, &ModelInfo::answers));
  EXPECT_FALSE(fs::exists(folder.File("library"))) << "looking makes nothing";
  const TinyPack tiny;
  ASSERT_TRUE(models->Add(tiny.path()));
  const auto used = models->Use("tiny", {}, nullptr, stop);
  ASSERT_TRUE(used) << used.error().message();
  EXPECT_TRUE(used->answers);
  EXPECT_EQ(Library::Open(options).value()->Info()->model, "tiny 1.0.0");
}

TEST(ModelBenchTest, MeasuresBothTowersAndEndsWhenAsked) {
  FakeEmbedder embedder;
  StopSignal stop;
  ModelBench bench;
  ASSERT_TRUE(MeasureModel(embedder, 0, stop, bench));
  EXPECT_GT(bench.pictures_per_second, 0);
  EXPECT_GT(bench.picture_ms, 0);
  EXPECT_GT(bench.texts_per_second, 0);
  EXPECT_GT(bench.text_ms, 0);
  stop.Request();
  EXPECT_EQ(MeasureModel(embedder, 0, stop, bench).error().code(), Code::kCancelled);
  embedder.set_failing(true);
  EXPECT_EQ(MeasureModel(embedder, 0, {}, bench).error().code(), Code::kModel);
}

}  // namespace
}  // namespace vitrine
