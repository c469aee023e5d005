#include <algorithm>
#include <utility>

#include "base/try.h"
#include "ingest/fingerprint.h"
#include "ingest/sidecars.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

// Each batch is a durable transaction; a rerun over a large library is mostly these.
constexpr std::size_t kSeenBatch = 4096;

class Feeder final : public WalkVisitor {
 public:
  Feeder(RunState& state, Belts& belts, FeedOutcome& outcome)
      : state_(state), belts_(belts), outcome_(outcome) {}

  void StartRoot(const PathBytes& root) { outcome_.roots.push_back({.path = root}); }
  void EndRoot(WalkEnd end) { outcome_.roots.back().end = end; }

  bool OnPicture(const PathBytes& path, const FileStamp& stamp) override {
    if (!state_.control.feeding()) return false;
    return state_.control.Check(Sort(path, stamp));
  }

  void OnSidecars(const std::vector<std::string>& names) override { sidecars_ = names; }

  void OnSkipped(std::uint64_t count) override { state_.tally.skipped += count; }

  void OnUnreadable(const PathBytes& path, const std::string& reason) override {
    outcome_.unreadable.push_back(path);
    state_.failures.Add(path, reason);
  }

  Status FlushSeen() {
    VITRINE_TRY(TakeSidecars(state_, std::exchange(due_, {})));
    if (seen_.empty()) return {};
    VITRINE_TRY(state_.gate.With([&](Catalog& catalog) { return catalog.MarkSeen(state_.run, seen_); }));
    seen_.clear();
    return {};
  }

 private:
  Status Sort(const PathBytes& path, const FileStamp& stamp) {
    VITRINE_TRY(JoinRun());
    ++state_.tally.seen;
    outcome_.devices.insert(stamp.device);
    VITRINE_TRY_ASSIGN(const std::optional<KnownFile> known,
                       state_.gate.With([&](Catalog& catalog) { return catalog.FileAt(path); }));
    if (known) outcome_.devices.insert(known->stamp.device);
    VITRINE_TRY_ASSIGN(std::vector<PathBytes> sidecars, SidecarNews(path));
    if (known && IsUnchanged(known->stamp, stamp)) {
      VITRINE_TRY_ASSIGN(const bool settled, Reuse(*known));
      if (settled && known->asset) {
        for (PathBytes& sidecar : sidecars)
          due_.push_back({.path = std::move(sidecar), .asset = *known->asset});
      }
      if (settled) return seen_.size() >= kSeenBatch ? FlushSeen() : Status();
    }
    belts_.candidates.Push({path, stamp, std::move(sidecars)});
    return {};
  }

  // The sidecars beside a picture that are not as they were last read or written.
  Result<std::vector<PathBytes>> SidecarNews(const PathBytes& path) {
    std::vector<PathBytes> news;
    if (sidecars_.empty()) return news;
    for (const std::string& name : SidecarsOf(NameOf(path), sidecars_)) {
      PathBytes sidecar = JoinPath(FolderOf(path), name);
      VITRINE_TRY_ASSIGN(const std::optional<SidecarRecord> remembered,
                         state_.gate.With([&](Catalog& catalog) { return catalog.SidecarAt(sidecar); }));
      if (SidecarIsNews(sidecar, remembered)) news.push_back(std::move(sidecar));
    }
    return news;
  }

  // A root takes part in the run from its first picture on; one without pictures may be a drive that is not
  // there.
  Status JoinRun() {
    RootOutcome& root = outcome_.roots.back();
    if (root.has_pictures) return {};
    root.has_pictures = true;
    return state_.gate.With([&](Catalog& catalog) -> Status {
      VITRINE_TRY_ASSIGN(state_.run, catalog.BeginRun(root.path, state_.run));
      return {};
    });
  }

  // True when what is remembered answers for the file.
  Result<bool> Reuse(const KnownFile& known) {
    if (known.asset) {
      VITRINE_TRY_ASSIGN(const std::optional<RowId> row, state_.gate.With([&](Catalog& catalog) {
        return catalog.RowOf(state_.space.id, *known.asset);
      }));
      if (!row) return false;
      ++state_.tally.reused;
    } else {
      if (state_.options.retry_failed) return false;
      state_.failures.Add(known.path, known.failure);
    }
    seen_.push_back(known.path);
    return true;
  }

  RunState& state_;
  Belts& belts_;
  FeedOutcome& outcome_;
  std::vector<PathBytes> seen_;
  std::vector<SidecarDue> due_;        // Of unchanged pictures.
  std::vector<std::string> sidecars_;  // Of the folder that the walk is in.
};

// Some files of a root. That others of it were not seen says nothing: there is nothing to settle.
WalkEnd VisitFiles(Walker& walker, const std::vector<PathBytes>& files, Feeder& feeder,
                   const RunControl& control) {
  for (const PathBytes& file : files) {
    if (!control.feeding()) break;
    walker.Walk(file, feeder);
  }
  return WalkEnd::kStopped;
}

}  // namespace

FeedOutcome Feed(RunState& state, Belts& belts, const std::vector<PathBytes>& roots) {
  FeedOutcome outcome;
  Feeder feeder(state, belts, outcome);
  Walker walker(state.options.drawings);
  for (const PathBytes& root : roots) {
    if (!state.control.feeding()) break;
    feeder.StartRoot(root);
    const std::vector<PathBytes>& files = state.options.files;
    feeder.EndRoot(files.empty() ? walker.Walk(root, feeder)
                                 : VisitFiles(walker, files, feeder, state.control));
  }
  state.control.Check(feeder.FlushSeen());
  state.tally.walk_done = state.control.feeding();
  belts.candidates.Close();
  return outcome;
}

}  // namespace vitrine
