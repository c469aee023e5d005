#include "engine/picture_adding.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/bmp_picture.h"
#include "support/made_library.h"

namespace vitrine {
namespace {

TEST(SafeName, IsAPictureNameThatAWalkFinds) {
  EXPECT_EQ(SafeName("holiday.JPG", "jpeg"), "holiday.JPG");
  EXPECT_EQ(SafeName("holiday.jpeg", "jpeg"), "holiday.jpeg");
  EXPECT_EQ(SafeName("holiday.png", "jpeg"), "holiday.jpg");
  EXPECT_EQ(SafeName("holiday", "heif"), "holiday.heic");
  EXPECT_EQ(SafeName("../../etc/passwd", "png"), "passwd.png");
  EXPECT_EQ(SafeName("C:\\Pictures\\a.png", "png"), "a.png");
  EXPECT_EQ(SafeName(".hidden.png", "png"), "hidden.png");
  EXPECT_EQ(SafeName("a\nb\x01"
                     "c\xc2\x85.png",
                     "png"),
            "abc.png");
  EXPECT_EQ(SafeName("", "gif"), "picture.gif");
  EXPECT_EQ(SafeName("/", "gif"), "picture.gif");
  EXPECT_EQ(SafeName("...", "gif"), "picture.gif");
  EXPECT_EQ(SafeName("photo.NEF", "raw"), "photo.NEF");
  EXPECT_EQ(SafeName("photo.jpg", "raw"), "photo.dng");
  EXPECT_EQ(SafeName("3.5 stars by night", "webp"), "3.5 stars by night.webp");
}

TEST(SafeName, IsAtMost200BytesOfWholeCharacters) {
  std::string name;
  for (int i = 0; i < 300; ++i) name += "\xc3\xa9";
  const std::string safe = SafeName(name + ".tiff", "tiff");
  EXPECT_LE(safe.size(), 200U);
  EXPECT_GE(safe.size(), 198U);
  EXPECT_TRUE(safe.ends_with("\xc3\xa9.tiff")) << safe;
}

class PictureAddingTest : public MadeLibrary {
 protected:
  void SetUp() override { Record({Picture("/photos/other.jpg")}); }

  std::vector<std::string> FilesAdded() const {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(folder_.File("added"), error)) {
      names.push_back(file.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
};

TEST_F(PictureAddingTest, AddedPictureIsKeptListedAndShown) {
  const std::string bytes = BmpPicture(640, 480, 1);
  const auto id = gallery().Add(bytes, "from/clipboard.png");
  ASSERT_TRUE(id) << id.error().message();
  EXPECT_EQ(FilesAdded(), (std::vector<std::string>{"clipboard.bmp"}));
  EXPECT_EQ(ReadFile(folder_.File("added/clipboard.bmp")).value(), bytes);
  const std::vector<AssetId> ids = gallery().List({.order = Order::kAdded})->ids;
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids.front(), *id);
  const PictureDetails details = gallery().Details({&*id, 1})->front();
  EXPECT_EQ(details.info.width_px, 640);
  EXPECT_EQ(details.size_bytes, bytes.size());
  EXPECT_FALSE(details.palette.empty());
  EXPECT_TRUE(gallery().Thumbnail(*id));
  EXPECT_EQ(gallery().Original(*id)->path, folder_.File("added/clipboard.bmp"));
  const auto catalog = Catalog::Open(folder_.path(), CatalogMode::kRead).value();
  const auto roots = catalog->Roots().value();
  EXPECT_TRUE(
      std::ranges::any_of(roots, [&](const RootRecord& root) { return root.path == folder_.File("added"); }));
}

TEST_F(PictureAddingTest, KnownContentIsNotKeptTwice) {
  const AssetId first = gallery().Add(BmpPicture(64, 64, 1), "a.bmp").value();
  EXPECT_EQ(gallery().Add(BmpPicture(64, 64, 1), "b.bmp").value(), first);
  EXPECT_EQ(FilesAdded(), (std::vector<std::string>{"a.bmp"}));
}

TEST_F(PictureAddingTest, ContentWhoseFileIsGoneIsKeptAnew) {
  const AssetId first = gallery().Add(BmpPicture(64, 64, 1), "a.bmp").value();
  std::filesystem::remove(folder_.File("added/a.bmp"));
  {
    const auto catalog = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
    ASSERT_TRUE(catalog->FinishRun(catalog->BeginRun("/elsewhere").value(), folder_.File("added")));
  }
  EXPECT_EQ(gallery().List({})->ids.size(), 1U);
  EXPECT_TRUE(gallery().Thumbnail(first)) << "a picture that is gone still has its thumbnail";
  EXPECT_EQ(gallery().Add(BmpPicture(64, 64, 1), "c.bmp").value(), first);
  EXPECT_EQ(FilesAdded(), (std::vector<std::string>{"c.bmp"}));
}

TEST_F(PictureAddingTest, TakenNamesAreNumberedWhateverTheirExtension) {
  std::filesystem::create_directory(folder_.File("added"));
  std::ofstream(folder_.File("added/A.jpg")) << "somebody else's";
  for (std::uint32_t seed = 1; seed <= 3; ++seed)
    ASSERT_TRUE(gallery().Add(BmpPicture(64, 64, seed), "a.bmp"));
  EXPECT_EQ(FilesAdded(), (std::vector<std::string>{"A.jpg", "a (2).bmp", "a (3).bmp", "a (4).bmp"}));
}

TEST_F(PictureAddingTest, WhatIsNoPictureLeavesNothing) {
  const std::string whole = BmpPicture(64, 64, 1);
  for (const std::string& bytes :
       {std::string(), std::string("hello"), whole.substr(0, 60), std::string("<svg></svg>")}) {
    const auto id = gallery().Add(bytes, "a.bmp");
    ASSERT_FALSE(id);
    EXPECT_TRUE(id.error().code() == Code::kCorrupt || id.error().code() == Code::kUnsupported)
        << id.error().message();
  }
  EXPECT_TRUE(FilesAdded().empty());
  EXPECT_EQ(gallery().List({})->ids.size(), 1U);
}

TEST_F(PictureAddingTest, LockedLibraryLeavesNoFile) {
  const auto other = Catalog::Open(folder_.path(), CatalogMode::kWrite).value();
  const auto id = gallery().Add(BmpPicture(64, 64, 1), "a.bmp");
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code(), Code::kLocked);
  EXPECT_TRUE(FilesAdded().empty());
}

TEST_F(PictureAddingTest, ManyAtOnceAllGetNamesOfTheirOwn) {
  constexpr std::uint32_t kEach = 5, kThreads = 4;
  gallery();
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint32_t i = 0; i < kEach; ++i) {
          const auto id = gallery().Add(BmpPicture(64, 64, 100 * t + i), "same.bmp");
          EXPECT_TRUE(id) << id.error().message();
        }
      });
    }
  }
  EXPECT_EQ(FilesAdded().size(), kEach * kThreads);
  EXPECT_EQ(gallery().List({})->ids.size(), kEach * kThreads + 1);
}

}  // namespace
}  // namespace vitrine
