#include "vitrine/library.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "support/temp_folder.h"

namespace vitrine {
namespace {

constexpr char kFruit[] = "/usr/share/tuxpaint/stamps/food/fruit";

TEST(LibraryOpen, NamesWhatIsMissing) {
  EXPECT_EQ(Library::Open({}).error().code(), Code::kInvalidArgument);
  const auto library = Library::Open({.folder = "/tmp/x", .model = "no-such-model"});
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code(), Code::kModel);
  EXPECT_NE(library.error().message().find("no-such-model"), std::string::npos) << library.error().message();
}

/// The real engine over the starter model, in a folder of its own.
class LibraryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    LibraryOptions options;
    options.folder = folder_.File("library");
    auto opened = Library::Open(options);
    ASSERT_TRUE(opened) << opened.error().message();
    library_ = *std::move(opened);
  }

  // Copies of the fruit photographs, indexed.
  void IndexFruit() {
    if (!std::filesystem::exists(kFruit)) GTEST_SKIP() << "the package tuxpaint-stamps-default is not here";
    std::filesystem::create_directory(folder_.File("fruit"));
    for (const auto& file : std::filesystem::directory_iterator(kFruit)) {
      if (file.path().extension() != ".png") continue;
      std::filesystem::copy(file.path(), folder_.File("fruit"));
      ++pictures_;
    }
    const auto report = library_->Index({.roots = {folder_.File("fruit")}}, nullptr, stop_);
    ASSERT_TRUE(report) << report.error().message();
    ASSERT_EQ(report->indexed, pictures_);
  }

  const TempFolder folder_;
  StopSignal stop_;
  std::unique_ptr<Library> library_;
  std::uint64_t pictures_ = 0;
};

TEST_F(LibraryTest, SearchBeforeTheFirstIndexSaysWhatToDo) {
  const auto found = library_->Search({.text = "dog"}, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::kNotFound);
  EXPECT_NE(found.error().message().find("vitrine index"), std::string::npos);
}

TEST_F(LibraryTest, LimitsOutOfRangeAreRefused) {
  EXPECT_EQ(library_->Search({.text = "dog"}, {.limit = 0}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(library_->Search({.text = "dog"}, {.limit = 100'001}).error().code(), Code::kInvalidArgument);
}

TEST_F(LibraryTest, RootThatNeverExistedIsNamed) {
  const auto report = library_->Index({.roots = {"/no/such/folder"}}, nullptr, stop_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::kNotFound);
  EXPECT_NE(report.error().message().find("/no/such/folder"), std::string::npos);
}

TEST_F(LibraryTest, SearchSeesWhatWasIndexedSinceItLastLooked) {
  IndexFruit();
  EXPECT_EQ(library_->Search({.text = "fruit"}, {})->total, pictures_);
  std::filesystem::copy(folder_.File("fruit/banana.png"), folder_.File("fruit/another.png"));
  std::filesystem::remove(folder_.File("fruit/lemon.png"));
  ASSERT_TRUE(library_->Index({.roots = {folder_.File("fruit")}}, nullptr, stop_));
  const auto found = library_->Search({.text = "a banana"}, {.limit = 1000});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->total, pictures_ - 1);
  for (const Hit& hit : found->hits) EXPECT_EQ(hit.paths.front().find("lemon"), std::string::npos);
}

TEST_F(LibraryTest, CopiesAreOneHitWithTwoPaths) {
  IndexFruit();
  std::filesystem::copy(folder_.File("fruit/banana.png"), folder_.File("fruit/z.png"));
  ASSERT_TRUE(library_->Index({.roots = {folder_.File("fruit")}}, nullptr, stop_));
  const auto found = library_->Search({.text = "a banana"}, {.limit = 1000});
  ASSERT_TRUE(found);
  for (const Hit& hit : found->hits) {
    if (hit.paths.front() != folder_.File("fruit/banana.png")) continue;
    EXPECT_EQ(hit.paths,
              (std::vector<PathBytes>{folder_.File("fruit/banana.png"), folder_.File("fruit/z.png")}));
    return;
  }
  FAIL() << "the banana is among the hits";
}

TEST_F(LibraryTest, SearchesFromManyThreadsAgree) {
  IndexFruit();
  const std::vector<std::string> words = {"a banana", "an apple", "something green", "a pineapple"};
  std::vector<AssetId> expected;
  for (const std::string& text : words)
    expected.push_back(library_->Search({.text = text}, {})->hits.front().id);
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < words.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 5; ++round) {
        EXPECT_EQ(library_->Search({.text = words[t]}, {})->hits.front().id, expected[t]);
      }
    });
  }
}

TEST_F(LibraryTest, StoppedRunSaysSoAndTheNextOneFinishes) {
  if (!std::filesystem::exists(kFruit)) GTEST_SKIP() << "the package tuxpaint-stamps-default is not here";
  StopSignal stopped;
  stopped.Request();
  const auto first = library_->Index({.roots = {kFruit}}, nullptr, stopped);
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_TRUE(first->stopped);
  const auto second = library_->Index({.roots = {kFruit}}, nullptr, stop_);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->stopped);
  EXPECT_EQ(second->failed, 0u);
  EXPECT_EQ(library_->Search({.text = "fruit"}, {})->total, second->indexed);
}

TEST_F(LibraryTest, PreviewHasThePixelsOfAThumbnail) {
  IndexFruit();
  const auto found = library_->Search({.text = "a banana"}, {});
  ASSERT_TRUE(found);
  const auto preview = library_->PreviewOf(found->hits.front().thumbnail_path, 64);
  ASSERT_TRUE(preview) << preview.error().message();
  EXPECT_EQ(preview->rgb.size(), static_cast<std::size_t>(preview->width_px * preview->height_px * 3));
}

TEST_F(LibraryTest, InfoCountsWhatIsThere) {
  IndexFruit();
  const auto info = library_->Info();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->pictures, pictures_);
  EXPECT_EQ(info->vectors, pictures_);
  EXPECT_EQ(info->roots, std::vector<PathBytes>{folder_.File("fruit")});
  EXPECT_TRUE(info->offline_roots.empty());
}

TEST_F(LibraryTest, DoctorFindsNoProblemButTheUnlockedNetwork) {
  IndexFruit();
  for (const Finding& finding : library_->Doctor()) {
    EXPECT_TRUE(finding.level != Finding::Level::kProblem || finding.subject == "network")
        << finding.subject << ": " << finding.text;
  }
}

}  // namespace
}  // namespace vitrine
