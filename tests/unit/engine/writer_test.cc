#include "engine/writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "support/bmp_picture.h"
#include "support/temp_folder.h"
#include "vitrine/library.h"

namespace vitrine {
namespace {

Status Set(Catalog& catalog, const std::string& name) { return catalog.SetSetting(name, "yes"); }

TEST(SharedWriter, NeedsALibraryUnlessItMayMakeOne) {
  const TempFolder folder;
  SharedWriter writer(folder.path());
  EXPECT_EQ(writer.With([](Catalog& catalog) { return Set(catalog, "a"); }).error().code(), Code::kNotFound);
  EXPECT_EQ(writer.Open().error().code(), Code::kNotFound);
  EXPECT_TRUE(writer.Open(SharedWriter::Missing::kIsMade));
  EXPECT_TRUE(writer.With([](Catalog& catalog) { return Set(catalog, "a"); }));
}

TEST(SharedWriter, StepsRunWhileALeaseIsHeldAndOthersAreKeptOut) {
  const TempFolder folder;
  SharedWriter writer(folder.path());
  {
    const auto lease = writer.Open(SharedWriter::Missing::kIsMade);
    ASSERT_TRUE(lease);
    const auto second = writer.Open();
    ASSERT_TRUE(second);
    EXPECT_TRUE(writer.With([](Catalog& catalog) { return Set(catalog, "a"); }));
    EXPECT_TRUE(lease->gate().With([](Catalog& catalog) { return Set(catalog, "b"); }));
    EXPECT_EQ(Catalog::Open(folder.path(), CatalogMode::kWrite).error().code(), Code::kLocked);
  }
  const auto other = Catalog::Open(folder.path(), CatalogMode::kWrite);
  ASSERT_TRUE(other) << "the last lease has let go";
  EXPECT_TRUE((*other)->Setting("a").value() && (*other)->Setting("b").value());
  EXPECT_EQ(writer.With([](Catalog& catalog) { return Set(catalog, "c"); }).error().code(), Code::kLocked);
}

/// The real engine over pictures of its own.
class WritingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    library_ = Library::Open({.folder = folder_.File("library")}).value();
    std::filesystem::create_directory(pictures());
  }

  PathBytes pictures() const { return folder_.File("pictures"); }

  void Write(std::uint32_t first, std::uint32_t count) const {
    for (std::uint32_t i = first; i < first + count; ++i) {
      std::ofstream(pictures() + "/p" + std::to_string(i) + ".bmp") << BmpPicture(120, 90, i);
    }
  }

  IndexReport Index() {
    auto report = library_->Index({.roots = Roots()}, nullptr, stop_);
    EXPECT_TRUE(report) << report.error().message();
    return report ? *std::move(report) : IndexReport();
  }

  std::vector<PathBytes> Roots() {
    std::vector<PathBytes> roots = {pictures()};
    const auto info = library_->Info();
    if (info && info->roots.size() > 1) roots = info->roots;
    return roots;
  }

  const TempFolder folder_;
  StopSignal stop_;
  std::unique_ptr<Library> library_;
};

