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

TEST_F(ClusterGalleryTest, AScreenOfThumbnailsThatWereListedAsksNothing) {
  const Listing listing = gallery_->List({}).value();
  ASSERT_EQ(listing.ids.size(), static_cast<std::size_t>(kPictures));
  EXPECT_EQ(RequestsForThumbnailsOf(std::span(listing.ids).first(100)), 0);
}

TEST_F(ClusterGalleryTest, HitsAreLearntInOneRequestAndOnce) {
  hits_ = {AssetId{7}, AssetId{3}, AssetId{900}};
  const int before = requests_;
  ASSERT_EQ(gallery_->List({.query = "a bird"}).value().ids, hits_);
  const int first = requests_ - before;
  ASSERT_TRUE(gallery_->List({.query = "a bird"}));
  EXPECT_EQ(requests_ - before, 2 * first - 1);
  EXPECT_EQ(RequestsForThumbnailsOf(hits_), 0);
}

TEST_F(ClusterGalleryTest, OneThatWasNotListedIsLookedUp) {
  EXPECT_EQ(gallery_->Thumbnail(AssetId{5}).value(), kThumbnail);
  EXPECT_GT(requests_, 0);
  EXPECT_EQ(gallery_->Thumbnail(AssetId{kPictures + 1}).error().code(), Code::kNotFound);
}

TEST(ListedContents, ANumberMeansWhatItMeantInTheVersionListedLast) {
  ListedContents contents(3);
  const AssetId one{1}, two{2};
  contents.Remember(7, std::vector<ListedContents::Identity>{{one, Sha256("a")}, {two, Sha256("b")}});
  EXPECT_EQ(contents.Find(one), Sha256("a"));
  EXPECT_TRUE(contents.Unknown(7, std::vector{one, two}).empty());
  EXPECT_EQ(contents.Unknown(8, std::vector{one, two}).size(), 2U);
  contents.Remember(8, std::vector<ListedContents::Identity>{{one, Sha256("c")}});
  EXPECT_EQ(contents.Find(one), Sha256("c"));
  EXPECT_EQ(contents.Find(two), std::nullopt);
}

TEST(ListedContents, NoMoreAreRememberedThanItMay) {
  ListedContents contents(3);
  std::vector<ListedContents::Identity> pictures;
  for (std::int64_t i = 1; i <= 5; ++i) pictures.emplace_back(AssetId{i}, Sha256(std::to_string(i)));
  contents.Remember(1, pictures);
  EXPECT_TRUE(contents.Find(AssetId{3}));
  EXPECT_FALSE(contents.Find(AssetId{4}));
  contents.Remember(1, std::span(pictures).subspan(3, 1));
  EXPECT_FALSE(contents.Find(AssetId{3}));
  EXPECT_TRUE(contents.Find(AssetId{4}));
}

}  // namespace
}  // namespace vitrine
