// Looking at a library on a cluster: what a page asks of it.
#include "engine/cluster/gallery.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "base/file.h"
#include "engine/cluster/listed_contents.h"
#include "engine/installation.h"
#include "image/thumbnail_path.h"
#include "unit/engine/cluster_fixture.h"

namespace vitrine {
namespace {

constexpr char kThumbnail[] = "\xff\xd8\xff thumbnail \xff\xd9";

class ClusterGalleryTest : public ClusterFixture {
 protected:
  void SetUp() override {
    ClusterFixture::SetUp();
    setenv("XDG_CACHE_HOME", folder_.File("cache").c_str(), 1);
    ASSERT_TRUE(Send());
    for (const auto& [id, document] : store_->DocumentsOf(kAlias)) {
      const std::string path =
          ThumbnailPath(JoinPath(DefaultCacheFolder(), "thumbs"), DigestFromHex(id).value());
      ASSERT_TRUE(MakeFolders(std::string(FolderOf(path))));
      ASSERT_TRUE(WriteFileAtomically(path, kThumbnail, Durability::kCache));
    }
    line_ = std::make_unique<StandInCluster>(store_, [this](const cluster::Request&) {
      ++requests_;
      return std::optional<cluster::Answer>();
    });
    room_ = ClusterRoom::Open({.folder = "opensearch://127.0.0.1:9200/a", .model = tiny_.path()},
                              LinkOver(*line_))
                .value();
    const auto search = [this](const Query&, const SearchOptions&) {
      SearchResult found;
      for (const AssetId id : hits_) found.hits.push_back({.id = id, .paths = {"/photos/a.jpg"}});
      return Result<SearchResult>(std::move(found));
    };
    gallery_ = MakeClusterGallery(*room_, search, [](const auto&) { return std::vector<std::string>(); });
  }
  void TearDown() override {
    gallery_.reset();
    room_.reset();
  }

  int RequestsForThumbnailsOf(std::span<const AssetId> ids) {
    const int before = requests_;
    for (const AssetId id : ids) EXPECT_EQ(gallery_->Thumbnail(id).value(), kThumbnail);
    return requests_ - before;
  }

  std::atomic<int> requests_ = 0;
  std::vector<AssetId> hits_;
  std::unique_ptr<StandInCluster> line_;
  std::unique_ptr<ClusterRoom> room_;
  std::unique_ptr<Gallery> gallery_;
};

TEST_F(ClusterGalleryTest, AScreenOfThumbnailsThatWereListedAsksOnce) {
  const Listing listing = gallery_->List({}).value();
  ASSERT_EQ(listing.ids.size(), static_cast<std::size_t>(kPictures));
  EXPECT_EQ(RequestsForThumbnailsOf(std::span(listing.ids).first(100)), 1);
  EXPECT_EQ(RequestsForThumbnailsOf(std::span(listing.ids).first(100)), 0);
  hits_ = {listing.ids[7], listing.ids[3]};
  ASSERT_EQ(gallery_->List({.query = "a bird"}).value().ids, hits_);
  EXPECT_EQ(RequestsForThumbnailsOf(hits_), 0) << "the version is the same";
}

TEST_F(ClusterGalleryTest, HitsAreLearntInOneRequest) {
  hits_ = {AssetId{7}, AssetId{3}, AssetId{kPictures}};
  ASSERT_EQ(gallery_->List({.query = "a bird"}).value().ids, hits_);
  EXPECT_EQ(RequestsForThumbnailsOf(hits_), 1);
}

TEST_F(ClusterGalleryTest, ATimelineIsKeptAsLongAsNothingChanges) {
  const Listing first = gallery_->List({}).value();
  const auto requests_for = [&](const ListOptions& options, std::vector<AssetId>& ids) {
    const int before = requests_;
    ids = gallery_->List(options).value().ids;
    return requests_ - before;
  };
  std::vector<AssetId> ids;
  EXPECT_EQ(requests_for({}, ids), 1) << "whether something has changed";
  EXPECT_EQ(ids, first.ids);
  EXPECT_GT(requests_for({.order = Order::kAdded}, ids), 1);
  EXPECT_NE(ids, first.ids);
  EXPECT_GT(requests_for({.query = "-rating:5"}, ids), 1);
  const auto documents = store_->DocumentsOf(kAlias);
  store_->Put(kAlias, documents.begin()->first, documents.begin()->second.source);
  store_->Serve({.method = cluster::Method::kPost, .path = "/vitrine-library-a/_refresh"});
  EXPECT_GT(requests_for({}, ids), 1) << "a document was written again";
  EXPECT_EQ(ids, first.ids);
}

TEST_F(ClusterGalleryTest, ATimelineThatLacksAShardIsNotKept) {
  store_->set_missing(2);
  EXPECT_FALSE(gallery_->List({}).value().found.notes.empty());
  store_->set_missing(0);
  EXPECT_TRUE(gallery_->List({}).value().found.notes.empty());
}

TEST_F(ClusterGalleryTest, OneThatWasNotListedIsLookedUp) {
  EXPECT_EQ(gallery_->Thumbnail(AssetId{5}).value(), kThumbnail);
  EXPECT_GT(requests_, 0);
  EXPECT_EQ(gallery_->Thumbnail(AssetId{kPictures + 1}).error().code(), Code::kNotFound);
}

// Contents are those of the numbers, and of a version.
class ListedContentsTest : public ::testing::Test {
 protected:
  static std::vector<AssetId> Ids(std::int64_t from, std::int64_t to) {
    std::vector<AssetId> ids;
    for (std::int64_t id = from; id <= to; ++id) ids.push_back(AssetId{id});
    return ids;
  }
  Sha256Digest ContentOf(AssetId id) const {
    return Sha256(version_ + std::to_string(static_cast<std::int64_t>(id)));
  }
  std::optional<Sha256Digest> Of(std::int64_t id) { return contents_.Of(AssetId{id}).value(); }

