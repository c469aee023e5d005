#include "engine/cluster/duplicates.h"

#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/file.h"
#include "base/human.h"
#include "base/try.h"
#include "cluster/browsing.h"
#include "cluster/looking.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "engine/duplicates.h"
#include "engine/installation.h"
#include "index/exact_scan.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

// What pairs are proposed by. Rows are the pictures in order of id.
struct Proposing {
  FactTable facts;  ///< Ids, hashes, and how many places a picture has.
  EncodedRows rows;
  std::unordered_map<AssetId, RowId> row_of;

  Status Add(const Json& source) {
    const AssetId id{source.at("id").get<std::int64_t>()};
    const Json& picture = source.at("picture");
    VITRINE_TRY_ASSIGN(const EncodedRows row, cluster::CodeOf(source, rows.dimension));
    rows.Append(row, 0, 1);
    row_of.emplace(id, facts.row_count++);
    facts.assets.push_back(id);
    facts.hashes.push_back(picture.at("hash").get<std::uint64_t>());
    facts.places.values.resize(facts.places.values.size() + picture.at("files").size());
    facts.places.starts.push_back(static_cast<std::uint32_t>(facts.places.values.size()));
    return {};
  }
};

Result<std::uint64_t> CountOf(ClusterRoom& room) {
  VITRINE_TRY_ASSIGN(const std::vector<std::uint64_t> counts,
                     cluster::Looking(room.cluster(), room.alias(), room.meta()).Count({}));
  return counts.back();
}

// False when it was stopped.
Result<bool> ReadAll(ClusterRoom& room, Proposing& proposing, VectorObserver* observer,
                     const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(const std::uint64_t count, CountOf(room));
  if (count > kMostCompared) {
    return Error(Code::kUnsupported, "the library has " + Thousands(count) + " pictures, and more than " +
                                         Thousands(kMostCompared) +
                                         " are not compared with each other here; is:duplicate in a search "
                                         "finds copies that are the same but for size and encoding");
  }
  proposing.facts.folders = {""};
  proposing.rows.dimension = room.meta().dimension;
  const Status read =
      cluster::ForEachDocument(room.cluster(), room.alias(),
                               {"id", "code", "picture.hash", "picture.files.path", "picture.files.path_b64"},
                               [&](const std::string&, const Json& source) -> Status {
                                 if (stop.requested()) return Error(Code::kCancelled, "stopped");
                                 if (observer != nullptr && proposing.facts.row_count % 2'000 == 0)
                                   observer->OnStep("reading vectors", proposing.facts.row_count, count);
                                 return proposing.Add(source);
                               });
  if (stop.requested()) return false;
  VITRINE_TRY(read);
  return true;
}

CopyPicturesOf CopyPicturesOn(ClusterRoom& room, const Proposing& proposing) {
  return [&](std::span<const RowId> rows) -> Result<std::vector<CopyPicture>> {
    std::vector<AssetId> ids;
    for (const RowId row : rows) ids.push_back(proposing.facts.assets[row]);
    VITRINE_TRY_ASSIGN(std::vector<cluster::PictureCopy> known,
                       cluster::Browsing(room.cluster(), room.alias()).Pictures(ids));
    std::vector<CopyPicture> pictures;
    for (cluster::PictureCopy& one : known) {
      one.asset.offline = false;  // On the machine that indexed it; here the file itself says.
      pictures.push_back({.row = proposing.row_of.at(one.asset.id),
                          .asset = std::move(one.asset),
                          .stamps = std::move(one.stamps)});
    }
    return pictures;
  };
}

}  // namespace

Result<DuplicateReport> FindDuplicatesOnCluster(ClusterRoom& room, Decoder& decoder, std::size_t threads,
                                                const DuplicateOptions& options, VectorObserver* observer,
                                                const StopSignal& stop) {
  Proposing proposing;
  VITRINE_TRY_ASSIGN(const bool whole, ReadAll(room, proposing, observer, stop));
  if (!whole) return DuplicateReport{.groups = {}, .stopped = true};
  const auto index = IndexInMemory(proposing.rows, {.threads = threads});
  const RowSet live(proposing.facts.row_count, true);
  return FindDuplicates({.check = {.pictures = CopyPicturesOn(room, proposing),
                                   .decoder = decoder,
                                   .thumbs_folder = JoinPath(DefaultCacheFolder(), "thumbs"),
                                   .threads = threads},
                         .index = *index,
                         .live = live,
                         .facts = proposing.facts,
                         .quarantines = {}},
                        options, observer, stop);
}

}  // namespace vitrine
