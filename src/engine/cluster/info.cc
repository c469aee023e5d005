#include "engine/cluster/info.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/try.h"
#include "cluster/browsing.h"
#include "cluster/understood.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

Result<LibraryInfo> Ask(ClusterRoom& room) {
  // The copy that answers now may be another than when this was opened.
  VITRINE_TRY_ASSIGN(const cluster::IndexMeta meta, cluster::ReadMeta(room.cluster(), room.alias()));
  cluster::Browsing browsing(room.cluster(), room.alias());
  const auto values_of = [](const char* field) { return Json{{"value_count", {{"field", field}}}}; };
  VITRINE_TRY_ASSIGN(const Json counts,
                     browsing.Aggregate({{"match_all", Json::object()}},
                                        {{"pictures", values_of("id")}, {"files", values_of("paths")}}));
  LibraryInfo info;
  info.folder = room.address().text();
  info.model = meta.model;
  info.pictures = counts.value("/pictures/value"_json_pointer, std::uint64_t{0});
  info.files = counts.value("/files/value"_json_pointer, std::uint64_t{0});
  info.vectors = info.pictures;
  info.roots = meta.roots;
  for (const PathBytes& root : meta.roots) {
    std::error_code error;
    if (!std::filesystem::exists(root, error)) info.offline_roots.push_back(root);
  }
  return info;
}

}  // namespace

Result<LibraryInfo> InfoOfCluster(ClusterRoom& room) {
  return cluster::Understood(room.address(), [&] { return Ask(room); });
}

}  // namespace vitrine
