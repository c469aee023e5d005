// From folders to a searchable library: walks them, finds out what changed, decodes and embeds it, and
// records it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "image/decoder.h"
#include "index/segment_store.h"
#include "model/embedder.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/types.h"

namespace vitrine {

struct IngestOptions {
  std::vector<PathBytes> roots;    ///< Folders or files; relative ones are taken from the current folder.
  bool retry_failed = false;       ///< Tries files again that failed before and have not changed since.
  std::size_t decode_threads = 2;  ///< Calls of Decoder::Decode at once, >= 1.
  std::size_t batch = 8;           ///< Pictures embedded at once, >= 1.
  std::string thumbs_folder;       ///< "<library>/thumbs"; empty writes no thumbnails.
  SegmentIdentity
      segments;  ///< Folder of the vector files; an empty folder publishes none. The rest is filled in.
};

struct IngestFailure {
  PathBytes path;  ///< A file, or a folder that could not be read.
  std::string reason;
};

/// How far a run is. `seen` = indexed + reused + failed + in flight.
struct IngestCounts {
  std::uint64_t seen = 0;     ///< Picture files found.
  std::uint64_t indexed = 0;  ///< Files whose picture was embedded in this run.
  std::uint64_t reused = 0;   ///< Files that cost no inference: unchanged, moved, or copies.
  std::uint64_t failed = 0;  ///< Files and folders that could not be read, now or before and unchanged since.
  std::uint64_t skipped = 0;  ///< Other files: no picture by name, links, special files, RAW beside its JPEG.
};

struct IngestReport {
  static constexpr std::size_t kMaxFailures = 100'000;

  std::uint64_t seen = 0;
  std::uint64_t indexed = 0;
  std::uint64_t reused = 0;
  std::uint64_t removed = 0;  ///< Paths forgotten because their file is gone.
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
  double seconds = 0;
  std::vector<IngestFailure> failures;  ///< The first kMaxFailures of `failed`.
  std::vector<std::string> notes;       ///< What a person should know, a sentence each.
  std::vector<PathBytes> offline;       ///< Roots that are not there now; what is remembered of them stays.
  bool stopped = false;  ///< Ended early because it was asked to; the next run goes on from here.
};

/// Watches a run. Both calls come from the thread that called Ingest().
class IngestObserver {
 public:
  virtual ~IngestObserver() = default;
  /// At most ten times a second, and once at the end.
  virtual void OnProgress(const IngestCounts& /*counts*/) {}
  /// After a batch is on the disk for good: what is told here survives a crash and a power cut.
  virtual void OnRecorded(std::span<const FileOutcome> /*outcomes*/) {}
};

/// What a run works with. The catalog is open for writing; nobody else uses it meanwhile.
struct IngestRooms {
  Catalog& catalog;
  Decoder& decoder;
  Embedder& embedder;
};

/// Brings the library up to what lies under the roots. A file that cannot be read is a row in `failures`,
/// never the end of a run. Blocks; uses decode_threads + 2 threads; memory does not grow with the folder
/// beyond its largest listing. Errors end the run after what can be recorded is recorded: kInvalidArgument
/// (no roots), kModel, kNoSpace, kCorrupt, kIo.
Result<IngestReport> Ingest(const IngestRooms& rooms, const IngestOptions& options, IngestObserver* observer,
                            const StopSignal& stop);

}  // namespace vitrine
