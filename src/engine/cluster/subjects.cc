#include "engine/cluster/subjects.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/try.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "ingest/walk.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

Result<std::vector<PlacedPicture>> PicturesWhere(const cluster::Cluster& cluster, const std::string& index,
                                                 const Json& query,
                                                 const std::function<bool(const PathBytes&)>& lies_there) {
  std::vector<PlacedPicture> pictures;
  VITRINE_TRY(cluster::ForEachMatch(
      cluster, index, query, {"id", "picture.files"}, [&](const std::string&, const Json& source) {
        std::vector<PathBytes> paths = cluster::PathsOf(source.at("picture"));
        if (std::ranges::any_of(paths, lies_there)) {
          pictures.push_back({.id = AssetId{source.at("id").get<std::int64_t>()}, .paths = std::move(paths)});
        }
        return Status();
      }));
  return pictures;
}

}  // namespace

// The cluster folds case: what it gives is held against the path itself.
Result<std::vector<PlacedPicture>> PicturesUnder(const cluster::Cluster& cluster, const std::string& index,
                                                 const PathBytes& path) {
  const Json at = {{"term", {{"paths", cluster::PathKey(path)}}}};
  VITRINE_TRY_ASSIGN(
      std::vector<PlacedPicture> here,
      PicturesWhere(cluster, index, at, [&](const PathBytes& there) { return there == path; }));
  if (!here.empty()) return here;
  const Json below = {{"prefix", {{"folders", cluster::LevelText(path, false)}}}};
  return PicturesWhere(cluster, index, below, [&](const PathBytes& there) { return IsUnder(there, path); });
}

}  // namespace vitrine
