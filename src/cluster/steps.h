// Steps of a library on a cluster: doing a change, taking it back, putting it back. One follows another, and
// each is done exactly once, whoever is cut off in the middle and whoever is slow.
//
//   1. The change is written into the journal, with both sides of everything it touches.
//   2. "head" names it as under way: whoever writes that first, upon the head as it was read, is the next.
//   3. Every picture is made that side's, unless it has seen this step or a later one (its field `step`).
//   4. Searches are made to see it; then the head says that nothing is under way.
//
// From 2 on the step is decided: whoever wants to make the next one and finds it unfinished does 3 and 4
// first.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "cluster/cluster.h"
#include "cluster/journal.h"
#include "cluster/mapping.h"
#include "vitrine/journal.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Not thread-safe.
class Steps {
 public:
  /// @param index  (or alias) of the pictures.
  Steps(const Cluster& cluster, std::string index, const IndexMeta& meta)
      : cluster_(cluster), index_(std::move(index)), meta_(meta), journal_(cluster) {}

  const Journal& journal() const { return journal_; }

  /// The head when nothing is under way: what was is finished first. Errors: those of Cluster::Ask, kCorrupt.
  Result<Head> Settled();

  /// Finishes what somebody began some time ago and seems to have been cut off from.
  Status FinishWhatWasCutOff();

  /// Does a change that the journal keeps, next after `head`. Errors: kLocked (another step came first;
  /// nothing has happened), those of Cluster::Ask (after step 2 somebody else will finish it).
  Status Do(const Entry& entry, Head head);

  /// Takes the newest standing entry back (kBefore), or puts the oldest undone one back (kAfter). Errors as
  /// Annotations::Undo() has them, those of Cluster::Ask.
  Result<JournalEntry> Step(Side side);

 private:
  Status Begin(const Entry& entry, Side side, bool is_new, Head& head);
  Status Make(std::span<const PictureChange> pictures, Side side, std::int64_t step) const;
  Status Finish(const Head& head);
  Status MakeAll(Head head);
  Status Check(const Entry& entry, Side side, const Head& head) const;

  const Cluster& cluster_;
  const std::string index_;
  const IndexMeta meta_;
  const Journal journal_;
};

}  // namespace vitrine::cluster
