// Copying a library from a cluster into a folder: pictures that are there already stay as they are and are
// not fetched, the others are recorded in batches, and then all are compared by what they say and by the
// bytes of their vectors. A batch is several transactions of the catalog; the first says which pictures it is
// about, so that one that is cut off between them is done again by the next run.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.h"
#include "base/human.h"
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

constexpr std::size_t kTogether = 500;

// Whether its drive is there is a matter of the machine; all else is the same wherever a picture lies.
bool HasSum(PictureCopy picture, std::uint64_t sum) {
  for (const bool offline : {false, true}) {
    picture.asset.offline = offline;
    if (cluster::ChecksumOf(picture) == sum) return true;
  }
  return false;
}

class Restoring {
 public:
  Restoring(const cluster::Cluster& cluster, Catalog& catalog, const cluster::IndexMeta& meta,
            VectorObserver* observer)
      : cluster_(cluster),
        alias_(cluster::AliasName(cluster.address())),
        catalog_(catalog),
        meta_(meta),
        observer_(observer) {}

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

  // Which pictures are there, and which of them are not here.
  Status Look() {
    Say("looking at what is here", 0, 0);
    VITRINE_TRY_ASSIGN(const std::unordered_set<std::string> cut_off, CutOff());
    return cluster::ForEachValue(
        cluster_, alias_, "sum", [&](const std::string& id, const std::string& sum) -> Status {
          const auto content = DigestFromHex(id);
          if (!content) return Error(Code::kCorrupt, "the document " + Quoted(id) + " is no picture's");
          sums_[id] = cluster::SumOfText(sum);
          VITRINE_TRY_ASSIGN(const auto known, catalog_.AssetByContent(*content, meta_.space));
          if (!known || cut_off.contains(id)) missing_.push_back(id);
          return {};
        });
  }

  // Fetches and records those that are not here.
  Status Fetch(const StopSignal& stop, CopyReport& report) {
    const std::size_t here = sums_.size() - missing_.size();
    const std::string step =
        here == 0 ? "recording pictures" : "recording pictures, beside " + Thousands(here) + " that are here";
    for (std::size_t first = 0; first < missing_.size(); first += kTogether) {
      Say(step, first, missing_.size());
      if (stop.requested()) {
        report.stopped = true;
        break;
      }
      const std::size_t end = std::min(first + kTogether, missing_.size());
      VITRINE_TRY(FetchSome(std::span(missing_).subspan(first, end - first)));
      VITRINE_TRY(Record());
    }
    report.pictures = sums_.size();
    report.written = written_;
    return {};
  }

  // Every picture that the cluster has, as it is here now.
  Status Compare() const {
    Say("comparing", 0, 0);
    VITRINE_TRY_ASSIGN(const std::unique_ptr<RowSource> source, catalog_.Vectors(meta_.space));
    VITRINE_TRY_ASSIGN(const RowSet live, catalog_.LiveRows(meta_.space));
    std::uint64_t same = 0;
    const auto end = static_cast<RowId>(live.size());
    for (RowId first = 0; first < end; first += static_cast<RowId>(kTogether)) {
      const RowId behind = std::min(first + static_cast<RowId>(kTogether), end);
      VITRINE_TRY_ASSIGN(const EncodedRows vectors, source->Read(first, behind));
      std::vector<RowId> rows;
      for (RowId row = first; row < behind; ++row) {
        if (live.Contains(row)) rows.push_back(row);
      }
      VITRINE_TRY_ASSIGN(auto assets, catalog_.AssetsOfRows(meta_.space, rows));
      for (auto& [row, asset] : assets) {
        VITRINE_TRY_ASSIGN(PictureCopy picture,
                           ReadPicture(catalog_, std::move(asset), vectors, row - first));
        const auto sum = sums_.find(cluster::DocumentId(picture.asset.content));
        if (sum != sums_.end() && HasSum(std::move(picture), sum->second)) ++same;
      }
    }
    if (same == sums_.size()) return {};
    return Error(Code::kCorrupt,
                 "of " + std::to_string(sums_.size()) + " pictures of the cluster " + std::to_string(same) +
                     " are the same in this folder; the others were changed in one of the two since. A "
                     "new folder gets them as they are on the cluster");
  }

 private:
  // Pictures that were being recorded when an earlier run was cut off.
  Result<std::unordered_set<std::string>> CutOff() {
    VITRINE_TRY_ASSIGN(const std::optional<std::string> ids, catalog_.Setting(kRestoringSetting));
    std::istringstream words(ids.value_or(""));
    return std::unordered_set<std::string>(std::istream_iterator<std::string>(words), {});
  }

