// The stages of ingest and what passes between them.
//
//   Feed (1 thread)  --Candidate-->  Decode (N threads)  --Decoded-->  Embed (1 thread)  --Finished--> Record
//   (caller)
//                                          |                                                  ^
//                                          +----- known content, failures: nothing to embed --+
//
// Every arrow is a bounded queue: when a later stage is slow the earlier ones wait, so memory is bounded by
// the queues whatever the folder holds. One thing needs care: two files with the same bytes in flight at
// once. The first to claim its content goes on; the others wait with it (InFlight) and are settled by its
// outcome, after that is on the disk.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/bounded_queue.h"
#include "ingest/run_state.h"
#include "ingest/walk.h"

namespace vitrine {

/// A file that has to be read.
struct Candidate {
  PathBytes path;
  FileStamp stamp;                       ///< As the walk saw it.
  std::vector<PathBytes> sidecars = {};  ///< Those beside it that are new or changed.
};

/// A file that was read and decoded.
struct Decoded {
  PathBytes path;
  FileStamp stamp;  ///< As to be remembered.
  Sha256Digest content{};
  RgbImage picture;
  PictureInfo info;
  Sketch sketch;
  EmbeddedNote note;
  std::vector<PathBytes> sidecars;
};

/// A file whose fate is known.
struct Finished {
  FileOutcome outcome;
  std::optional<Sha256Digest> content;   ///< The claim in InFlight to settle, if it holds one.
  EncodedRows vector;                    ///< Of a new asset: one row.
  std::vector<PathBytes> sidecars = {};  ///< To be read once the file is recorded.
};

/// Contents on their way through the stages. Thread-safe.
class InFlight {
 public:
  /// True when nobody had claimed this content: the caller goes on with the file. Otherwise the file waits.
  bool Claim(const Sha256Digest& content, const Candidate& file) {
    const std::lock_guard lock(mutex_);
    const auto [claim, first] = claims_.try_emplace(content);
    if (!first) claim->second.push_back(file);
    return first;
  }

  /// Ends a claim and returns the files that waited for it.
  std::vector<Candidate> Release(const Sha256Digest& content) {
    const std::lock_guard lock(mutex_);
    auto claim = claims_.extract(content);
    return claim.empty() ? std::vector<Candidate>() : std::move(claim.mapped());
  }

 private:
  std::mutex mutex_;
  std::map<Sha256Digest, std::vector<Candidate>> claims_;
};

/// The queues between the stages.
struct Belts {
  explicit Belts(const IngestOptions& options)
      : candidates(64), decoded(2 * options.batch), finished(4 * options.batch + 64) {}

  BoundedQueue<Candidate> candidates;
  BoundedQueue<Decoded> decoded;
  BoundedQueue<Finished> finished;
  InFlight in_flight;
};

/// What became of one root.
struct RootOutcome {
  PathBytes path;
  WalkEnd end = WalkEnd::kComplete;
  bool has_pictures = false;
};

/// What the walk leaves for the end of the run.
struct FeedOutcome {
  std::vector<RootOutcome> roots;     ///< In the order walked; those not reached are left out.
  std::vector<PathBytes> unreadable;  ///< Nothing under these is forgotten.
  std::set<std::uint64_t> devices;  ///< Drives that are there: found now, or remembered of a file found now.
};

/// Walks the roots, tells the catalog what is unchanged and passes on the rest; closes `candidates` at the
/// end.
FeedOutcome Feed(RunState& state, Belts& belts, const std::vector<PathBytes>& roots);

/// Reads, recognises and decodes candidates until there are no more. Run by several threads.
void DecodeCandidates(RunState& state, Belts& belts);

/// Embeds decoded pictures in batches until there are no more; closes `finished` at the end.
void EmbedDecoded(RunState& state, Belts& belts);

/// Records finished files in durable batches until there are no more, and publishes the vectors now and then.
void RecordFinished(RunState& state, Belts& belts, IndexObserver* observer);

/// A sidecar of a recorded picture that is to be read.
struct SidecarDue {
  PathBytes path;
  AssetId asset{};
};

/// Reads sidecars into the catalog, in durable batches. One that cannot be read is a failure in the list.
/// Errors: the catalog's own.
Status TakeSidecars(RunState& state, std::span<const SidecarDue> due);

/// Brings the vector files up to the catalog. Errors: kNoSpace, kIo, kCorrupt.
Status PublishVectors(RunState& state, Checking checking);

/// Makes sketches of pictures that have none yet (indexed before there were sketches), from their thumbnails:
/// some thousand in a run, the next run goes on. What it did is durable. Errors: kNoSpace, kIo, kCorrupt.
Status MakeMissingSketches(RunState& state);

/// After a complete walk: forgets what is gone, keeps what could not be looked at, marks roots that are not
/// there.
Status SettleRoots(RunState& state, const FeedOutcome& feed, IndexReport& report);

}  // namespace vitrine
