#include "engine/cluster/bunch_work.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/try.h"
#include "cluster/changing.h"
#include "cluster/picture_doc.h"
#include "engine/cluster/copy.h"
#include "engine/cluster/merging.h"
#include "engine/cluster/shared_sidecars.h"
#include "engine/picture_texts.h"
#include "ingest/fingerprint.h"
#include "ingest/pipeline.h"

namespace vitrine {

namespace {

using cluster::PictureCopy;
using Json = nlohmann::json;

std::int64_t NowNs() {
  using std::chrono::duration_cast, std::chrono::nanoseconds, std::chrono::system_clock;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

bool IsDoubtful(const FileStamp& stamp) { return stamp == Doubtful(stamp); }

// What documents say of a file: as it was when it was read, or when it was found where that is in doubt.
FileStamp StampOf(const KnownFile& known, const PlannedFile& planned) {
  if (!IsDoubtful(known.stamp)) return known.stamp;
  return {.size_bytes = planned.stamp.size_bytes, .mtime_ns = planned.stamp.mtime_ns};
}

}  // namespace

Result<cluster::WorkResult> BunchWork::Do(const Bunch& bunch, IndexObserver* observer,
                                          const StopSignal& stop) {
  VITRINE_TRY(TakeKnown(bunch));
  IngestOptions ingest;
  ingest.roots = {bunch.root};
  for (const PlannedFile& file : bunch.files) ingest.files.push_back(file.path);
  ingest.drawings = rooms_.options.allow_svg;
  ingest.retry_failed = rooms_.retry_failed;
  ingest.decode_threads = rooms_.options.threads;
  ingest.batch = rooms_.embedder.picture_batch();
  ingest.thumbs_folder = JoinPath(rooms_.options.folder, "thumbs");
  VITRINE_TRY_ASSIGN(IndexReport report,
                     Ingest({.gate = rooms_.gate, .decoder = rooms_.decoder, .embedder = rooms_.embedder},
                            ingest, observer, stop));
  cluster::WorkResult result = {.indexed = report.indexed, .reused = report.reused};
  if (stop.now()) return result;
  // Asked to stop, it sends what is embedded: whoever goes on finds it there.
  IndexReport texts;
  VITRINE_TRY(ReadPictureTexts(rooms_.gate, rooms_.decoder, rooms_.options, nullptr, stop, texts));
  texts_ += texts.texts;
  if (texts.texts == 0) problems_.insert(texts.notes.begin(), texts.notes.end());
  VITRINE_TRY(Send(bunch, result));
  return result;
}

// Files of contents that nobody on this machine has met: read once more than the pipeline does, which is
// little beside decoding and inference.
Result<std::vector<BunchWork::UnknownFile>> BunchWork::ReadUnknown(const Bunch& bunch) {
  std::vector<UnknownFile> unknown;
  for (const PlannedFile& planned : bunch.files) {
    VITRINE_TRY_ASSIGN(const auto known,
                       rooms_.gate.With([&](Catalog& catalog) { return catalog.FileAt(planned.path); }));
    if (known && IsUnchanged(known->stamp, planned.stamp)) continue;
    // What cannot be read is the pipeline's to report.
    const Result<Fingerprint> print = TakeFingerprint(planned.path);
    if (!print) continue;
    VITRINE_TRY_ASSIGN(const auto asset, rooms_.gate.With([&](Catalog& catalog) {
      return catalog.AssetByContent(print->content, rooms_.meta.space);
    }));
    if (!asset) unknown.push_back({planned.path, StampToRemember(print->stamp, NowNs()), print->content});
  }
  return unknown;
}

// Pictures that the cluster has become pictures of the working library, vectors and all, before the pipeline
// asks which are new.
Status BunchWork::TakeKnown(const Bunch& bunch) {
  VITRINE_TRY_ASSIGN(const std::vector<UnknownFile> unknown, ReadUnknown(bunch));
  if (unknown.empty()) return {};
  Json wanted = Json::array();
  for (const UnknownFile& file : unknown) {
    wanted.push_back({{"_id", cluster::DocumentId(file.content)}, {"_source", cluster::kPictureFields}});
  }
  VITRINE_TRY_ASSIGN(const Json answer,
                     rooms_.cluster.Ask(cluster::Method::kPost, "/" + rooms_.index + "/_mget",
                                        Json{{"docs", std::move(wanted)}}.dump(), 120'000));
  std::vector<FileOutcome> outcomes;
  EncodedRows vectors{.dimension = rooms_.meta.dimension};
  const Json documents = answer.value("docs", Json::array());
  for (std::size_t i = 0; i < std::min(documents.size(), unknown.size()); ++i) {
    if (!documents[i].value("found", false)) continue;
    VITRINE_TRY_ASSIGN(const PictureCopy picture,
                       cluster::PictureOf(cluster::DocumentId(unknown[i].content), documents[i].at("_source"),
                                          rooms_.meta.dimension));
    outcomes.push_back({.path = unknown[i].path,
                        .stamp = unknown[i].stamp,
                        .asset = std::nullopt,
                        .new_asset = NewAsset{.content = unknown[i].content,
                                              .info = picture.asset.info,
                                              .sketch = picture.asset.sketch},
                        .failure = ""});
    vectors.Append(picture.vector, 0, 1);
  }
  if (outcomes.empty()) return {};
  return rooms_.gate.With([&](Catalog& catalog) -> Status {
    VITRINE_TRY_ASSIGN(const std::int64_t run, catalog.BeginRun(bunch.root));
    return catalog.RecordBatch(run, rooms_.meta.space, outcomes, vectors);
  });
}

// What the working library says of each picture of the bunch, with its files in the bunch alone.
Result<std::vector<PictureCopy>> BunchWork::PicturesOf(const Bunch& bunch, cluster::WorkResult& result) {
  return rooms_.gate.With([&](Catalog& catalog) -> Result<std::vector<PictureCopy>> {
    std::map<AssetId, std::vector<DocumentFile>> files;
    for (const PlannedFile& planned : bunch.files) {
      VITRINE_TRY_ASSIGN(const auto known, catalog.FileAt(planned.path));
      if (!known) continue;  // Gone since.
      result.again = result.again || IsDoubtful(known->stamp);
      if (known->asset) {
        files[*known->asset].emplace_back(planned.path, StampOf(*known, planned));
      } else {
        result.failures.emplace_back(planned.path, known->failure);
      }
    }
    std::vector<AssetId> ids;
    for (const auto& [id, paths] : files) ids.push_back(id);
    VITRINE_TRY_ASSIGN(std::vector<AssetRecord> assets, catalog.AssetsOf(ids));
    VITRINE_TRY_ASSIGN(const auto source, catalog.Vectors(rooms_.meta.space));
    std::vector<PictureCopy> pictures;
    for (AssetRecord& asset : assets) {
      const AssetId id = asset.id;
      VITRINE_TRY_ASSIGN(const auto row, catalog.RowOf(rooms_.meta.space, id));
      if (!row) continue;  // The model was changed by hand meanwhile.
      VITRINE_TRY_ASSIGN(const EncodedRows vector, source->Read(*row, *row + 1));
      PictureCopy& picture = pictures.emplace_back();
      VITRINE_TRY_ASSIGN(picture, ReadPicture(catalog, std::move(asset), vector, 0));
      picture.asset.id = SharedId(picture.asset.content);
      picture.sidecars.clear();  // A document remembers what was taken into that document.
      picture.asset.paths.clear();
      picture.stamps.clear();
      for (const auto& [path, stamp] : files.at(id)) {
        picture.asset.paths.push_back(path);
        picture.stamps.push_back(stamp);
      }
      // Words of names and folders are those of these files, under all roots of the library.
      TakeIn(picture, rooms_.meta.roots, picture);
    }
    return pictures;
  });
}

Status BunchWork::Send(const Bunch& bunch, cluster::WorkResult& result) {
  VITRINE_TRY_ASSIGN(const std::vector<PictureCopy> pictures, PicturesOf(bunch, result));
  BunchSidecars sidecars(bunch);
  std::map<std::string, const PictureCopy*> by_id;
  std::vector<std::string> ids;
  for (const PictureCopy& picture : pictures) {
    ids.push_back(cluster::DocumentId(picture.asset.content));
    by_id[ids.back()] = &picture;
  }
  const auto change = [&](PictureCopy& there) -> Result<bool> {
    const PictureCopy& mine = *by_id.at(cluster::DocumentId(there.asset.content));
    const bool files = TakeIn(mine, rooms_.meta.roots, there);
    VITRINE_TRY_ASSIGN(const bool said, sidecars.TakeInto(mine.asset.paths, there));
    return files || said;
  };
  const auto make = [&](const std::string& id) -> Result<PictureCopy> {
    PictureCopy mine = *by_id.at(id);
    VITRINE_TRY(sidecars.TakeInto(mine.asset.paths, mine));
    return mine;
  };
  VITRINE_TRY(cluster::ChangePictures(rooms_.cluster, rooms_.index, rooms_.meta, ids, change, make));
  sidecars_ += sidecars.read();
  result.again = result.again || sidecars.doubtful();
  result.failures.insert(result.failures.end(), sidecars.failures().begin(), sidecars.failures().end());
  return {};
}

}  // namespace vitrine
