// Copying a library to a cluster: what is there already is left as it is, what is not is sent, what the
// original no longer has goes, and then both are compared by count and checksums.
#include <chrono>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/try.h"
#include "base/utf8.h"
#include "cluster/bulk.h"
#include "cluster/mapping.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "cluster/understood.h"
#include "engine/active_model.h"
#include "engine/cluster/board_copying.h"
#include "engine/cluster/copy.h"
#include "engine/cluster/link.h"
#include "engine/installation.h"
#include "engine/snapshot.h"
#include "vitrine/cluster.h"

namespace vitrine {
namespace {

using cluster::PictureCopy;
using Json = nlohmann::json;

constexpr RowId kRowsTogether = 500;

struct Original {
  std::unique_ptr<Snapshot> snapshot;
  std::string model_id;
};

Result<Original> OpenOriginal(const LibraryOptions& options) {
  LibraryOptions complete = options;
  complete.folder = ResolvedPath(options.folder);
  if (complete.threads == 0) complete.threads = 1;
  const ModelPacks packs(complete.folder, DefaultModelsFolder());
  ModelIds asked;
  if (!options.model.empty()) {
    VITRINE_TRY_ASSIGN(asked, ModelsAsked(packs, options.model));
  }
  ActiveModel models(complete.folder, packs, asked, EmbedderOptionsFor(complete));
  VITRINE_TRY_ASSIGN(const AnsweringModels answering, models.Now());
  const OpenModel& model = answering.first;
  Original original;
  VITRINE_TRY_ASSIGN(original.snapshot, OpenSnapshot(complete.folder, model->space(), Checking::kAll));
  original.snapshot->model = model;
  VITRINE_TRY_ASSIGN(const ModelIds remembered, RememberedModels(*original.snapshot->catalog));
  original.model_id = remembered.first;
  return original;
}

class Copying {
 public:
  Copying(const cluster::Cluster& cluster, std::string index, const cluster::IndexMeta& meta,
          Original& original, VectorObserver* observer)
      : cluster_(cluster),
        index_(std::move(index)),
        meta_(meta),
        snapshot_(*original.snapshot),
        observer_(observer),
        writer_(cluster, index_) {}

  // Every living picture of the space, in batches.
  Status Send(const StopSignal& stop, CopyReport& report) {
    VITRINE_TRY_ASSIGN(const auto source, snapshot_.catalog->Vectors(meta_.space));
    const auto end = static_cast<RowId>(snapshot_.live.size());
    for (RowId first = 0; first < end; first += kRowsTogether) {
      Say("sending pictures", first, end);
      if (stop.requested()) {
        report.stopped = true;
        break;
      }
      VITRINE_TRY(SendRows(*source, first, std::min<RowId>(first + kRowsTogether, end)));
    }
    VITRINE_TRY(writer_.Flush());
    report.written = writer_.acknowledged();
    report.pictures = sums_.size();
    return {};
  }

  // Removes what the original does not have, and compares the rest. Nothing else writes to the index
  // meanwhile.
  Status Compare(CopyReport& report) {
    VITRINE_TRY(Refresh());
    std::uint64_t same = 0, seen = 0;
    cluster::BulkWriter remover(cluster_, index_);
    VITRINE_TRY(cluster::ForEachDocument(cluster_, index_, {"sent"},
                                         [&](const std::string& id, const Json& source) -> Status {
                                           if (++seen % 10'000 == 0) Say("comparing", seen, sums_.size());
                                           const auto sum = sums_.find(id);
                                           if (sum == sums_.end()) return remover.Delete(id);
                                           if (source.value("sent", "") == sum->second) ++same;
                                           return {};
                                         }));
    VITRINE_TRY(remover.Flush());
    report.removed = remover.acknowledged();
    if (report.removed > 0) VITRINE_TRY(Refresh());
    if (same == sums_.size()) return {};
    return Error(Code::kCorrupt, "of " + std::to_string(sums_.size()) + " pictures the cluster holds " +
                                     std::to_string(same) +
                                     " as they are here; running the same command again sends the others");
  }

 private:
  Status SendRows(RowSource& source, RowId first, RowId end) {
    std::vector<RowId> rows;
    for (RowId row = first; row < end; ++row) {
      if (snapshot_.live.Contains(row)) rows.push_back(row);
    }
    if (rows.empty()) return {};
    VITRINE_TRY_ASSIGN(const EncodedRows vectors, source.Read(first, end));
    VITRINE_TRY_ASSIGN(auto assets, snapshot_.catalog->AssetsOfRows(meta_.space, rows));
    std::vector<Json> documents;
    std::vector<std::string> ids;
    for (auto& [row, asset] : assets) {
      VITRINE_TRY_ASSIGN(PictureCopy picture,
                         ReadPicture(*snapshot_.catalog, std::move(asset), vectors, row - first));
      ids.push_back(cluster::DocumentId(picture.asset.content));
      documents.push_back(cluster::DocumentOf(picture, meta_.vectors));
      sums_[ids.back()] = documents.back().at("sent").get<std::string>();
    }
    VITRINE_TRY_ASSIGN(const std::unordered_set<std::string> there, AlreadyThere(ids));
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (there.contains(ids[i])) continue;
      VITRINE_TRY(writer_.Put(ids[i], documents[i]));
    }
    return {};
  }

