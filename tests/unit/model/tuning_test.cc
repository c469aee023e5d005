#include "model/tuning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/file.h"
#include "model/image_tower.h"
#include "model/machine.h"
#include "model/open.h"
#include "model/pack.h"
#include "model/pack_embedder.h"
#include "support/temp_folder.h"
#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

TuningTrial Trial(int threads, std::size_t batch, double wall_ms, double cpu_ms) {
  return {.threads = threads, .batch = batch, .wall_ms = wall_ms, .cpu_ms = cpu_ms};
}

TEST(ChooseTrial, TakesLessProcessorTimeWhereDecodingFillsTheCores) {
  // On two cores a picture costs (cpu + 12.8) / 2: 10.4 and 9.4.
  const std::vector<TuningTrial> trials = {Trial(2, 8, 4, 8), Trial(1, 8, 6, 6)};
  EXPECT_EQ(ChooseTrial(trials, 2).threads, 1);
}

TEST(ChooseTrial, TakesMoreThreadsWhereEmbeddingIsWhatTheOthersWaitFor) {
  // On sixteen cores (60 + 12.8) / 16 is 4.55; 4 threads need least of the processor, but one waits 7 ms.
  const std::vector<TuningTrial> trials = {Trial(16, 8, 4, 60), Trial(8, 8, 4.2, 30), Trial(4, 8, 7, 26)};
  EXPECT_EQ(ChooseTrial(trials, 16).threads, 8);
}

TEST(ChooseTrial, NoiseChoosesNothing) {
  const std::vector<TuningTrial> trials = {Trial(2, 8, 10, 10), Trial(2, 16, 9.6, 9.6),
                                           Trial(1, 8, 9.8, 9.8)};
  EXPECT_EQ(&ChooseTrial(trials, 2), &trials.front());
}

TEST(IsFaster, TheOneThatRunsABatchSoonerAndWithoutErrors) {
  double now_ms = 0;
  const auto clock_ms = [&] { return now_ms; };
  const auto taking = [&](double ms) {
    return TowerRun([&now_ms, ms](std::size_t, std::size_t) {
      now_ms += ms;
      return Status();
    });
  };
  const TowerRun soon = taking(20), late = taking(30);
  const TowerRun broken = [](std::size_t, std::size_t) { return Status(Error(Code::kModel, "lost")); };
  EXPECT_TRUE(IsFaster(soon, late, clock_ms));
  EXPECT_FALSE(IsFaster(late, soon, clock_ms));
  EXPECT_FALSE(IsFaster(broken, late, clock_ms));
}

class TuningShelfTest : public ::testing::Test {
 protected:
  static TuningKey Key() {
    return {.processor = "Test 9000", .threads = 4, .tower = "ab12", .provider = "CPU", .runtime = "1.24"};
  }
  std::string OnlyFile() const { return fs::directory_iterator(folder_.File("tuning"))->path().string(); }

  const TempFolder folder_;
  const TuningShelf shelf_{folder_.File("tuning")};
  const TuningTrial chosen_ = Trial(2, 16, 1.5, 2.25);
};

TEST_F(TuningShelfTest, RemembersForWhatItHoldsAlone) {
  EXPECT_FALSE(shelf_.Recall(Key()));
  ASSERT_TRUE(shelf_.Remember(Key(), chosen_));
  const auto recalled = shelf_.Recall(Key());
  ASSERT_TRUE(recalled);
  EXPECT_EQ(recalled->threads, 2);
  EXPECT_EQ(recalled->batch, 16U);
  EXPECT_DOUBLE_EQ(recalled->cpu_ms, 2.25);
  for (const auto& change :
       {+[](TuningKey& key) { key.processor += "x"; }, +[](TuningKey& key) { ++key.threads; },
        +[](TuningKey& key) { key.tower += "x"; }, +[](TuningKey& key) { key.provider += "x"; },
        +[](TuningKey& key) { key.runtime += "x"; }}) {
    TuningKey other = Key();
    change(other);
    EXPECT_FALSE(shelf_.Recall(other));
  }
}

TEST_F(TuningShelfTest, WhatMakesNoSenseIsAsIfItWereNotThere) {
  ASSERT_TRUE(shelf_.Remember(Key(), chosen_));
  const std::string text = ReadFile(OnlyFile()).value();
  for (const std::string& spoilt :
       {std::string(), text.substr(0, text.size() / 2), std::string(5000, '\xff'),
        std::string("vitrine tuning 1\nchosen 99 threads 16 at once 1 wall_ms 1 cpu_ms\n"),
        std::string("vitrine tuning 1\nchosen 1 threads 0 at once 1 wall_ms 1 cpu_ms\n")}) {
    ASSERT_TRUE(WriteFileAtomically(OnlyFile(), spoilt, Durability::kCache));
    EXPECT_FALSE(shelf_.Recall(Key())) << spoilt.substr(0, 80);
  }
}

TEST_F(TuningShelfTest, NoFolderRemembersNothingAndOneThatCannotBeMadeSaysSo) {
  EXPECT_TRUE(TuningShelf("").Remember(Key(), chosen_));
  EXPECT_FALSE(TuningShelf("").Recall(Key()));
  ASSERT_TRUE(WriteFileAtomically(folder_.File("file"), "x", Durability::kCache));
  EXPECT_FALSE(TuningShelf(folder_.File("file/tuning")).Remember(Key(), chosen_));
}

