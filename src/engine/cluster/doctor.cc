#include "engine/cluster/doctor.h"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "base/human.h"
#include "base/lockdown.h"
#include "base/utf8.h"
#include "vitrine/version.h"

namespace vitrine {
namespace {

using Level = Finding::Level;
using Json = nlohmann::json;

constexpr std::uint32_t kTimeoutMs = 10'000;
constexpr double kDiskNote = 85, kDiskProblem = 95;  // Per cent: OpenSearch's low and flood-stage watermarks.
constexpr double kHeapNote = 85;                     // Per cent: above it a node mostly collects garbage.
constexpr double kLargeShard = 2;                    // Times what was planned.

// Cells of the _cat tables are texts, or null for what a node does not know.
std::string Cell(const Json& row, const char* column) {
  const auto cell = row.find(column);
  return cell != row.end() && cell->is_string() ? cell->get<std::string>() : "";
}

double Number(const Json& row, const char* column) { return std::strtod(Cell(row, column).c_str(), nullptr); }

std::string Whole(double number) { return std::to_string(std::llround(number)); }

// The row whose number in a column is largest; null of an empty table.
const Json* Largest(const Json& rows, const char* column) {
  const Json* largest = nullptr;
  for (const Json& row : rows) {
    if (largest == nullptr || Number(row, column) > Number(*largest, column)) largest = &row;
  }
  return largest;
}

Finding Unknown(const char* subject, const Error& error) {
  return {Level::kNote, subject, "could not be asked: " + error.message()};
}

}  // namespace

Finding NodesFinding(const Json& nodes) {
  const Json* disk = Largest(nodes, "disk.used_percent");
  const Json* heap = Largest(nodes, "heap.percent");
  if (disk == nullptr) return {Level::kProblem, "nodes", "none is named by the cluster"};
  std::set<std::string> versions;
  for (const Json& node : nodes) versions.insert(Cell(node, "version"));
  const double full = Number(*disk, "disk.used_percent"), heap_full = Number(*heap, "heap.percent");
  const std::string fullest = Cell(*disk, "name") + " has the fullest disk, " + Whole(full) + " %";
  if (full >= kDiskProblem) {
    return {
        Level::kProblem, "nodes",
        fullest +
            ": OpenSearch takes no writes from 95 % on. Free or add disk, it then lifts the block itself"};
  }
  if (full >= kDiskNote) {
    return {Level::kNote, "nodes",
            fullest +
                ": no more shards are put there from 85 % on, and from 95 % nothing is written. Free or add "
                "disk"};
  }
  if (heap_full >= kHeapNote) {
    return {Level::kNote, "nodes",
            Cell(*heap, "name") + " uses " + Whole(heap_full) +
                " % of its Java heap and will be slow: give it more (-Xmx, up to half of the memory, at most "
                "31 GB) or add a node"};
  }
  if (versions.size() > 1) {
    return {Level::kNote, "nodes",
            "they run OpenSearch " + *versions.begin() + " to " + *versions.rbegin() +
                ": bring all to one version, shards move only to nodes as new as their own"};
  }
  return {Level::kOk, "nodes", std::to_string(nodes.size()) + " of one version; " + fullest};
}

Finding ShardsFinding(const Json& shards) {
  const Json* largest = Largest(shards, "store");
  if (largest == nullptr) return {Level::kNote, "shards", "none is named by the cluster"};
  const double bytes = Number(*largest, "store"), pictures = Number(*largest, "docs");
  const std::string size = "the largest holds " + Thousands(static_cast<std::uint64_t>(pictures)) +
                           " pictures in " + BytesText(static_cast<std::uint64_t>(bytes));
  if (bytes > kLargeShard * cluster::kRoomyShardBytes ||
      pictures > kLargeShard * cluster::kRoomyShardVectors) {
    return {Level::kNote, "shards",
            size +
                ": searches in it are slow, and so is moving it. vitrine library copy under another name "
                "makes as many shards as the library needs today"};
  }
  return {Level::kOk, "shards", size};
}

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
      room.cluster().Ask(cluster::Method::kGet, "/_cluster/health/" + room.alias(), "", kTimeoutMs);
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
  const auto nodes = room.cluster().Ask(
      cluster::Method::kGet, "/_cat/nodes?format=json&h=name,version,heap.percent,disk.used_percent", "",
      kTimeoutMs);
  findings.push_back(nodes ? NodesFinding(*nodes) : Unknown("nodes", nodes.error()));
  const auto sizes = room.cluster().Ask(
      cluster::Method::kGet, "/_cat/shards/" + room.alias() + "?format=json&bytes=b&h=shard,store,docs", "",
      kTimeoutMs);
  findings.push_back(sizes ? ShardsFinding(*sizes) : Unknown("shards", sizes.error()));
  findings.push_back(
      {room.meta().complete ? Level::kOk : Level::kNote, "library",
       Quoted(room.address().name) + ": " + std::to_string(room.meta().pictures) + " pictures of the model " +
           room.meta().model + ", searched by " + InWords(room.meta().vectors) +
           (room.meta().complete ? ""
            : room.meta().shared ? "; machines index into it, or have not ended: run vitrine index again"
                                 : "; a copy has not ended: run vitrine library copy again")});
  return findings;
}

}  // namespace vitrine
