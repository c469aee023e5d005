// Work that several machines share: items in an index of the cluster, "vitrine-work-<name>". Each is open, or
// claimed by one machine, or done, and changes only upon what was read (the cluster's sequence numbers), so
// that of two machines that reach for one item one gets it.
//
// A claim holds as long as its holder says so: it counts a number up, every kBeat. Whoever saw the same
// number for kSilence of its own steady clock, and saw it more than once, takes the item over. Nobody's time
// of day is compared with another's, so clocks that differ do no harm. A machine that was only slow loses its
// claim: both then do the work, which must be such that doing it twice changes nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cluster/cluster.h"
#include "cluster/shared_documents.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine::cluster {

inline constexpr std::chrono::seconds kBeat{5}, kSilence{30};
/// So many claims in turn may end without a result; then the item is taken for what ends them, and left out.
inline constexpr int kMostTries = 5;

/// A piece of work: the same on every machine that sees the same files.
struct WorkItem {
  std::string id;
  PathBytes folder;  ///< Where it lies; said when it is given up, and what ForgetOthers() goes by.
};

/// What was done. Kept with the item, for whoever else waits for it.
struct WorkResult {
  std::uint64_t indexed = 0, reused = 0, removed = 0;
  std::vector<std::pair<PathBytes, std::string>> failures;  ///< Files that could not be read, and why.
  bool again = false;  ///< The next run is to look again: a file was not to be had, or just changing.
};

/// Work that is done without this machine.
struct Finished {
  std::string id;
  WorkResult result;
  bool before = false;  ///< It was done when this machine offered it; else by others since.
};

/// One machine's view of the work. Thread-safe.
class WorkList {
 public:
  using Now = std::function<std::chrono::steady_clock::time_point()>;
  /// @param holder  by which this machine's claims are known: no other may have the same.
  WorkList(
      const Cluster& cluster, std::string holder, Now now = [] { return std::chrono::steady_clock::now(); });

  /// Makes the index if it is not there. Errors: those of Cluster::Ask.
  Status Open();

  /// Adds items to be done; those that others have offered already stay as they are. Items that are done but
  /// want another look (`again`; with `retry_failed` also those with failures) are opened again. Errors:
  /// those of Cluster::Ask.
  Status Offer(std::span<const WorkItem> items, bool retry_failed);

  /// What Next() found.
  struct Turn {
    std::optional<std::string> claimed;   ///< This machine's now.
    std::vector<Finished> finished;       ///< Each once.
    bool all_done = false;                ///< Of all that was offered.
    std::vector<std::string> taken_over;  ///< Holders that were silent for too long.
  };
  /// Claims an item that nobody works at. Nothing claimed and not all done: ask again after a pause. Errors:
  /// those of Cluster::Ask.
  Result<Turn> Next();

  /// Says that this machine still works at what it has claimed. False when somebody took it over.
  Result<bool> Beat();
  /// Ends the claim. False when somebody took it over.
  Result<bool> Finish(const WorkResult& result);
  /// Ends the claim without a result: another machine may go on at once.
  Status GiveBack();

  /// Forgets done items at and under `folder` that are not among those that were offered: should the files
  /// ever be again as they were, they are work again. Errors: those of Cluster::Ask.
  Status ForgetOthers(const PathBytes& folder);

 private:
  /// A claim as it was seen.
  struct Seen {
    std::string holder;
    std::int64_t beat = 0;
    std::chrono::steady_clock::time_point since;
    int times = 0;
  };
  Result<std::map<std::string, SharedDocument>> ReadMany(std::span<const std::string> ids) const;
  Result<std::optional<SharedDocument>> Write(const std::string& id, const nlohmann::json& source,
                                              const Version& upon) const;
  Status Create(std::span<const WorkItem> items);
  Status Reopen(std::span<const WorkItem> items, bool retry_failed);
  bool IsSilent(const std::string& id, const nlohmann::json& source);
  Result<bool> Claim(const SharedDocument& read, Turn& turn);
  Result<bool> WriteClaim(nlohmann::json source);
  Status Look(std::span<const std::string> ids, Turn& turn);

  const Cluster& cluster_;
  const SharedDocuments documents_;
  const std::string holder_;
  const Now now_;
  std::mutex mutex_;                          // Of what follows.
  std::map<std::string, PathBytes> offered_;  // Folders by id.
  std::vector<std::string> left_;             // Not known to be done, in the order to be tried.
  std::set<std::string> done_before_;
  std::map<std::string, Seen> seen_;
  std::optional<SharedDocument> claim_;
};

}  // namespace vitrine::cluster
