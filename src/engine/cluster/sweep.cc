#include "engine/cluster/sweep.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

#include "base/try.h"
#include "base/utf8.h"
#include "cluster/changing.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "engine/cluster/merging.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kPage = 2000;

// More than those: folding makes folders alike. Who asks looks again.
Json Under(const PathBytes& root) {
  return {{"bool",
           {{"should",
             {{{"prefix", {{"folders", cluster::LevelText(root, false)}}}},
              {{"term", {{"paths", cluster::PathKey(root)}}}}}},
            {"minimum_should_match", 1}}}};
}

// What a plan holds, by path.
class Held {
 public:
  explicit Held(const Plan& plan) {
    for (const Bunch& bunch : plan.bunches) {
      for (const PlannedFile& file : bunch.files) stamps_[file.path] = &file.stamp;
    }
  }
  bool Has(const DocumentFile& file) const {
    const auto at = stamps_.find(file.first);
    return at != stamps_.end() && at->second->size_bytes == file.second.size_bytes &&
           at->second->mtime_ns == file.second.mtime_ns;
  }
  bool HasAnyUnder(const PathBytes& folder) const {
    return std::ranges::any_of(stamps_,
                               [&](const auto& file) { return IsUnder(PathBytes(file.first), folder); });
  }

 private:
  std::unordered_map<std::string_view, const FileStamp*> stamps_;
};

using Missing = std::map<std::string, std::vector<DocumentFile>>;  // By document.

// Files of documents under the root that the plan does not hold.
Result<Missing> FindMissing(const SweepRooms& rooms, const PathBytes& root, const Held& held) {
  Missing missing;
  VITRINE_TRY(cluster::Refresh(rooms.cluster, rooms.index));
  VITRINE_TRY(cluster::ForEachMatch(
      rooms.cluster, rooms.index, Under(root), {"id", "picture", "code"},
      [&](const std::string& id, const Json& source) -> Status {
        VITRINE_TRY_ASSIGN(const auto picture, cluster::PictureOf(id, source, rooms.meta.dimension));
        for (std::size_t i = 0; i < picture.asset.paths.size(); ++i) {
          DocumentFile file(picture.asset.paths[i], picture.stamps[i]);
          if (IsUnder(file.first, root) && !held.Has(file)) missing[id].push_back(std::move(file));
        }
        return {};
      },
      kPage));
  return missing;
}

// Where nothing may be taken away, though the walk saw nothing there.
std::vector<PathBytes> OutOfReach(const SweepRooms& rooms, const PathBytes& root, const Plan& now,
                                  const Held& held, Swept& swept) {
  std::vector<PathBytes> kept = now.unreadable;
  for (const PathBytes& inner : rooms.meta.roots) {
    if (inner == root || !IsUnder(inner, root) || held.HasAnyUnder(inner)) continue;
    kept.push_back(inner);
    swept.notes.push_back(Quoted(inner) + " holds no pictures now: what the library knows of it is kept");
  }
  return kept;
}

}  // namespace

Result<bool> HasPicturesUnder(const SweepRooms& rooms, const PathBytes& path) {
  VITRINE_TRY(cluster::Refresh(rooms.cluster, rooms.index));
  const Json body = {{"size", 0}, {"track_total_hits", 1}, {"terminate_after", 1}, {"query", Under(path)}};
  VITRINE_TRY_ASSIGN(
      const Json answer,
      rooms.cluster.Ask(cluster::Method::kPost, "/" + rooms.index + "/_search", body.dump(), 60'000));
  VITRINE_TRY(cluster::CheckWhole(rooms.cluster, answer));
  return answer.at("hits").at("total").at("value").get<std::uint64_t>() > 0;
}

Result<Swept> Sweep(const SweepRooms& rooms, const PathBytes& root, const Plan& plan,
                    const StopSignal& stop) {
  Swept swept;
  VITRINE_TRY_ASSIGN(Missing missing, FindMissing(rooms, root, Held(plan)));
  if (missing.empty()) return swept;
  const Plan now = PlanWork({root}, rooms.drawings, stop);
  swept.again = now.files == 0;
  if (stop.requested() || now.files == 0) return swept;
  const Held held(now);
  const std::vector<PathBytes> kept = OutOfReach(rooms, root, now, held, swept);
  std::vector<std::string> ids;
  for (auto& [id, files] : missing) {
    std::erase_if(files, [&](const DocumentFile& file) { return held.Has(file); });
    const std::size_t out_of_reach = std::erase_if(files, [&](const DocumentFile& file) {
      return std::ranges::any_of(kept, [&](const PathBytes& folder) { return IsUnder(file.first, folder); });
    });
    swept.again = swept.again || out_of_reach > 0;
    if (!files.empty()) ids.push_back(id);
  }
  std::map<std::string, std::size_t> taken;  // By document: one may be changed several times.
  VITRINE_TRY(cluster::ChangePictures(rooms.cluster, rooms.index, rooms.meta, ids,
                                      [&](cluster::PictureCopy& there) -> Result<bool> {
                                        const std::string id = cluster::DocumentId(there.asset.content);
                                        taken[id] = TakeAway(missing.at(id), rooms.meta.roots, there);
                                        return taken[id] > 0;
                                      }));
  for (const auto& [id, count] : taken) swept.removed += count;
  return swept;
}

}  // namespace vitrine