  Status FetchSome(std::span<const std::string> ids) {
    Json wanted = Json::array();
    for (const std::string& id : ids)
      wanted.push_back({{"_id", id}, {"_source", {"id", "picture", "code", "sum"}}});
    VITRINE_TRY_ASSIGN(const Json answer, cluster_.Ask(cluster::Method::kPost, "/" + alias_ + "/_mget",
                                                       Json{{"docs", std::move(wanted)}}.dump(), 120'000));
    for (const Json& document : answer.value("docs", Json::array())) {
      if (document.contains("error")) {
        return Error(Code::kIo,
                     "a shard of the cluster " + cluster_.address().cluster() +
                         " does not answer; vitrine doctor says which. Try again when it is green");
      }
      const std::string id = document.value("_id", "");
      if (document.value("found", false)) {
        VITRINE_TRY(Take(id, document.at("_source")));
      } else {
        sums_.erase(id);  // Gone since.
      }
    }
    return {};
  }

  Status Take(const std::string& id, const Json& source) {
    VITRINE_TRY_ASSIGN(PictureCopy picture, cluster::PictureOf(id, source, meta_.dimension));
    if (source.value("sum", "") != cluster::SumText(cluster::ChecksumOf(picture))) {
      return Error(Code::kCorrupt,
                   "the document " + Quoted(id) + " is not what was written; copy the original again");
    }
    sums_[id] = cluster::ChecksumOf(picture);
    waiting_.push_back(std::move(picture));
    return {};
  }

  Status Record() {
    VITRINE_TRY(catalog_.SetSetting(kRestoringSetting, IdsInWords()));
    VITRINE_TRY(RecordPictures());
    VITRINE_TRY_ASSIGN(const std::vector<AssetId> ids, IdsOfWaiting());
    VITRINE_TRY(RecordOtherPaths(ids));
    VITRINE_TRY(RecordWords(ids));
    VITRINE_TRY(catalog_.SetSetting(kRestoringSetting, ""));
    written_ += waiting_.size();
    waiting_.clear();
    return {};
  }

  std::string IdsInWords() const {
    std::string words;
    for (const PictureCopy& picture : waiting_) words += cluster::DocumentId(picture.asset.content) + '\n';
    return words;
  }

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

  // Tags, notes, what sidecars said, and the text in pictures; not as steps of the history, which begins anew
  // with a copy.
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
      for (SidecarRecord sidecar : picture.sidecars) {
        sidecar.asset = ids[i];
        VITRINE_TRY(change->RememberSidecar(sidecar));
      }
      if (!picture.picture_text.empty()) texts.emplace_back(ids[i], picture.picture_text);
    }
    VITRINE_TRY(change->Commit());
    return catalog_.StorePictureTexts(texts);
  }

  void Say(std::string_view step, std::uint64_t done, std::uint64_t total) const {
    if (observer_ != nullptr) observer_->OnStep(step, done, total);
  }

  const cluster::Cluster& cluster_;
  const std::string alias_;
  Catalog& catalog_;
  const cluster::IndexMeta meta_;
  VectorObserver* const observer_;
  std::int64_t run_ = 0;
  std::unordered_map<std::string, std::uint64_t> sums_;  // By document.
  std::vector<std::string> missing_;
  std::vector<PictureCopy> waiting_;
  std::uint64_t written_ = 0;
};

Result<CopyReport> FetchLibrary(const std::string& folder, std::shared_ptr<ClusterLink> link,
                                VectorObserver* observer, const StopSignal& stop) {
  const auto start = std::chrono::steady_clock::now();
  VITRINE_TRY_ASSIGN(const std::unique_ptr<cluster::Cluster> cluster,
                     cluster::Cluster::Open(link->link, link->address));
  VITRINE_TRY_ASSIGN(const cluster::IndexMeta meta,
                     cluster::ReadMeta(*cluster, cluster::AliasName(link->address)));
  const std::string home = ResolvedPath(folder);
  SharedWriter writer(home);
  VITRINE_TRY_ASSIGN(const WriterLease lease, writer.Open(SharedWriter::Missing::kIsMade));
  CopyReport report;
  const Status restored = lease.gate().With([&](Catalog& catalog) -> Status {
    Restoring restoring(*cluster, catalog, meta, observer);
    VITRINE_TRY(restoring.Begin());
    VITRINE_TRY(restoring.Look());
    if (const Status fetched = restoring.Fetch(stop, report); !fetched)
      return Error(fetched.error()).Annotate(kCutOff);
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
