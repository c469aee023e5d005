// A kept text tower answers with the bits of the pack's own, and whatever is amiss with it costs time alone.
#include "model/graph_shelf.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "model/machine.h"
#include "model/open.h"
#include "model/pack_embedder.h"
#include "support/temp_folder.h"
#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class GraphShelfTest : public ::testing::Test {
 protected:
  EmbedderOptions Options() const {
    EmbedderOptions options;
    options.pack_folder = pack_;
    options.device = Device::kCpu;
    options.graph_folder = shelf_;
    return options;
  }

  // The vector of a sentence by a process that starts anew; `opened` counts the towers that are opened from
  // the pack.
  std::vector<float> Ask(const std::string& features = ThisMachine().features) {
    Machine machine = ThisMachine();
    machine.features = features;
    machine.open = [this](std::string model, const SessionSettings& settings) {
      ++opened_;
      return OrtSession::Create(std::move(model), settings);
    };
    PackEmbedder embedder(ModelPack::Load(pack_).value(), Options(), machine);
    const Result<Matrix> vectors = embedder.EmbedTexts({{std::string("a red kayak at dusk")}});
    if (!vectors) return {};
    return {vectors->values().begin(), vectors->values().end()};
  }

  std::vector<std::string> Entries() const {
    std::vector<std::string> entries;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(shelf_, none)) {
      if (entry.path().filename() != ".making") entries.push_back(entry.path().string());
    }
    return entries;
  }

  const TinyPack tiny_;
  const TempFolder folder_;
  std::string pack_ = tiny_.path();
  std::string shelf_ = folder_.File("graphs");
  int opened_ = 0;
};

TEST_F(GraphShelfTest, TheSecondProcessOpensWhatTheFirstLeftAndGivesTheSameBits) {
  const std::vector<float> first = Ask();
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(opened_, 1);
  ASSERT_EQ(Entries().size(), 1U);
  EXPECT_EQ(Ask(), first);
  EXPECT_EQ(opened_, 1);
  shelf_.clear();
  EXPECT_EQ(Ask(), first) << "as without a shelf";
}

TEST_F(GraphShelfTest, WhatIsDamagedIsMadeAnew) {
  const std::vector<float> first = Ask();
  for (const char* name : {"graph.onnx", "checksums"}) {
    const std::string file = JoinPath(Entries().at(0), name);
    const std::string bytes = ReadFile(file).value();
    std::vector<std::string> spoilt = {bytes + "x"};
    if (!bytes.empty()) {
      spoilt.push_back(bytes.substr(0, bytes.size() / 2));
      spoilt.push_back(bytes);
      spoilt.back()[bytes.size() / 3] = static_cast<char>(spoilt.back()[bytes.size() / 3] ^ 4);
    }
    for (const std::string& changed : spoilt) {
      ASSERT_TRUE(WriteFileAtomically(file, changed, Durability::kCache));
      opened_ = 0;
      EXPECT_EQ(Ask(), first) << name;
      EXPECT_EQ(opened_, 1) << name << " was believed";
      EXPECT_EQ(Ask(), first);
      EXPECT_EQ(opened_, 1) << name << " was not mended";
    }
    ASSERT_TRUE(fs::remove(file));
    EXPECT_EQ(Ask(), first);
    EXPECT_EQ(opened_, 2) << name;
  }
  EXPECT_EQ(Entries().size(), 1U);
}

// The tiny pack has too few weights for a file of their own; the starter's are 8-bit codes that the runtime
// fuses.
TEST_F(GraphShelfTest, ARealTowerGivesTheSameBitsAndItsWeightsAreHeldAgainstTheirChecksum) {
  pack_ = VITRINE_SOURCE_DIR "/models/starter";
  const std::vector<float> first = Ask();
  ASSERT_EQ(Entries().size(), 1U);
  EXPECT_EQ(Ask(), first);
  EXPECT_EQ(opened_, 1);
  const std::string weights = JoinPath(Entries()[0], "weights.bin");
  std::string bytes = ReadFile(weights).value();
  ASSERT_GT(bytes.size(), std::size_t{1} << 20);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(WriteFileAtomically(weights, bytes, Durability::kCache));
  EXPECT_EQ(Ask(), first);
  EXPECT_EQ(opened_, 2);
  shelf_.clear();
  EXPECT_EQ(Ask(), first) << "as without a shelf";
}

TEST_F(GraphShelfTest, HoldsForOneFileAndOneProcessor) {
  const std::vector<float> first = Ask();
  EXPECT_EQ(Ask("others"), first);
  EXPECT_EQ(opened_, 2);
  EXPECT_EQ(Entries().size(), 1U) << "what is of no use any more goes";
  tiny_.Write("text.onnx", tiny_.Read("text.onnx"));
  EXPECT_EQ(Ask("others"), first);
  EXPECT_EQ(opened_, 3) << "a file that was written anew is looked at";
  std::string bytes = tiny_.Read("text.onnx");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  tiny_.Write("text.onnx", bytes);
  EXPECT_TRUE(Ask("others").empty()) << "a damaged tower is refused, whatever is kept";
}

TEST_F(GraphShelfTest, InspectionReadsThePackItselfAndTellsOfDamage) {
  ASSERT_TRUE(InspectModel(Options()));
  EXPECT_TRUE(Entries().empty());
  ASSERT_FALSE(Ask().empty());
  EXPECT_TRUE(InspectModel(Options())->notes.empty());
  ASSERT_TRUE(WriteFileAtomically(JoinPath(Entries().at(0), "graph.onnx"), "x", Durability::kCache));
  const std::vector<std::string> notes = InspectModel(Options())->notes;
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("is damaged; the next search makes it anew"), std::string::npos) << notes[0];
}

TEST_F(GraphShelfTest, WhereNothingCanBeKeptAllGoesOn) {
  const std::vector<float> first = Ask();
  ASSERT_TRUE(WriteFileAtomically(folder_.File("file"), "x", Durability::kCache));
  for (const std::string& nowhere : {std::string(), folder_.File("file"), folder_.File("file/graphs")}) {
    shelf_ = nowhere;
    EXPECT_EQ(Ask(), first) << nowhere;
  }
}

TEST_F(GraphShelfTest, AFileThatMayGrowNoFurtherIsNotKept) {
  const std::vector<float> first = Ask();
  shelf_ = folder_.File("limited");
  ASSERT_TRUE(MakeFolders(shelf_));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {.rlim_cur = 512, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::vector<float> limited = Ask();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(limited, first);
  EXPECT_TRUE(Entries().empty());
  EXPECT_TRUE(fs::is_empty(JoinPath(shelf_, ".making"))) << "half a graph is left";
}

TEST_F(GraphShelfTest, AFullDiskIsNotFilledFurther) {
  const std::vector<float> first = Ask();
  shelf_ = folder_.File("disk");
  ASSERT_TRUE(MakeFolders(shelf_));
  if (mount("tmpfs", shelf_.c_str(), "tmpfs", 0, "size=4k") != 0) {
    GTEST_SKIP() << "needs the right to mount a small tmpfs";
  }
  const std::vector<float> full = Ask();
  const bool empty = Entries().empty();
  ASSERT_EQ(umount(shelf_.c_str()), 0);
  EXPECT_EQ(full, first);
  EXPECT_TRUE(empty);
}

}  // namespace
}  // namespace vitrine
