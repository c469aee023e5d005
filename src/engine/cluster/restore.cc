// Copying a library from a cluster into a folder: pictures that are there already stay as they are, the
// others are recorded in batches, each durable, and then all are compared by what they say and by the bytes
// of their vectors.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/try.h"
#include "base/utf8.h"
#include "cluster/mapping.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "cluster/understood.h"
#include "engine/active_model.h"
#include "engine/cluster/board_copying.h"
#include "engine/cluster/copy.h"
#include "engine/cluster/link.h"
#include "engine/index_keeper.h"
#include "engine/installation.h"
#include "engine/writer.h"
#include "vitrine/cluster.h"

namespace vitrine {
namespace {

using cluster::PictureCopy;
using Json = nlohmann::json;

constexpr RowId kTogether = 500;

// What is the same wherever a picture lies: whether its drive is there is a matter of the machine.
std::uint64_t SumOf(PictureCopy picture) {
  picture.asset.offline = false;
  return cluster::ChecksumOf(picture);
}

class Restoring {
 public:
  Restoring(Catalog& catalog, const cluster::IndexMeta& meta, VectorObserver* observer)
      : catalog_(catalog), meta_(meta), observer_(observer) {}

  // The folders that were indexed; a run under which their files are remembered. Those that are not on this
  // machine are offline.
  Status Begin() {
    VITRINE_TRY(catalog_.EnsureSpace(meta_.space, meta_.model, meta_.dimension));
    VITRINE_TRY(RememberModels(catalog_, {.first = meta_.model_id, .second = {}}));
    for (const PathBytes& root : meta_.roots) {
      VITRINE_TRY_ASSIGN(run_, catalog_.BeginRun(root, run_));
      std::error_code error;
      if (!std::filesystem::exists(root, error)) VITRINE_TRY(catalog_.MarkOffline(root));
    }
    return {};
  }

  Status Take(const std::string& id, const Json& source) {
    VITRINE_TRY_ASSIGN(PictureCopy picture, cluster::PictureOf(id, source, meta_.dimension));
    if (source.value("sum", "") != cluster::SumText(cluster::ChecksumOf(picture))) {
      return Error(Code::kCorrupt,
                   "the document " + Quoted(id) + " is not what was written; copy the original again");
    }
    sums_[id] = SumOf(picture);
    VITRINE_TRY_ASSIGN(const auto known, catalog_.AssetByContent(picture.asset.content, meta_.space));
    if (known) return {};
    waiting_.push_back(std::move(picture));
    return waiting_.size() < kTogether ? Status() : Record();
  }

  Status Record() {
    if (waiting_.empty()) return {};
    VITRINE_TRY(RecordPictures());
    VITRINE_TRY_ASSIGN(const std::vector<AssetId> ids, IdsOfWaiting());
    VITRINE_TRY(RecordOtherPaths(ids));
    VITRINE_TRY(RecordWords(ids));
    written_ += waiting_.size();
    waiting_.clear();
    if (observer_ != nullptr) observer_->OnStep("recording pictures", sums_.size(), meta_.pictures);
    return {};
  }

  // Every picture that the cluster gave, as it is here now.
  Status Compare() const {
    VITRINE_TRY_ASSIGN(const std::unique_ptr<RowSource> source, catalog_.Vectors(meta_.space));
    VITRINE_TRY_ASSIGN(const RowSet live, catalog_.LiveRows(meta_.space));
    std::uint64_t same = 0;
    const auto end = static_cast<RowId>(live.size());
    for (RowId first = 0; first < end; first += kTogether) {
      const RowId behind = std::min(first + kTogether, end);
      VITRINE_TRY_ASSIGN(const EncodedRows vectors, source->Read(first, behind));
      std::vector<RowId> rows;
      for (RowId row = first; row < behind; ++row) {
        if (live.Contains(row)) rows.push_back(row);
      }
      VITRINE_TRY_ASSIGN(auto assets, catalog_.AssetsOfRows(meta_.space, rows));
      for (auto& [row, asset] : assets) {
        VITRINE_TRY_ASSIGN(const PictureCopy picture,
                           ReadPicture(catalog_, std::move(asset), vectors, row - first));
        const auto sum = sums_.find(cluster::DocumentId(picture.asset.content));
        if (sum != sums_.end() && sum->second == SumOf(picture)) ++same;
      }
    }
    if (same == sums_.size()) return {};
    return Error(Code::kCorrupt,
                 "of " + std::to_string(sums_.size()) + " pictures of the cluster " + std::to_string(same) +
                     " are the same in this folder; the others were changed in one of the two since. A "
                     "new folder gets them as they are on the cluster");
  }

  std::uint64_t pictures() const { return sums_.size(); }
  std::uint64_t written() const { return written_; }

