#include "engine/cluster/doctor.h"

#include <nlohmann/json.hpp>

#include "base/lockdown.h"
#include "base/utf8.h"
#include "vitrine/version.h"

namespace vitrine {

using Level = Finding::Level;

std::vector<Finding> LookAtCluster(ClusterRoom& room) {
  std::vector<Finding> findings;
  findings.push_back({Level::kOk, "program", std::string("vitrine ") + kVersion});
  findings.push_back(CanOpenInternetSocket()
                         ? Finding{Level::kProblem, "network", "this process could open an internet socket"}
                         : Finding{Level::kOk, "network",
                                   "locked: only vitrine-cluster connects, to the nodes of your settings"});
  findings.push_back({Level::kOk, "cluster",
                      room.address().cluster() + ": OpenSearch " + room.cluster().version() +
                          " with the k-NN plugin on every node"});
  const auto health =
      room.cluster().Ask(cluster::Method::kGet, "/_cluster/health/" + room.alias(), "", 10'000);
  if (!health) {
    findings.push_back({Level::kProblem, "cluster", health.error().message()});
    return findings;
  }
  const std::string status = health->value("status", "");
  const std::string shards = std::to_string(health->value("active_primary_shards", 0)) + " shards, " +
                             std::to_string(health->value("active_shards", 0)) + " copies of shards on " +
                             std::to_string(health->value("number_of_data_nodes", 0)) + " nodes";
  if (status == "green") {
    findings.push_back({Level::kOk, "health", "green: " + shards});
  } else if (status == "yellow") {
    findings.push_back({Level::kNote, "health",
                        "yellow: " + shards +
                            "; everything is found, but some shards have no second copy: a lost "
                            "node would lose them. Bring the missing node back or add one"});
  } else {
    findings.push_back({Level::kProblem, "health",
                        "red: " + shards + "; some pictures are not found until their node is back"});
  }
  const std::string vectors =
      room.meta().vectors == cluster::VectorKind::kByte ? "one byte a dimension" : "four bytes a dimension";
  findings.push_back(
      {room.meta().complete ? Level::kOk : Level::kNote, "library",
       Quoted(room.address().name) + ": " + std::to_string(room.meta().pictures) + " pictures of the model " +
           room.meta().model + ", searched by " + vectors +
           (room.meta().complete ? "" : "; a copy has not ended: run vitrine library copy again")});
  return findings;
}

}  // namespace vitrine
