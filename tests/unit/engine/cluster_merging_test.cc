// What two machines see of one picture, in one document.
#include "engine/cluster/merging.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/matrix.h"
#include "index/quantise.h"

namespace vitrine {
namespace {

using cluster::PictureCopy;

const std::vector<PathBytes> kRoots = {"/mnt/photos"};

PictureCopy Seen(std::vector<PathBytes> paths, std::uint64_t size) {
  PictureCopy picture;
  picture.asset.content.fill(0xC4);
  picture.asset.id = SharedId(picture.asset.content);
  picture.asset.info = {.width_px = 4, .height_px = 2, .format = "jpeg", .facts = {}};
  picture.asset.sketch = {.palette = {{1, 2, 3, 1.0F}}, .hash = 9, .sharpness = 1};
  picture.stamps.assign(paths.size(), {.size_bytes = size});
  picture.asset.paths = std::move(paths);
  Matrix vector(1, 4);
  vector.row(0)[1] = 1;
  picture.vector = Encode(vector);
  TakeIn(picture, kRoots, picture);
  return picture;
}

TEST(ClusterMerging, FilesOfBothAreThereInByteOrderWithTheNewestStamps) {
  PictureCopy there = Seen({"/mnt/photos/b.jpg", "/mnt/photos/c.jpg"}, 1);
  EXPECT_TRUE(TakeIn(Seen({"/mnt/photos/2024/a.jpg", "/mnt/photos/c.jpg"}, 2), kRoots, there));
  EXPECT_EQ(there.asset.paths,
            (std::vector<PathBytes>{"/mnt/photos/2024/a.jpg", "/mnt/photos/b.jpg", "/mnt/photos/c.jpg"}));
  EXPECT_EQ(there.stamps[1].size_bytes, 1U);
  EXPECT_EQ(there.stamps[2].size_bytes, 2U);
  // As a library on one machine that knew all three would say it.
  EXPECT_EQ(there.texts, Seen(there.asset.paths, 1).texts);
  EXPECT_NE(there.texts[3].find("2024"), std::string::npos);
  EXPECT_EQ(there.texts[3].find("mnt"), std::string::npos) << "words of folders are counted from the root";
}

TEST(ClusterMerging, DoneAgainItChangesNothing) {
  PictureCopy there = Seen({"/mnt/photos/b.jpg"}, 1);
  EXPECT_FALSE(TakeIn(Seen({"/mnt/photos/b.jpg"}, 1), kRoots, there));
}

TEST(ClusterMerging, WhatPeopleSaidOfAPictureStays) {
  PictureCopy there = Seen({"/mnt/photos/b.jpg"}, 1);
  there.tags = {{"dog", {.state = TagState::kRejected, .origin = TagOrigin::kPerson}}};
  there.note = {.rating = 5, .caption = "theirs"};
  there.asset.id = AssetId{7};
  PictureCopy mine = Seen({"/mnt/photos/a.jpg"}, 1);
  mine.tags = {{"dog", {.state = TagState::kAccepted, .origin = TagOrigin::kFile}}};
  mine.note = {.rating = 1, .caption = "mine"};
  mine.picture_text = "OPEN";
  mine.texts[4] = "OPEN";
  EXPECT_TRUE(TakeIn(mine, kRoots, there));
  EXPECT_EQ(there.tags.front().mark.state, TagState::kRejected);
  EXPECT_EQ(there.note, (Note{.rating = 5, .caption = "theirs"}));
  EXPECT_EQ(there.asset.id, AssetId{7});
  EXPECT_EQ(there.picture_text, "OPEN");
}

TEST(ClusterMerging, AFileGoesOnlyAsItWasSeen) {
  PictureCopy there = Seen({"/mnt/photos/a.jpg", "/mnt/photos/b.jpg"}, 1);
  const std::vector<DocumentFile> older = {{"/mnt/photos/a.jpg", {.size_bytes = 3}}};
  EXPECT_EQ(TakeAway(older, kRoots, there), 0U);
  const std::vector<DocumentFile> same = {{"/mnt/photos/a.jpg", {.size_bytes = 1}},
                                          {"/mnt/photos/x.jpg", {}}};
  EXPECT_EQ(TakeAway(same, kRoots, there), 1U);
  EXPECT_EQ(there.asset.paths, std::vector<PathBytes>{"/mnt/photos/b.jpg"});
  EXPECT_EQ(there.texts, Seen({"/mnt/photos/b.jpg"}, 1).texts);
}

TEST(ClusterMerging, NumbersArePositiveAndWhatJsonReadersTake) {
  Sha256Digest zeros{}, ones{};
  ones.fill(0xFF);
  EXPECT_EQ(SharedId(zeros), AssetId{1});
  EXPECT_EQ(SharedId(ones), AssetId{(std::int64_t{1} << 53) - 1});
  Sha256Digest last_bit{};
  last_bit[6] = 0x08;
  EXPECT_EQ(SharedId(last_bit), AssetId{1});
  last_bit[6] = 0x10;
  EXPECT_EQ(SharedId(last_bit), AssetId{2});
}

}  // namespace
}  // namespace vitrine