 private:
  Status RecordPictures() {
    std::vector<FileOutcome> outcomes;
    EncodedRows vectors{.dimension = meta_.dimension};
    for (const PictureCopy& picture : waiting_) {
      if (picture.asset.paths.empty()) {
        return Error(Code::kCorrupt,
                     "the picture " + cluster::DocumentId(picture.asset.content) + " has no path");
      }
      outcomes.push_back({.path = picture.asset.paths.front(),
                          .stamp = picture.stamps.front(),
                          .asset = std::nullopt,
                          .new_asset = NewAsset{.content = picture.asset.content,
                                                .info = picture.asset.info,
                                                .sketch = picture.asset.sketch},
                          .failure = ""});
      vectors.Append(picture.vector, 0, 1);
    }
    return catalog_.RecordBatch(run_, meta_.space, outcomes, vectors);
  }

  Result<std::vector<AssetId>> IdsOfWaiting() {
    std::vector<AssetId> ids;
    for (const PictureCopy& picture : waiting_) {
      VITRINE_TRY_ASSIGN(const auto id, catalog_.AssetOfContent(picture.asset.content));
      if (!id) return Error(Code::kInternal, "a picture that was recorded is not there");
      ids.push_back(*id);
    }
    return ids;
  }

  Status RecordOtherPaths(const std::vector<AssetId>& ids) {
    std::vector<FileOutcome> outcomes;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const PictureCopy& picture = waiting_[i];
      for (std::size_t path = 1; path < picture.asset.paths.size(); ++path) {
        outcomes.push_back({.path = picture.asset.paths[path],
                            .stamp = picture.stamps[path],
                            .asset = ids[i],
                            .new_asset = std::nullopt,
                            .failure = ""});
      }
    }
    return catalog_.RecordBatch(run_, meta_.space, outcomes, EncodedRows{.dimension = meta_.dimension});
  }

  // Tags, notes and the text in pictures; not as steps of the history, which begins anew with a copy.
  Status RecordWords(const std::vector<AssetId>& ids) {
    std::vector<std::pair<AssetId, std::string>> texts;
    VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change, catalog_.annotations().BeginUnrecorded());
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const PictureCopy& picture = waiting_[i];
      for (const AssetTag& tag : picture.tags) {
        if (tag.mark.state == TagState::kSuggested) {
          const MarkedAsset marked = {.asset = ids[i], .mark = tag.mark};
          VITRINE_TRY(change->Suggest(tag.path, std::span(&marked, 1)));
        } else {
          VITRINE_TRY(change->Mark(tag.path, std::span(&ids[i], 1), tag.mark));
        }
      }
      if (picture.note != Note()) VITRINE_TRY(change->SetNote(ids[i], picture.note));
      if (!picture.picture_text.empty()) texts.emplace_back(ids[i], picture.picture_text);
    }
    VITRINE_TRY(change->Commit());
    return catalog_.StorePictureTexts(texts);
  }

  Catalog& catalog_;
  const cluster::IndexMeta meta_;
  VectorObserver* const observer_;
  std::int64_t run_ = 0;
  std::vector<PictureCopy> waiting_;
  std::map<std::string, std::uint64_t> sums_;  // By document.
  std::uint64_t written_ = 0;
};

// What a stop ends the paging with.
Error Stopped() { return Error(Code::kCancelled, "stopped"); }

Result<CopyReport> FetchLibrary(const std::string& folder, std::shared_ptr<ClusterLink> link,
                                VectorObserver* observer, const StopSignal& stop) {
  const auto start = std::chrono::steady_clock::now();
  VITRINE_TRY_ASSIGN(const std::unique_ptr<cluster::Cluster> cluster,
                     cluster::Cluster::Open(link->link, link->address));
  const std::string alias = cluster::AliasName(link->address);
  VITRINE_TRY_ASSIGN(const cluster::IndexMeta meta, cluster::ReadMeta(*cluster, alias));
  const std::string home = ResolvedPath(folder);
  SharedWriter writer(home);
  VITRINE_TRY_ASSIGN(const WriterLease lease, writer.Open(SharedWriter::Missing::kIsMade));
  CopyReport report;
  const Status restored = lease.gate().With([&](Catalog& catalog) -> Status {
    Restoring restoring(catalog, meta, observer);
    VITRINE_TRY(restoring.Begin());
    const Status visited = cluster::ForEachDocument(
        *cluster, alias, {"id", "picture", "code", "sum"},
        [&](const std::string& id, const Json& source) {
          return stop.requested() ? Status(Stopped()) : restoring.Take(id, source);
        },
        kTogether);
    report.stopped = !visited && visited.error().code() == Code::kCancelled;
    if (!visited && !report.stopped) return visited;
    VITRINE_TRY(restoring.Record());
    report.pictures = restoring.pictures();
    report.written = restoring.written();
    VITRINE_TRY(
        KeepSegments(catalog, home, {.id = meta.space, .model = meta.model, .dimension = meta.dimension}));
    return report.stopped ? Status() : restoring.Compare();
  });
  if (!restored) return restored.error();
  if (!report.stopped) VITRINE_TRY(FetchBoards(*cluster, home, report));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace

Result<CopyReport> CopyFromCluster(const std::string& folder, std::shared_ptr<ClusterLink> link,
                                   VectorObserver* observer, const StopSignal& stop) {
  return cluster::Understood(link->address, [&] { return FetchLibrary(folder, link, observer, stop); });
}

}  // namespace vitrine
