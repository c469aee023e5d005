#include "engine/cluster/doctor.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vitrine {
namespace {

using Level = Finding::Level;
using Json = nlohmann::json;

Json Node(const char* name, const char* version, const char* heap, Json disk) {
  return {
      {"name", name}, {"version", version}, {"heap.percent", heap}, {"disk.used_percent", std::move(disk)}};
}

Finding Nodes(std::initializer_list<Json> nodes) { return NodesFinding(Json(std::vector<Json>(nodes))); }

TEST(ClusterDoctor, NamesTheNodeWithTheFullestDisk) {
  const Finding fine = Nodes({Node("a", "3.3.2", "20", "41.20"), Node("b", "3.3.2", "30", "62.9")});
  EXPECT_EQ(fine.level, Level::kOk);
  EXPECT_NE(fine.text.find("2 of one version; b has the fullest disk, 63 %"), std::string::npos) << fine.text;
  EXPECT_EQ(Nodes({Node("a", "3.3.2", "20", "85.0")}).level, Level::kNote);
  const Finding full = Nodes({Node("a", "3.3.2", "20", "12"), Node("b", "3.3.2", "30", "95.01")});
  EXPECT_EQ(full.level, Level::kProblem);
  EXPECT_NE(full.text.find("b has the fullest disk, 95 %: OpenSearch takes no writes"), std::string::npos);
}

TEST(ClusterDoctor, SaysWhatHeapAndVersionsAskFor) {
  EXPECT_NE(Nodes({Node("a", "3.3.2", "91", "12"), Node("b", "3.3.2", "30", "13")}).text.find("a uses 91 %"),
            std::string::npos);
  const Finding mixed = Nodes({Node("a", "3.1.0", "10", "12"), Node("b", "3.3.2", "30", "13")});
  EXPECT_EQ(mixed.level, Level::kNote);
  EXPECT_NE(mixed.text.find("OpenSearch 3.1.0 to 3.3.2"), std::string::npos);
}

TEST(ClusterDoctor, ANodeWithoutDataKnowsNoDisk) {
  EXPECT_EQ(Nodes({Node("manager", "3.3.2", "10", nullptr), Node("a", "3.3.2", "10", "50")}).level,
            Level::kOk);
  EXPECT_EQ(NodesFinding(Json::array()).level, Level::kProblem);
}

TEST(ClusterDoctor, AdvisesMoreShardsWhereOneHasOutgrownItsPlan) {
  const auto shards = [](const char* store, const char* docs) {
    return ShardsFinding({{{"shard", "0"}, {"store", nullptr}, {"docs", nullptr}},
                          {{"shard", "1"}, {"store", store}, {"docs", docs}}});
  };
  EXPECT_EQ(shards("30000000000", "9000000").level, Level::kOk);
  EXPECT_EQ(shards("61000000000", "9000000").level, Level::kNote);
  const Finding many = shards("30000000000", "21000000");
  EXPECT_EQ(many.level, Level::kNote);
  EXPECT_NE(many.text.find("21,000,000 pictures"), std::string::npos);
}

}  // namespace
}  // namespace vitrine