TEST(TryTunings, TriesFewerThreadsAndLargerBatchesAfterTheUsualWay) {
  const TowerOnThreads tower = [](int threads) -> Result<TowerRun> {
    if (threads == 2) return Error(Code::kModel, "no tower on two threads");
    return TowerRun([](std::size_t, std::size_t) { return Status(); });
  };
  const auto trials = TryTunings(tower, 8, 0);
  ASSERT_TRUE(trials);
  std::vector<std::pair<int, std::size_t>> tried;
  for (const TuningTrial& trial : *trials) tried.emplace_back(trial.threads, trial.batch);
  EXPECT_EQ(tried, (std::vector<std::pair<int, std::size_t>>{{8, 8}, {8, 16}, {4, 8}, {4, 16}}));
  EXPECT_FALSE(TryTunings(tower, 2, 0)) << "the usual way has to be possible";
}

// The tiny pack, driven for long on the plain kernels.
class TunedRunTest : public ::testing::Test {
 protected:
  EmbedderOptions Options() const {
    EmbedderOptions options;
    options.pack_folder = pack_.path();
    options.device = Device::kAuto;
    options.precision = Precision::kFloat32;  // A processor with bf16 would move to it.
    options.tuning_folder = folder_.File("tuning");
    options.image_threads = 2;
    return options;
  }
  Result<Matrix> Embed(Embedder& embedder) const {
    Result<Matrix> last = Error(Code::kInternal, "no picture");
    for (std::size_t done = 0; done < 1100; done += pictures_.size())
      last = embedder.EmbedPictures(pictures_);
    return last;
  }

  // One thread and 16 at once, which no trial of the tiny pack would choose by itself for sure.
  void RememberAnotherWay(Provider provider) const {
    const TuningKey key = {.processor = ThisMachine().processor,
                           .threads = Options().image_threads,
                           .tower = ModelPack::Load(pack_.path()).value().image().file.sha256,
                           .provider = ProviderName(provider),
                           .runtime = RuntimeVersion()};
    ASSERT_TRUE(TuningShelf(folder_.File("tuning")).Remember(key, Trial(1, 16, 1, 1)));
  }
  std::size_t BatchOn(Device device) const {
    EmbedderOptions options = Options();
    options.device = device;
    return OpenEmbedder(options).value()->picture_batch();
  }

  const TempFolder folder_;
  const TinyPack pack_;
  const std::vector<RgbImage> pictures_ = NoisePictures(48, 32);
};

TEST_F(TunedRunTest, ARunTriesNothingByItselfAndTakesWhatIsRemembered) {
  const auto untried = OpenEmbedder(Options()).value();
  ASSERT_TRUE(Embed(*untried));
  EXPECT_FALSE(fs::exists(folder_.File("tuning")));
  EXPECT_FALSE(InspectModel(Options())->tuning.has_value());
  ASSERT_TRUE(TuneModel(Options()));
  EXPECT_TRUE(InspectModel(Options())->tuning.has_value());
  RememberAnotherWay(Provider::kCpu);
  PackEmbedder driven(ModelPack::Load(pack_.path()).value(), Options());
  EXPECT_EQ(driven.image_tower(0).value()->threads(), 1);
  EXPECT_EQ(driven.picture_batch(), 16U);
  EXPECT_TRUE(Embed(driven));
}

TEST_F(TunedRunTest, WhatIsRememberedHoldsForTheDeviceThatRunsIt) {
  RememberAnotherWay(Provider::kCpu);
  EXPECT_EQ(BatchOn(Device::kCpu), 16U);
  EXPECT_EQ(BatchOn(Device::kAuto), 16U);
  EXPECT_EQ(BatchOn(Device::kGpu), kPictureBatch);
  EXPECT_EQ(BatchOn(Device::kNpu), kPictureBatch);
}

TEST_F(TunedRunTest, WhatIsRememberedOfOpenVinoHoldsForLongRunsAlone) {
  RememberAnotherWay(Provider::kOpenVino);
  EXPECT_EQ(BatchOn(Device::kAuto), 16U);
  EXPECT_EQ(BatchOn(Device::kCpu), kPictureBatch);
}

TEST_F(TunedRunTest, VectorsAndSpaceAreTheSameWhateverWasChosen) {
  EmbedderOptions usual = Options();
  usual.tuning_folder.clear();
  const auto plain = OpenEmbedder(usual).value();
  const Matrix expected = plain->EmbedPictures(pictures_).value();
  const TuningReport tuned = TuneModel(Options()).value();
  ASSERT_GE(tuned.trials.size(), 2U);
  for (const int threads : {1, 2}) {
    for (const std::size_t batch : {std::size_t{8}, std::size_t{16}}) {
      const Result<ImageTower> tower = ImageTower::Load(ModelPack::Load(pack_.path()).value(),
                                                        {.provider = Provider::kCpu, .threads = threads});
      ASSERT_TRUE(tower);
      const Matrix vectors = tower->Embed(pictures_, batch).value();
      for (std::size_t i = 0; i < pictures_.size(); ++i) {
        double dot = 0;
        for (std::size_t k = 0; k < vectors.columns(); ++k) {
          dot += static_cast<double>(vectors.row(i)[k]) * static_cast<double>(expected.row(i)[k]);
        }
        EXPECT_NEAR(dot, 1, 1e-6) << threads << " threads, " << batch << " at once";
      }
    }
  }
  const auto driven = OpenEmbedder(Options()).value();
  EXPECT_EQ(driven->space().id, plain->space().id);
  EXPECT_EQ(driven->picture_batch(), tuned.chosen.batch);
}

TEST_F(TunedRunTest, ACacheThatCannotBeWrittenEndsNoRun) {
  ASSERT_TRUE(WriteFileAtomically(folder_.File("tuning"), "a file, no folder", Durability::kCache));
  const auto embedder = OpenEmbedder(Options()).value();
  EXPECT_TRUE(Embed(*embedder));
  const Result<TuningReport> tuned = TuneModel(Options());
  ASSERT_TRUE(tuned);
  EXPECT_NE(tuned->not_kept, "");
}

}  // namespace
}  // namespace vitrine