TEST_F(WritingTest, TaggingUndoingAndAddingWorkWhileIndexing) {
  constexpr std::uint32_t kFirst = 10, kMore = 40, kAdded = 6;
  Write(0, kFirst);
  Index();
  Write(kFirst, kMore);
  Gallery& gallery = library_->gallery();
  std::atomic<bool> indexing = true;
  std::atomic<int> tagged = 0;
  std::vector<AssetId> added;
  {
    std::jthread index([&] {
      EXPECT_EQ(Index().indexed, kMore);
      indexing = false;
    });
    std::jthread tagger([&] {
      while (indexing) {
        const auto change = library_->tags().Decide({.word = TagWord::kAdd,
                                                     .tag = "tag " + std::to_string(tagged),
                                                     .pictures = {pictures() + "/p1.bmp"}});
        EXPECT_TRUE(change) << change.error().message();
        const PathBytes picture = pictures() + "/p2.bmp";
        EXPECT_TRUE(library_->Annotate({&picture, 1}, {.rating = tagged % 6}));
        EXPECT_TRUE(library_->Undo());
        ++tagged;
      }
    });
    std::jthread adder([&] {
      for (std::uint32_t i = 0; i < kAdded; ++i) {
        const auto id = gallery.Add(BmpPicture(80, 80, 1000 + i), "new.bmp");
        EXPECT_TRUE(id) << id.error().message();
        if (id) added.push_back(*id);
      }
    });
    std::jthread looker([&] {
      while (indexing) {
        const auto listing = gallery.List({});
        EXPECT_TRUE(listing);
        EXPECT_TRUE(gallery.Thumbnail(listing->ids.front()));
        EXPECT_TRUE(gallery.Facets("", 5));
        EXPECT_TRUE(gallery.List({.query = "something blue"}));
      }
    });
  }
  EXPECT_GT(tagged, 0);
  EXPECT_EQ(added.size(), kAdded);
  EXPECT_EQ(gallery.List({})->ids.size(), kFirst + kMore + kAdded);
  EXPECT_EQ(Index().removed, 0U) << "a run forgets nothing that was added beside it";
  EXPECT_EQ(gallery.List({})->ids.size(), kFirst + kMore + kAdded);
  EXPECT_EQ(library_->tags().List()->size(), static_cast<std::size_t>(tagged));
}

TEST_F(WritingTest, SecondIndexRunOfTheProcessIsRefused) {
  Write(0, 30);
  struct Watch final : IndexObserver {
    void OnProgress(const IndexProgress&) override { running = true; }
    void OnRecorded(std::span<const FileRecord>) override {
      running = true;
      while (!go_on) std::this_thread::yield();
    }
    std::atomic<bool> running = false, go_on = false;
  } watch;
  std::jthread first([&] { EXPECT_TRUE(library_->Index({.roots = {pictures()}}, &watch, stop_)); });
  while (!watch.running) std::this_thread::yield();
  const auto second = library_->Index({.roots = {pictures()}}, nullptr, stop_);
  EXPECT_EQ(library_->Compact(nullptr).error().code(), Code::kLocked);
  watch.go_on = true;
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kLocked);
}

TEST_F(WritingTest, FilesTakenAwayFromTheAddedFolderAreForgotten) {
  Write(0, 3);
  Index();
  const AssetId id = library_->gallery().Add(BmpPicture(80, 80, 1000), "new.bmp").value();
  ASSERT_TRUE(library_->gallery().Add(BmpPicture(80, 80, 1001), "new.bmp"));
  std::filesystem::remove(library_->gallery().Original(id)->path);
  EXPECT_EQ(Index().removed, 1U);
  EXPECT_EQ(library_->gallery().List({})->ids.size(), 4U);
  EXPECT_EQ(Index().removed, 0U);
}

TEST_F(WritingTest, PicturesGivenAsBytesAreLookedFor) {
  Write(0, 12);
  Index();
  const std::string known = ReadFile(pictures() + "/p3.bmp").value();
  const auto by_file = library_->Search({.pictures = {pictures() + "/p3.bmp"}}, {.limit = 5});
  const auto by_bytes = library_->Search({.text = " ", .picture_bytes = {known}}, {.limit = 5});
  ASSERT_TRUE(by_file && by_bytes) << by_bytes.error().message();
  ASSERT_EQ(by_file->hits.size(), by_bytes->hits.size());
  for (std::size_t i = 0; i < by_file->hits.size(); ++i) {
    EXPECT_EQ(by_bytes->hits[i].id, by_file->hits[i].id);
    EXPECT_NE(by_bytes->hits[i].paths.front(), pictures() + "/p3.bmp");
  }
  const auto unknown =
      library_->gallery().List({.query = "folder:pictures", .pictures = {BmpPicture(50, 50, 3)}});
  ASSERT_TRUE(unknown) << unknown.error().message();
  EXPECT_TRUE(unknown->ranked);
  EXPECT_EQ(unknown->ids.size(), 12U);
  EXPECT_EQ(unknown->found.hits.front().paths.front(), pictures() + "/p3.bmp");
  const auto broken = library_->Search({.picture_bytes = {"no picture"}}, {});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code(), Code::kUnsupported) << broken.error().message();
}

}  // namespace
}  // namespace vitrine
