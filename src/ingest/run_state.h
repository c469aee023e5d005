// What the stages of one ingest run share: the catalog, the counts, the failures, and the reasons to stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "catalog/catalog_gate.h"
#include "ingest/pipeline.h"
#include "vitrine/stop.h"

namespace vitrine {

/// When to stop, and why. Thread-safe.
class RunControl {
 public:
  explicit RunControl(const StopSignal& stop) : stop_(stop) {}

  /// False once no new work should start: somebody asked to stop, or the run itself failed.
  bool feeding() const { return !stop_.requested() && !failed_; }
  /// True once work in flight should be dropped.
  bool abandoned() const { return stop_.now(); }
  bool stopped() const { return stop_.requested(); }

  /// Ends the run with an error; the first one counts.
  void Fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    failed_ = true;
  }
  /// Passes a success by, fails the run otherwise. Returns whether it was a success.
  bool Check(Status status) {
    if (status) return true;
    Fail(std::move(status).error());
    return false;
  }
  std::optional<Error> error() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  const StopSignal& stop_;
  std::atomic<bool> failed_ = false;
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

/// IndexProgress for several threads.
struct Tally {
  std::atomic<std::uint64_t> seen = 0;
  std::atomic<std::uint64_t> indexed = 0;
  std::atomic<std::uint64_t> reused = 0;
  std::atomic<std::uint64_t> failed = 0;
  std::atomic<std::uint64_t> skipped = 0;
  std::atomic<std::uint64_t> sidecars = 0;  ///< Read.
  std::atomic<bool> walk_done = false;

  IndexProgress Now() const {
    return {.seen = seen, .indexed = indexed, .reused = reused, .failed = failed, .walk_done = walk_done};
  }
};

/// The failures of a run, the first of them with their reasons. Thread-safe.
class FailureList {
 public:
  explicit FailureList(Tally& tally) : tally_(tally) {}

  void Add(const PathBytes& path, const std::string& reason) {
    ++tally_.failed;
    const std::lock_guard lock(mutex_);
    if (failures_.size() < IndexReport::kMaxFailures)
      failures_.push_back({.path = path, .outcome = FileRecord::Outcome::kFailed, .reason = reason});
  }
  std::vector<FileRecord> TakeAll() {
    const std::lock_guard lock(mutex_);
    return std::move(failures_);
  }

 private:
  Tally& tally_;
  std::mutex mutex_;
  std::vector<FileRecord> failures_;
};

/// Everything that the stages share.
struct RunState {
  RunState(const IngestRooms& rooms_of_run, const IngestOptions& options_of_run, const StopSignal& stop)
      : rooms(rooms_of_run),
        options(options_of_run),
        space(rooms.embedder.space()),
        gate(rooms.gate),
        control(stop),
        failures(tally) {}

  const IngestRooms& rooms;
  const IngestOptions& options;
  const Space space;
  CatalogGate& gate;
  RunControl control;
  Tally tally;
  FailureList failures;
  /// The catalog's number for this run; 0 until the first picture is found.
  std::atomic<std::int64_t> run = 0;
  /// Pictures whose tags or notes were changed here since their sidecars were written. Fixed before the
  /// stages start.
  std::unordered_set<AssetId> changed_here;
};

}  // namespace vitrine
