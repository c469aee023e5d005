// Copying a library to a cluster: what is there already is left as it is, what is not is sent, what the
// original no longer has goes, and then both are compared by count and checksums.
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "base/hash.h"
#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/bulk.h"
#include "cluster/changing.h"
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
#include "ingest/sidecars.h"
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

// Checksums of a picture's document; 0 for none.
struct Sums {
  std::uint64_t there = 0;  // When the copy began.
  std::uint64_t here = 0;
};

struct DigestHash {
  std::size_t operator()(const Sha256Digest& digest) const {
    std::size_t front = 0;
    std::memcpy(&front, digest.data(), sizeof front);
    return front;
  }
};

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

  // What an earlier copy has sent, also one that was cut off.
  Status Look() {
    Say("looking at what is there", 0, 0);
    VITRINE_TRY(cluster::Refresh(cluster_, index_));
    return cluster::ForEachValue(cluster_, index_, "sent",
                                 [&](const std::string& id, const std::string& sum) -> Status {
                                   ++there_;
                                   if (const auto content = DigestFromHex(id))
                                     sums_[*content].there = cluster::SumOfText(sum);
                                   return {};
                                 });
  }

  // Every living picture of the space that is not there as it is here, in batches.
  Status Send(const StopSignal& stop, CopyReport& report) {
    VITRINE_TRY_ASSIGN(const auto source, snapshot_.catalog->Vectors(meta_.space));
    const auto end = static_cast<RowId>(snapshot_.live.size());
    const std::string step = there_ == 0
                                 ? "sending pictures"
                                 : "sending pictures, beside " + Thousands(there_) + " that are there";
    for (RowId first = 0; first < end; first += kRowsTogether) {
      Say(step, first, end);
      if (stop.requested()) {
        report.stopped = true;
        break;
      }
      VITRINE_TRY(SendRows(*source, first, std::min<RowId>(first + kRowsTogether, end)));
    }
    VITRINE_TRY(writer_.Flush());
    report.written = writer_.acknowledged();
    report.pictures = pictures_;
    return {};
  }

  // Removes what the original does not have, and compares the rest. Nothing else writes to the index
  // meanwhile.
  Status Compare(CopyReport& report) {
    VITRINE_TRY(cluster::Refresh(cluster_, index_));
    std::uint64_t same = 0, seen = 0;
    cluster::BulkWriter remover(cluster_, index_);
    VITRINE_TRY(cluster::ForEachValue(cluster_, index_, "sent",
                                      [&](const std::string& id, const std::string& sum) -> Status {
                                        if (++seen % 10'000 == 0) Say("comparing", seen, pictures_);
                                        const auto content = DigestFromHex(id);
                                        const auto sums = content ? sums_.find(*content) : sums_.end();
                                        if (sums == sums_.end() || sums->second.here == 0)
                                          return remover.Delete(id);
                                        if (cluster::SumOfText(sum) == sums->second.here) ++same;
                                        return {};
                                      }));
    VITRINE_TRY(remover.Flush());
    report.removed = remover.acknowledged();
    if (report.removed > 0) VITRINE_TRY(cluster::Refresh(cluster_, index_));
    if (same == pictures_) return {};
    return Error(Code::kCorrupt, "of " + std::to_string(pictures_) + " pictures the cluster holds " +
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
    for (auto& [row, asset] : assets) {
      VITRINE_TRY_ASSIGN(const PictureCopy picture,
                         ReadPicture(*snapshot_.catalog, std::move(asset), vectors, row - first));
      const Json document = cluster::DocumentOf(picture, meta_.vectors);
      Sums& sums = sums_[picture.asset.content];
      sums.here = cluster::SumOfText(document.at("sent").get_ref<const std::string&>());
      ++pictures_;
      if (sums.there != sums.here)
        VITRINE_TRY(writer_.Put(cluster::DocumentId(picture.asset.content), document));
    }
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
  std::unordered_map<Sha256Digest, Sums, DigestHash> sums_;  // By content.
  std::uint64_t there_ = 0, pictures_ = 0;
};

cluster::VectorKind KindOf(ClusterVectors vectors) {
  if (vectors == ClusterVectors::kOnDisk) return cluster::VectorKind::kDisk;
  return vectors == ClusterVectors::kFloats ? cluster::VectorKind::kFloat : cluster::VectorKind::kByte;
}

// The index of the space, made if it is not there, open for a copy.
Result<cluster::IndexMeta> OpenIndex(const cluster::Cluster& cluster, const Original& original,
                                     const CopyOptions& options) {
  const Space& space = original.snapshot->space();
  const std::string& name = cluster.address().name;
  const cluster::IndexMeta wanted = {.space = space.id,
                                     .model = space.model,
                                     .model_id = original.model_id,
                                     .dimension = space.dimension,
                                     .vectors = KindOf(options.vectors)};
  VITRINE_TRY_ASSIGN(cluster::IndexMeta meta,
                     cluster::EnsureIndex(cluster, wanted, original.snapshot->live.Count()));
  if (meta.shared) {
    return Error(Code::kInvalidArgument,
                 "machines index straight into the library " + Quoted(name) +
                     " on the cluster; a copy would remove what they have found. Copy under another name");
  }
  if (options.vectors != ClusterVectors::kBytes && meta.vectors != wanted.vectors) {
    return Error(Code::kInvalidArgument, "the library " + Quoted(name) + " on the cluster keeps " +
                                             InWords(meta.vectors) +
                                             "; a copy with other vectors needs another name");
  }
  if (meta.complete) {
    meta.complete = false;
    VITRINE_TRY(cluster::WriteMeta(cluster, cluster::IndexName(cluster.address(), space.id), meta));
  }
  return meta;
}

// The copy is whole: the index says so, and searches see it.
Status Publish(const cluster::Cluster& cluster, const Original& original, cluster::IndexMeta meta,
               std::uint64_t pictures) {
  VITRINE_TRY_ASSIGN(const std::vector<RootRecord> roots, original.snapshot->catalog->Roots());
  meta.roots.clear();
  for (const RootRecord& root : roots) meta.roots.push_back(root.path);
  meta.complete = true;
  meta.format = cluster::kFormat;
  meta.pictures = pictures;
  const std::string index = cluster::IndexName(cluster.address(), meta.space);
  VITRINE_TRY(cluster::WriteMeta(cluster, index, meta));
  return cluster::ServeSearches(cluster, index);
}

Result<std::uint64_t> CountShards(const cluster::Cluster& cluster, const std::string& index) {
  VITRINE_TRY_ASSIGN(
      const Json health,
      cluster.Ask(cluster::Method::kGet, "/_cluster/health/" + index + "?filter_path=active_primary_shards"));
  return health.value("active_primary_shards", std::uint64_t{0});
}

// What the catalog remembers of the sidecars of a picture.
Result<std::vector<SidecarRecord>> SidecarsOf(Catalog& catalog, const AssetRecord& asset) {
  std::set<PathBytes> paths;
  for (const PathBytes& path : asset.paths) {
    for (PathBytes& sidecar : SidecarPathsOf(path)) paths.insert(std::move(sidecar));
  }
  std::vector<SidecarRecord> sidecars;
  for (const PathBytes& path : paths) {
    VITRINE_TRY_ASSIGN(std::optional<SidecarRecord> sidecar, catalog.SidecarAt(path));
    if (sidecar && sidecar->asset == asset.id) sidecars.push_back(*std::move(sidecar));
  }
  return sidecars;
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
  VITRINE_TRY_ASSIGN(picture.sidecars, SidecarsOf(catalog, picture.asset));
  VITRINE_TRY_ASSIGN(picture.tags, catalog.annotations().TagsOf(id));
  VITRINE_TRY_ASSIGN(picture.note, catalog.annotations().NoteOf(id));
  VITRINE_TRY_ASSIGN(picture.picture_text, catalog.PictureText(id));
  VITRINE_TRY_ASSIGN(picture.texts, catalog.TextsOf(id));
  picture.vector.dimension = vectors.dimension;
  picture.vector.Append(vectors, row, row + 1);
  return picture;
}

namespace {

Result<CopyReport> SendLibrary(const LibraryOptions& local, std::shared_ptr<ClusterLink> link,
                               const CopyOptions& options, VectorObserver* observer, const StopSignal& stop) {
  const auto start = std::chrono::steady_clock::now();
  VITRINE_TRY_ASSIGN(Original original, OpenOriginal(local));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<cluster::Cluster> cluster,
                     cluster::Cluster::Open(link->link, link->address));
  VITRINE_TRY_ASSIGN(const cluster::IndexMeta meta, OpenIndex(*cluster, original, options));
  const std::string index = cluster::IndexName(link->address, meta.space);
  CopyReport report;
  Copying copying(*cluster, index, meta, original, observer);
  VITRINE_TRY(copying.Look());
  if (const Status sent = copying.Send(stop, report); !sent) return Error(sent.error()).Annotate(kCutOff);
  if (!report.stopped) {
    VITRINE_TRY(copying.Compare(report));
    VITRINE_TRY(Publish(*cluster, original, meta, report.pictures));
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
