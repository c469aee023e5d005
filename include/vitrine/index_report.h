// What an index run says of itself: while it goes on, file by file, and at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vitrine/types.h"

namespace vitrine {

/// How far a run is. All counts grow.
struct IndexProgress {
  std::uint64_t seen = 0;     ///< Picture files met so far.
  std::uint64_t indexed = 0;  ///< Decoded, embedded and safely recorded.
  std::uint64_t reused = 0;   ///< Known already: no inference was needed.
  std::uint64_t failed = 0;
  std::uint64_t texts = 0;  ///< Pictures in which words were looked for; after all else is done.
  bool walk_done = false;   ///< `seen` is the final count.
};

/// What became of one file.
struct FileRecord {
  enum class Outcome : std::uint8_t { kIndexed, kReused, kFailed };
  PathBytes path;
  Outcome outcome = Outcome::kIndexed;
  std::string reason;  ///< Why, when it failed.
};

/// Watches a run. Both calls come from the thread that called Index(); they must return soon.
class IndexObserver {
 public:
  virtual ~IndexObserver() = default;
  /// At most about ten times a second.
  virtual void OnProgress(const IndexProgress& /*progress*/) {}
  /// After these files are on the disk for good: a power cut from here on loses none of them.
  virtual void OnRecorded(std::span<const FileRecord> /*files*/) {}
};

/// What a run did.
struct IndexReport {
  static constexpr std::size_t kMaxFailures = 100'000;

  std::uint64_t seen = 0;     ///< Picture files met.
  std::uint64_t indexed = 0;  ///< Embedded in this run.
  std::uint64_t reused = 0;   ///< Unchanged, moved or copied: their vectors were there already.
  std::uint64_t removed = 0;  ///< Paths that are gone and left the results.
  std::uint64_t failed = 0;   ///< Files that could not be read, this time or before.
  std::uint64_t skipped = 0;  ///< Files that are no pictures, and companions of RAW files.
  std::uint64_t texts = 0;    ///< Pictures in which words were looked for.
  double seconds = 0;
  std::vector<FileRecord> failures;  ///< The first kMaxFailures of them, each with its reason.
  std::vector<PathBytes> offline;    ///< Roots that are not there now; their pictures stay in the library.
  std::vector<std::string> notes;    ///< What a person may want to know, in words.
  bool stopped = false;              ///< Ended early by the StopSignal; the next run goes on from here.
};

}  // namespace vitrine
