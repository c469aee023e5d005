#include <fcntl.h>

#include <chrono>
#include <exception>

#include "base/try.h"
#include "image/sketch.h"
#include "image/thumbnail_path.h"
#include "ingest/fingerprint.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

std::int64_t NowNs() {
  using std::chrono::duration_cast, std::chrono::nanoseconds, std::chrono::system_clock;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

// Says that the bytes themselves are bad, so that trying them again is a waste until they change.
bool IsFaultOfFile(Code code) {
  return code == Code::kCorrupt || code == Code::kUnsupported || code == Code::kTimeout;
}

Finished FailureOf(const Candidate& file, const FileStamp& stamp, const Error& error) {
  Finished finished;
  finished.outcome.path = file.path;
  finished.outcome.stamp = IsFaultOfFile(error.code()) ? stamp : Doubtful(stamp);
  finished.outcome.failure = error.message().empty() ? "unknown reason" : error.message();
  return finished;
}

class DecodeWorker {
 public:
  DecodeWorker(RunState& state, Belts& belts) : state_(state), belts_(belts) {}

  void Handle(const Candidate& file) {
    Result<Fingerprint> print = TakeFingerprint(file.path);
    if (!print && print.error().code() == Code::kNotFound) return Vanished();
    if (!print) {
      belts_.finished.Push(FailureOf(file, Doubtful(file.stamp), print.error()));
      return;
    }
    const Sha256Digest content = print->content;
    const Candidate read{file.path, print->stamp, file.sidecars};
    if (!belts_.in_flight.Claim(content, read)) return;
    if (Status handled = HandleClaimed(read, *std::move(print)); !handled) {
      belts_.in_flight.Release(content);
      state_.control.Fail(std::move(handled).error());
    }
  }

 private:
  // Gone between the walk and now: as if the walk had come later.
  void Vanished() {
    --state_.tally.seen;
    ++state_.tally.skipped;
  }

  Status HandleClaimed(const Candidate& file, Fingerprint print) {
    const Sha256Digest content = print.content;
    VITRINE_TRY_ASSIGN(const std::optional<AssetId> known, state_.gate.With([&](Catalog& catalog) {
      return catalog.AssetByContent(content, state_.space.id);
    }));
    if (known) {
      Finished finished;
      finished.outcome = {.path = file.path, .stamp = StampToRemember(file.stamp, NowNs()), .asset = known};
      finished.content = content;
      finished.sidecars = file.sidecars;
      belts_.finished.Push(std::move(finished));
      return {};
    }
    // A second descriptor on the same open file, to look at its stamp after the decoder has closed the first.
    const UniqueFd watch(fcntl(print.file.get(), F_DUPFD_CLOEXEC, 0));
    Result<DecodedPicture> decoded = Decode(std::move(print.file));
    if (decoded && watch && !StillHasStamp(watch.get(), file.stamp)) {
      decoded = Error(Code::kIo, "changed while it was read");
    }
    if (!decoded) {
      Finished finished = FailureOf(file, file.stamp, decoded.error());
      finished.content = content;
      belts_.finished.Push(std::move(finished));
      return {};
    }
    VITRINE_TRY(WriteThumbnail(content, decoded->thumbnail));
    Sketch sketch = SketchOf(decoded->picture);
    belts_.decoded.Push({.path = file.path,
                         .stamp = StampToRemember(file.stamp, NowNs()),
                         .content = content,
                         .picture = std::move(decoded->picture),
                         .info = std::move(decoded->info),
                         .sketch = std::move(sketch),
                         .note = std::move(decoded->note),
                         .sidecars = file.sidecars});
    return {};
  }

  // Running out of memory on one picture is that picture's failure too.
  Result<DecodedPicture> Decode(UniqueFd file) {
    DecodeRequest request;
    request.min_edge_px = state_.rooms.embedder.picture_edge_px();
    if (state_.options.thumbs_folder.empty()) request.thumbnail_edge_px = 0;
    try {
      return state_.rooms.decoder.Decode(std::move(file), request);
    } catch (const std::exception& thrown) {
      return Error(Code::kInternal, std::string("the decoder failed: ") + thrown.what());
    }
  }

  Status WriteThumbnail(const Sha256Digest& content, const std::string& jpeg) const {
    if (jpeg.empty() || state_.options.thumbs_folder.empty()) return {};
    const std::string path = ThumbnailPath(state_.options.thumbs_folder, content);
    VITRINE_TRY(MakeFolders(std::string(FolderOf(path))));
    return WriteFileAtomically(path, jpeg, Durability::kCache);
  }

  RunState& state_;
  Belts& belts_;
};

}  // namespace

void DecodeCandidates(RunState& state, Belts& belts) {
  DecodeWorker worker(state, belts);
  while (const std::optional<Candidate> file = belts.candidates.Pop()) {
    if (state.control.feeding()) worker.Handle(*file);
  }
}

}  // namespace vitrine