  // Which of these documents are there and the same.
  Result<std::unordered_set<std::string>> AlreadyThere(const std::vector<std::string>& ids) {
    VITRINE_TRY_ASSIGN(const Json answer,
                       cluster_.Ask(cluster::Method::kPost, "/" + index_ + "/_mget?_source=sent",
                                    Json{{"ids", ids}}.dump()));
    std::unordered_set<std::string> there;
    for (const Json& document : answer.value("docs", Json::array())) {
      const std::string id = document.value("_id", "");
      const auto sum = sums_.find(id);
      const bool same = sum != sums_.end() && document.value("found", false) &&
                        document.value("/_source/sent"_json_pointer, "") == sum->second;
      if (same) there.insert(id);
    }
    return there;
  }

  // What was acknowledged is seen by searches from now on.
  Status Refresh() const {
    VITRINE_TRY(cluster_.Ask(cluster::Method::kPost, "/" + index_ + "/_refresh", "", 120'000));
    return {};
  }

  void Say(std::string_view step, std::uint64_t done, std::uint64_t total) const {
    if (observer_ != nullptr) observer_->OnStep(step, done, total);
  }

  const cluster::Cluster& cluster_;
  const std::string index_;
  const cluster::IndexMeta meta_;
  Snapshot& snapshot_;
  VectorObserver* const observer_;
  cluster::BulkWriter writer_;
  std::unordered_map<std::string, std::string> sums_;  // By document.
};

Result<std::uint64_t> CountShards(const cluster::Cluster& cluster, const std::string& index) {
  VITRINE_TRY_ASSIGN(
      const Json health,
      cluster.Ask(cluster::Method::kGet, "/_cluster/health/" + index + "?filter_path=active_primary_shards"));
  return health.value("active_primary_shards", std::uint64_t{0});
}

}  // namespace

Result<PictureCopy> ReadPicture(Catalog& catalog, AssetRecord asset, const EncodedRows& vectors,
                                std::size_t row) {
  PictureCopy picture;
  const AssetId id = asset.id;
  for (const PathBytes& path : asset.paths) {
    VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, catalog.FileAt(path));
    picture.stamps.push_back(file ? file->stamp : FileStamp());
  }
  picture.asset = std::move(asset);
  VITRINE_TRY_ASSIGN(picture.tags, catalog.annotations().TagsOf(id));
  VITRINE_TRY_ASSIGN(picture.note, catalog.annotations().NoteOf(id));
  VITRINE_TRY_ASSIGN(picture.picture_text, catalog.PictureText(id));
  VITRINE_TRY_ASSIGN(picture.texts, catalog.TextsOf(id));
  picture.vector.dimension = vectors.dimension;
  picture.vector.Append(vectors, row, row + 1);
  return picture;
}

namespace {

cluster::VectorKind KindOf(ClusterVectors vectors) {
  if (vectors == ClusterVectors::kOnDisk) return cluster::VectorKind::kDisk;
  return vectors == ClusterVectors::kFloats ? cluster::VectorKind::kFloat : cluster::VectorKind::kByte;
}

Result<CopyReport> SendLibrary(const LibraryOptions& local, std::shared_ptr<ClusterLink> link,
                               const CopyOptions& options, VectorObserver* observer, const StopSignal& stop) {
  const auto start = std::chrono::steady_clock::now();
  VITRINE_TRY_ASSIGN(Original original, OpenOriginal(local));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<cluster::Cluster> cluster,
                     cluster::Cluster::Open(link->link, link->address));
  const Space& space = original.snapshot->space();
  const std::string index = cluster::IndexName(link->address, space.id);
  const cluster::IndexMeta wanted = {.space = space.id,
                                     .model = space.model,
                                     .model_id = original.model_id,
                                     .dimension = space.dimension,
                                     .vectors = KindOf(options.vectors)};
  VITRINE_TRY_ASSIGN(cluster::IndexMeta meta,
                     cluster::EnsureIndex(*cluster, wanted, original.snapshot->live.Count()));
  if (meta.shared) {
    return Error(Code::kInvalidArgument,
                 "machines index straight into the library " + Quoted(link->address.name) +
                     " on the cluster; a copy would remove what they have found. Copy under another name");
  }
  if (options.vectors != ClusterVectors::kBytes && meta.vectors != wanted.vectors) {
    return Error(Code::kInvalidArgument, "the library " + Quoted(link->address.name) +
                                             " on the cluster keeps " + InWords(meta.vectors) +
                                             "; a copy with other vectors needs another name");
  }
  CopyReport report;
  if (meta.complete) {
    meta.complete = false;
    VITRINE_TRY(cluster::WriteMeta(*cluster, index, meta));
  }
  Copying copying(*cluster, index, meta, original, observer);
  VITRINE_TRY(copying.Send(stop, report));
  if (!report.stopped) {
    VITRINE_TRY(copying.Compare(report));
    VITRINE_TRY_ASSIGN(const std::vector<RootRecord> roots, original.snapshot->catalog->Roots());
    meta.roots.clear();
    for (const RootRecord& root : roots) meta.roots.push_back(root.path);
    meta.complete = true;
    meta.format = cluster::kFormat;
    meta.pictures = report.pictures;
    VITRINE_TRY(cluster::WriteMeta(*cluster, index, meta));
    VITRINE_TRY(cluster::ServeSearches(*cluster, index));
    VITRINE_TRY(SendBoards(ResolvedPath(local.folder), *cluster, report));
  }
  VITRINE_TRY_ASSIGN(report.shards, CountShards(*cluster, index));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace

Result<CopyReport> CopyToCluster(const LibraryOptions& local, std::shared_ptr<ClusterLink> link,
                                 const CopyOptions& options, VectorObserver* observer,
                                 const StopSignal& stop) {
  return cluster::Understood(link->address,
                             [&] { return SendLibrary(local, link, options, observer, stop); });
}

}  // namespace vitrine
