#include "engine/index_keeper.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "engine/library_stats.h"
#include "engine/snapshot.h"
#include "index/quantise.h"
#include "support/fake_embedder.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

class IndexKeeperTest : public ::testing::Test {
 protected:
  IndexKeeperTest() { catalog_ = Catalog::Open(folder_.path(), CatalogMode::kWrite).value(); }

  // Pictures of one vector each: the embedder's idea of numbered words.
  void Record(std::size_t pictures) {
    const Space& space = embedder_.space();
    ASSERT_TRUE(catalog_->EnsureSpace(space.id, space.model, space.dimension));
    std::vector<std::string> words;
    std::vector<FileOutcome> outcomes;
    for (std::size_t i = 0; i < pictures; ++i) {
      words.push_back("word" + std::to_string(i));
      FileOutcome outcome{.path = "/photos/" + std::to_string(i) + ".jpg"};
      outcome.new_asset = NewAsset{.content = Sha256(words.back()), .info = {}};
      outcomes.push_back(std::move(outcome));
    }
    const Matrix vectors = embedder_.EmbedTexts(words).value();
    ASSERT_TRUE(catalog_->RecordBatch(1, space.id, outcomes, Encode(vectors)));
  }

  const TempFolder folder_;
  FakeEmbedder embedder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(IndexKeeperTest, PolicyIsTheDefaultOneUntilToldAndKeptThen) {
  EXPECT_EQ(RememberedPolicy(*catalog_).value(), IndexPolicy());
  const IndexPolicy policy{.kind = IndexKind::kIvf, .memory_bytes = 123'456'789'012, .recall = 0.875};
  ASSERT_TRUE(RememberPolicy(*catalog_, policy));
  catalog_.reset();
  catalog_ = Catalog::Open(folder_.path(), CatalogMode::kRead).value();
  EXPECT_EQ(RememberedPolicy(*catalog_).value(), policy);
}

TEST_F(IndexKeeperTest, SettingsThatMakeNoSenseAreTheDefaultOnes) {
  ASSERT_TRUE(catalog_->SetSetting("index.kind", "best"));
  ASSERT_TRUE(catalog_->SetSetting("index.memory_bytes", "-1"));
  ASSERT_TRUE(catalog_->SetSetting("index.recall", "nan"));
  EXPECT_EQ(RememberedPolicy(*catalog_).value(), IndexPolicy());
  for (const double recall : {0.0, -0.5, 1.5}) {
    EXPECT_FALSE(RememberPolicy(*catalog_, {.recall = recall})) << recall;
  }
}

TEST_F(IndexKeeperTest, SmallLibraryIsScannedAndLoadsNoTextTower) {
  Record(300);
  const int before = static_cast<int>(embedder_.texts_embedded());
  CatalogGate gate(*catalog_);
  const auto state = KeepIndex(gate, folder_.path(), embedder_, false, nullptr);
  ASSERT_TRUE(state) << state.error().message();
  EXPECT_EQ(state->kind, IndexKind::kExact);
  EXPECT_EQ(state->rows, 300u);
  EXPECT_EQ(static_cast<int>(embedder_.texts_embedded()), before);
}

TEST_F(IndexKeeperTest, StatsCountTheDeadAndMeasureWhatIsAsked) {
  Record(300);
  CatalogGate gate(*catalog_);
  ASSERT_TRUE(KeepIndex(gate, folder_.path(), embedder_, false, nullptr));
  ASSERT_TRUE(catalog_->FinishRun(2, "/photos/7.jpg"));
  const auto snapshot = OpenSnapshot(folder_.path(), embedder_.space());
  ASSERT_TRUE(snapshot) << snapshot.error().message();
  const auto stats = MeasureLibrary(folder_.path(), **snapshot, embedder_, nullptr);
  ASSERT_TRUE(stats) << stats.error().message();
  EXPECT_EQ(stats->rows, 300u);
  EXPECT_EQ(stats->pictures, 299u);
  EXPECT_EQ(stats->dead_rows, 1u);
  EXPECT_EQ(stats->automatic, IndexKind::kExact);
  EXPECT_EQ(stats->pictures_search.queries, 128u);
  EXPECT_GT(stats->texts_search.queries, 90u);
  EXPECT_EQ(stats->pictures_search.recall, 1.0);
  EXPECT_EQ(stats->texts_search.recall, 1.0);
  EXPECT_GT(stats->vectors_bytes, 300u * embedder_.space().dimension);
  EXPECT_GT(stats->memory_bytes, 0u);
}

TEST_F(IndexKeeperTest, EmptyLibraryHasStatsToo) {
  const Space& space = embedder_.space();
  ASSERT_TRUE(catalog_->EnsureSpace(space.id, space.model, space.dimension));
  const auto snapshot = OpenSnapshot(folder_.path(), space).value();
  const auto stats = MeasureLibrary(folder_.path(), *snapshot, embedder_, nullptr);
  ASSERT_TRUE(stats) << stats.error().message();
  EXPECT_EQ(stats->rows, 0u);
  EXPECT_EQ(stats->pictures_search.queries, 0u);
}

TEST(BytesBelow, AddsUpFilesAndForgivesWhatIsNotThere) {
  EXPECT_EQ(BytesBelow("/no/such/folder"), 0u);
  const TempFolder folder;
  std::filesystem::create_directories(folder.File("a/b"));
  ASSERT_TRUE(WriteFileAtomically(folder.File("a/b/c"), "12345", Durability::kCache));
  ASSERT_TRUE(WriteFileAtomically(folder.File("a/d"), "123", Durability::kCache));
  EXPECT_EQ(BytesBelow(folder.path()), 8u);
  EXPECT_EQ(BytesBelow(folder.File("a/d")), 3u);
}

}  // namespace
}  // namespace vitrine
