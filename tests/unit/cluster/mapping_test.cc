#include "cluster/mapping.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/stand_in_cluster.h"

namespace vitrine::cluster {
namespace {

TEST(Shards, GrowWithThePicturesAndStayWithinBounds) {
  EXPECT_EQ(ShardsFor(1'000, 256, VectorKind::kByte, 3).primaries, 1U);
  EXPECT_EQ(ShardsFor(100'000, 256, VectorKind::kByte, 3).primaries, 3U);
  std::size_t before = 0;
  for (const std::uint64_t millions : {1U, 30U, 100U, 300U, 1000U}) {
    const Shards shards = ShardsFor(millions * 1'000'000, 512, VectorKind::kFloat, 3);
    EXPECT_GT(shards.primaries, before) << millions;
    EXPECT_LE(shards.primaries, 1024U) << millions;
    before = shards.primaries;
  }
  EXPECT_LE(ShardsFor(1'000'000'000, 512, VectorKind::kByte, 3).primaries, before);
}

TEST(Shards, OneNodeHoldsNoSecondCopy) {
  EXPECT_EQ(ShardsFor(1'000, 256, VectorKind::kByte, 1).replicas, 0U);
  EXPECT_EQ(ShardsFor(1'000, 256, VectorKind::kByte, 3).replicas, 1U);
}

TEST(Names, OfTwoLibrariesAndTwoSpacesDiffer) {
  const Address a = {.host = "h", .port = 9200, .name = "a"}, b = {.host = "h", .port = 9200, .name = "b"};
  EXPECT_NE(IndexName(a, "00"), IndexName(a, "01"));
  EXPECT_NE(IndexName(a, "00"), IndexName(b, "00"));
  EXPECT_NE(AliasName(a), AliasName(b));
}

// The index of a copy that asks for vectors on the disk, of nodes that say this of their faiss engine.
class OnDisk : public ::testing::Test {
 protected:
  Result<IndexMeta> Make(const nlohmann::json& nodes) {
    line_.set_hook([nodes](const Request& request) -> std::optional<Answer> {
      if (request.path.starts_with("/_plugins/_knn/stats"))
        return Answer{.status = 200, .body = nlohmann::json{{"nodes", nodes}}.dump()};
      if (request.path.starts_with("/_cluster/health")) return Answer{.status = 200, .body = "{}"};
      return std::nullopt;
    });
    return EnsureIndex(*cluster_, {.space = "00", .dimension = 4, .vectors = VectorKind::kDisk}, 10);
  }

  const std::shared_ptr<StandInStore> store_ = std::make_shared<StandInStore>();
  StandInCluster line_{store_};
  const std::unique_ptr<Cluster> cluster_ = line_.Open();
};

TEST_F(OnDisk, IsMadeWhereAllNodesHaveLoadedFaiss) {
  const nlohmann::json loaded = {{"faiss_initialized", true}};
  ASSERT_TRUE(Make({{"a", loaded}, {"b", loaded}}));
  const nlohmann::json vector = store_->MappingOf("vitrine-pictures-a-00")["properties"]["vector"];
  EXPECT_EQ(vector["mode"], "on_disk");
  EXPECT_EQ(vector["method"]["engine"], "faiss");
  EXPECT_EQ(ReadMeta(*cluster_, "vitrine-pictures-a-00")->vectors, VectorKind::kDisk);
}

// Whoever reads a timeline asks for as many documents as the index gives at once.
TEST(Window, AnIndexThatSaysNothingOfItGivesWhatClustersGive) {
  const auto store = std::make_shared<StandInStore>();
  StandInCluster line(store);
  std::string settings;
  line.set_hook([&](const Request& request) -> std::optional<Answer> {
    if (request.path.starts_with("/_cluster/health")) return Answer{.status = 200, .body = "{}"};
    if (request.path.find("wait_for_active_shards") != std::string::npos) settings = request.body;
    return std::nullopt;
  });
  const std::unique_ptr<Cluster> cluster = line.Open();
  const std::string index = "vitrine-pictures-a-00";
  ASSERT_TRUE(EnsureIndex(*cluster, {.space = "00", .dimension = 4}, 10));
  const auto made = nlohmann::json::parse(settings)["settings"]["index"]["max_result_window"];
  EXPECT_EQ(ReadMeta(*cluster, index)->window, made.get<std::size_t>());
  nlohmann::json older = store->MappingOf(index);
  older["_meta"]["vitrine"].erase("window");
  store->SetMapping(index, older);
  EXPECT_EQ(ReadMeta(*cluster, index)->window, 10'000U);
}

TEST_F(OnDisk, IsRefusedWhereOneHasNot) {
  for (const nlohmann::json& nodes :
       {nlohmann::json::object(),
        nlohmann::json{{"a", {{"faiss_initialized", true}}}, {"b", {{"faiss_initialized", false}}}}}) {
    const auto made = Make(nodes);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), Code::kUnsupported);
  }
  EXPECT_FALSE(ReadMeta(*cluster_, "vitrine-pictures-a-00"));
}

}  // namespace
}  // namespace vitrine::cluster
