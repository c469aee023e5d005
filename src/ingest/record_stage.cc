#include <chrono>

#include "base/try.h"
#include "ingest/fingerprint.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatchFiles = 64;
constexpr std::chrono::seconds kBatchAge{1};
constexpr std::chrono::milliseconds kTick{100};
constexpr std::uint64_t kPublishRows = 2000;
constexpr std::chrono::seconds kPublishAge{10};

class Recorder {
 public:
  Recorder(RunState& state, Belts& belts, IndexObserver* observer)
      : state_(state), belts_(belts), observer_(observer) {}

  void Run() {
    bool more = true;
    while (more) {
      const std::size_t before = pending_.size();
      more = belts_.finished.PopBatch(pending_, kBatchFiles, kTick);
      if (before == 0 && !pending_.empty()) oldest_ = Clock::now();
      if (state_.control.abandoned() || !catalog_works_) pending_.clear();
      const bool due = pending_.size() >= kBatchFiles || Clock::now() - oldest_ >= kBatchAge || !more;
      if (due && !pending_.empty()) catalog_works_ = state_.control.Check(Flush());
      if (catalog_works_ && IsPublishDue()) catalog_works_ = state_.control.Check(Publish());
      if (observer_ != nullptr && Clock::now() - last_progress_ >= kTick) Progress();
    }
  }

 private:
  // Writes what is pending. The files that waited for one of its contents are settled by a second batch,
  // since only now the catalog knows what they are copies of.
  Status Flush() {
    std::vector<Finished> batch = std::exchange(pending_, {});
    VITRINE_TRY(Record(batch));
    std::vector<Finished> copies;
    for (const Finished& finished : batch) {
      if (!finished.content) continue;
      for (const Candidate& waiting : belts_.in_flight.Release(*finished.content)) {
        VITRINE_TRY_ASSIGN(Finished copy, CopyOf(finished, waiting));
        copies.push_back(std::move(copy));
      }
    }
    return Record(copies);
  }

  Result<Finished> CopyOf(const Finished& first, const Candidate& waiting) {
    Finished copy;
    copy.outcome.path = waiting.path;
    copy.outcome.failure = first.outcome.failure;
    if (!copy.outcome.failure.empty()) {
      // Bound to the first one's fate: where that is to be tried again, so is this.
      const bool retry = IsUnchanged(first.outcome.stamp, Doubtful(first.outcome.stamp));
      copy.outcome.stamp = retry ? Doubtful(waiting.stamp) : waiting.stamp;
      return copy;
    }
    copy.outcome.stamp = StampToRemember(waiting.stamp, NowNs());
    copy.sidecars = waiting.sidecars;
    VITRINE_TRY_ASSIGN(copy.outcome.asset, state_.gate.With([&](Catalog& catalog) {
      return catalog.AssetByContent(*first.content, state_.space.id);
    }));
    return copy;
  }

  Status Record(std::vector<Finished>& batch) {
    if (batch.empty()) return {};
    std::vector<FileOutcome> outcomes;
    outcomes.reserve(batch.size());
    EncodedRows vectors{.dimension = state_.space.dimension};
    for (Finished& finished : batch) {
      outcomes.push_back(finished.outcome);
      if (finished.outcome.new_asset) vectors.Append(finished.vector, 0, 1);
    }
    VITRINE_TRY(state_.gate.With([&](Catalog& catalog) {
      return catalog.RecordBatch(state_.run, state_.space.id, outcomes, vectors);
    }));
    VITRINE_TRY_ASSIGN(const std::vector<SidecarDue> sidecars, SidecarsOf(batch));
    VITRINE_TRY(TakeSidecars(state_, sidecars));
    std::vector<FileRecord> records;
    records.reserve(outcomes.size());
    for (const FileOutcome& outcome : outcomes) records.push_back(Count(outcome));
    if (observer_ != nullptr) observer_->OnRecorded(records);
    return {};
  }

  Result<std::vector<SidecarDue>> SidecarsOf(const std::vector<Finished>& batch) {
    std::vector<SidecarDue> due;
    for (const Finished& finished : batch) {
      if (finished.sidecars.empty()) continue;
      VITRINE_TRY_ASSIGN(const std::optional<KnownFile> known, state_.gate.With([&](Catalog& catalog) {
        return catalog.FileAt(finished.outcome.path);
      }));
      if (!known || !known->asset) continue;
      for (const PathBytes& path : finished.sidecars) due.push_back({.path = path, .asset = *known->asset});
    }
    return due;
  }

  FileRecord Count(const FileOutcome& outcome) {
    using enum FileRecord::Outcome;
    if (outcome.new_asset) {
      ++state_.tally.indexed;
      ++unpublished_;
      return {.path = outcome.path, .outcome = kIndexed};
    }
    if (outcome.asset) {
      ++state_.tally.reused;
      return {.path = outcome.path, .outcome = kReused};
    }
    state_.failures.Add(outcome.path, outcome.failure);
    return {.path = outcome.path, .outcome = kFailed, .reason = outcome.failure};
  }

  bool IsPublishDue() const {
    return unpublished_ >= kPublishRows || (unpublished_ > 0 && Clock::now() - last_publish_ >= kPublishAge);
  }

  Status Publish() {
    VITRINE_TRY(PublishVectors(state_, Checking::kOnFirstUse));
    unpublished_ = 0;
    last_publish_ = Clock::now();
    return {};
  }

  void Progress() {
    last_progress_ = Clock::now();
    observer_->OnProgress(state_.tally.Now());
  }

  static std::int64_t NowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  RunState& state_;
  Belts& belts_;
  IndexObserver* observer_;
  std::vector<Finished> pending_;
  Clock::time_point oldest_ = Clock::now();
  Clock::time_point last_progress_ = Clock::now();
  Clock::time_point last_publish_ = Clock::now();
  std::uint64_t unpublished_ = 0;
  bool catalog_works_ = true;
};

}  // namespace

void RecordFinished(RunState& state, Belts& belts, IndexObserver* observer) {
  Recorder(state, belts, observer).Run();
}

Status PublishVectors(RunState& state, Checking checking) {
  if (state.options.segments.folder.empty()) return {};
  return state.gate.With([&](Catalog& catalog) -> Status {
    SegmentIdentity identity = state.options.segments;
    identity.space = state.space.id;
    identity.dimension = state.space.dimension;
    VITRINE_TRY_ASSIGN(identity.generation, catalog.Generation(state.space.id));
    VITRINE_TRY_ASSIGN(const std::unique_ptr<RowSource> vectors, catalog.Vectors(state.space.id));
    return PublishSegments(identity, *vectors, checking);
  });
}

}  // namespace vitrine
