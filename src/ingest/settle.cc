// What a complete walk did not see is either gone or out of reach, and only the first may be forgotten. Out
// of reach is
//   - everything under a root that is missing, or that holds no picture while some are remembered (an empty
//   mount point);
//   - everything under a folder that could not be read;
//   - everything under an inner root that would be offline on its own;
//   - files of a drive of which nothing was seen in this walk, while other drives were.
#include <algorithm>

#include "base/try.h"
#include "base/utf8.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

std::string Files(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " file" : " files"); }

class Settler {
 public:
  Settler(RunState& state, Catalog& catalog, const FeedOutcome& feed, IndexReport& report)
      : state_(state), catalog_(catalog), feed_(feed), report_(report) {}

  Status Settle(const RootOutcome& root) {
    switch (root.end) {
      case WalkEnd::kStopped:
        return {};
      case WalkEnd::kRepeated:
        report_.notes.push_back(Quoted(root.path) + " is the same as another one given, and was read once");
        return {};
      case WalkEnd::kMissing:
        return SettleMissing(root.path);
      case WalkEnd::kComplete:
        return SettleComplete(root);
    }
    return {};
  }

 private:
  Status SettleMissing(const PathBytes& root) {
    VITRINE_TRY_ASSIGN(const FolderTally tally, catalog_.TallyUnder(root, 0));
    if (tally.remembered > 0) return GoOffline(root, tally.remembered, "is not there");
    state_.failures.Add(root, "there is no such file or folder");
    return {};
  }

  Status SettleComplete(const RootOutcome& root) {
    VITRINE_TRY_ASSIGN(const FolderTally tally, catalog_.TallyUnder(root.path, state_.run));
    const bool is_readable = !std::ranges::count(feed_.unreadable, root.path);
    if (!root.has_pictures && is_readable && tally.remembered > 0 && tally.seen == 0) {
      return GoOffline(root.path, tally.remembered, "holds no pictures now");
    }
    if (!root.has_pictures && !is_readable) return {};
    if (!root.has_pictures) {
      VITRINE_TRY_ASSIGN(state_.run, catalog_.BeginRun(root.path, state_.run));
    }
    if (tally.remembered > tally.seen) return Forget(root.path);
    return {};
  }

  Status Forget(const PathBytes& root) {
    for (const PathBytes& folder : feed_.unreadable) {
      if (IsUnder(folder, root)) VITRINE_TRY(catalog_.KeepUnder(state_.run, folder));
    }
    VITRINE_TRY(KeepInnerRoots(root));
    const std::vector<std::uint64_t> devices(feed_.devices.begin(), feed_.devices.end());
    VITRINE_TRY_ASSIGN(const std::uint64_t kept, catalog_.KeepMissingDevices(state_.run, root, devices));
    if (kept > 0) {
      report_.notes.push_back(Files(kept) + " under " + Quoted(root) +
                              " lie on a drive that is not there now; they are kept");
    }
    VITRINE_TRY_ASSIGN(const std::uint64_t removed, catalog_.FinishRun(state_.run, root));
    report_.removed += removed;
    return {};
  }

  Status KeepInnerRoots(const PathBytes& root) {
    VITRINE_TRY_ASSIGN(const std::vector<RootRecord> known, catalog_.Roots());
    for (const RootRecord& inner : known) {
      if (inner.path == root || !IsUnder(inner.path, root)) continue;
      VITRINE_TRY_ASSIGN(const FolderTally tally, catalog_.TallyUnder(inner.path, state_.run));
      if (tally.remembered == 0 || tally.seen > 0) continue;
      VITRINE_TRY(catalog_.KeepUnder(state_.run, inner.path));
      VITRINE_TRY(GoOffline(inner.path, tally.remembered, "holds no pictures now"));
    }
    return {};
  }

  Status GoOffline(const PathBytes& root, std::uint64_t files, std::string_view why) {
    VITRINE_TRY(catalog_.MarkOffline(root));
    report_.offline.push_back(root);
    report_.notes.push_back(Quoted(root) + " " + std::string(why) + ": its " + Files(files) +
                            " are kept and marked offline until it is back");
    return {};
  }

  RunState& state_;
  Catalog& catalog_;
  const FeedOutcome& feed_;
  IndexReport& report_;
};

}  // namespace

Status SettleRoots(RunState& state, const FeedOutcome& feed, IndexReport& report) {
  return state.gate.With([&](Catalog& catalog) -> Status {
    Settler settler(state, catalog, feed, report);
    for (const RootOutcome& root : feed.roots) VITRINE_TRY(settler.Settle(root));
    return {};
  });
}

}  // namespace vitrine
