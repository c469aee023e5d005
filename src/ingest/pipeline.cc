#include "ingest/pipeline.h"

#include <chrono>
#include <limits>
#include <thread>

#include "base/try.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

// Runs all stages to their end; this thread records.
FeedOutcome RunStages(RunState& state, const std::vector<PathBytes>& roots, IndexObserver* observer) {
  Belts belts(state.options);
  FeedOutcome feed;
  std::jthread feeding([&] { feed = Feed(state, belts, roots); });
  std::jthread embedding([&] { EmbedDecoded(state, belts); });
  std::jthread decoding([&] {
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 1; i < state.options.decode_threads; ++i) {
        threads.emplace_back([&] { DecodeCandidates(state, belts); });
      }
      DecodeCandidates(state, belts);
    }
    belts.decoded.Close();
  });
  RecordFinished(state, belts, observer);
  feeding.join();
  return feed;
}

IndexReport ReportOf(RunState& state, IndexReport report) {
  const IndexProgress counts = state.tally.Now();
  report.seen = counts.seen;
  report.indexed = counts.indexed;
  report.reused = counts.reused;
  report.failed = counts.failed;
  report.skipped = state.tally.skipped;
  report.failures = state.failures.TakeAll();
  report.stopped = state.control.stopped();
  if (const std::uint64_t read = state.tally.sidecars; read > 0) {
    report.notes.push_back(std::to_string(read) + (read == 1 ? " sidecar was read" : " sidecars were read"));
  }
  return report;
}

}  // namespace

Result<IndexReport> Ingest(const IngestRooms& rooms, const IngestOptions& options, IndexObserver* observer,
                           const StopSignal& stop) {
  const auto start = std::chrono::steady_clock::now();
  if (options.roots.empty()) return Error(Code::kInvalidArgument, "name a folder or a file to index");
  const Space& space = rooms.embedder.space();
  VITRINE_TRY(rooms.gate.With(
      [&](Catalog& catalog) { return catalog.EnsureSpace(space.id, space.model, space.dimension); }));

  RunState state(rooms, options, stop);
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> due, rooms.gate.With([](Catalog& catalog) {
    return catalog.SidecarsDue(std::numeric_limits<std::int64_t>::max());
  }));
  state.changed_here.insert(due.begin(), due.end());
  const FeedOutcome feed = RunStages(state, CleanRoots(options.roots), observer);
  IndexReport report;
  const bool complete = state.control.feeding();
  if (complete) state.control.Check(SettleRoots(state, feed, report));
  if (complete) state.control.Check(MakeMissingSketches(state));
  if (!state.control.abandoned()) state.control.Check(PublishVectors(state, Checking::kAll));
  if (std::optional<Error> error = state.control.error()) return *std::move(error);

  report = ReportOf(state, std::move(report));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (observer != nullptr) observer->OnProgress(state.tally.Now());
  return report;
}

}  // namespace vitrine