  std::string version_ = "a";
  std::vector<std::size_t> asked_;
  std::function<void()> meanwhile_ = [] {};
  ListedContents contents_{[this](std::span<const AssetId> ids) {
                             asked_.push_back(ids.size());
                             std::vector<ListedContents::Identity> pictures;
                             for (const AssetId id : ids) pictures.emplace_back(id, ContentOf(id));
                             meanwhile_();
                             return Result<std::vector<ListedContents::Identity>>(pictures);
                           },
                           1'500};
};

TEST_F(ListedContentsTest, ThoseAboutOneAreAskedForWithIt) {
  contents_.Listed(1, Ids(1, 2'400));
  EXPECT_EQ(Of(1'500), ContentOf(AssetId{1'500}));
  EXPECT_EQ(Of(1'001), ContentOf(AssetId{1'001}));
  EXPECT_EQ(Of(2'000), ContentOf(AssetId{2'000}));
  EXPECT_EQ(asked_, (std::vector<std::size_t>{1'000}));
  EXPECT_EQ(Of(2'400), ContentOf(AssetId{2'400}));
  EXPECT_EQ(asked_, (std::vector<std::size_t>{1'000, 400}));
  EXPECT_EQ(Of(3'000), std::nullopt) << "it is in no list";
}

TEST_F(ListedContentsTest, TheListsBeforeTheNewestOneCountToo) {
  for (std::int64_t list = 0; list <= static_cast<std::int64_t>(ListedContents::kLists); ++list)
    contents_.Listed(1, Ids(100 * list + 1, 100 * list + 10));
  EXPECT_EQ(Of(101), ContentOf(AssetId{101}));
  EXPECT_EQ(Of(1), std::nullopt) << "the oldest list has gone";
}

TEST_F(ListedContentsTest, ANumberMeansWhatItMeansInTheVersionListedLast) {
  contents_.Listed(1, Ids(1, 10));
  const auto before = Of(1);
  version_ = "b";
  EXPECT_EQ(Of(1), before);
  contents_.Listed(2, Ids(1, 10));
  EXPECT_EQ(Of(1), ContentOf(AssetId{1}));
  EXPECT_NE(Of(1), before);
}

TEST_F(ListedContentsTest, WhatIsAnsweredOfAnOlderVersionIsNotRemembered) {
  contents_.Listed(1, Ids(1, 10));
  meanwhile_ = [this] {
    contents_.Listed(2, Ids(1, 10));
    version_ = "b";
    meanwhile_ = [] {};
  };
  EXPECT_EQ(Of(1), std::nullopt);
  EXPECT_EQ(Of(1), ContentOf(AssetId{1}));
}

TEST_F(ListedContentsTest, NoMoreAreRememberedThanItMay) {
  contents_.Listed(1, Ids(1, 3'000));
  for (const std::int64_t id : {1, 1'001, 1}) EXPECT_EQ(Of(id), ContentOf(AssetId{id}));
  EXPECT_EQ(asked_.size(), 3U) << "the first thousand had to go";
}

}  // namespace
}  // namespace vitrine
