// The journal of a library on a cluster: an index of its own, through which one change follows another
// (docs/decisions/0023-saying-on-a-cluster.md).
//
//   vitrine-journal-<name>
//     "head"          where steps stand; written only by whoever read it as it is
//     <entry>         a change, and its state
//     <entry>-<n>     what it says of up to kPicturesAPart pictures
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "cluster/journal_doc.h"
#include "cluster/shared_documents.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

inline constexpr std::size_t kPicturesAPart = 500;
/// Entries that are kept, the newest.
inline constexpr std::int64_t kMostEntries = 1000;

/// Errors of all: those of Cluster::Ask, kCorrupt. A library that nobody changed yet has an empty journal.
class Journal {
 public:
  explicit Journal(const Cluster& cluster);

  /// As it is now, whatever searches see.
  Result<Head> ReadHead() const;
  /// Writes it in place of what was read, and sets its token and where it lies. Makes the index when there is
  /// none. Errors: kLocked (somebody else wrote it meanwhile; nothing has happened).
  Status WriteHead(Head& head) const;

  /// Keeps a change that is to be done next after `head`, under entry.id; counts its parts.
  Status Keep(const Head& head, Entry& entry, std::span<const PictureChange> pictures) const;
  Result<std::optional<Entry>> Find(const std::string& id) const;
  /// The pictures of an entry, a part at a time.
  Status ForEachPart(const Entry& entry,
                     const std::function<Status(std::span<const PictureChange>)>& visit) const;
  /// Remembers which side of an entry holds since a step, unless a later one is there already; the next
  /// search sees it.
  Status SetSide(const std::string& id, Side side, std::int64_t step) const;

  /// The newest entry that stands; the oldest undone one that can be put back.
  Result<std::optional<Entry>> NewestStanding() const;
  Result<std::optional<Entry>> OldestUndone(const Head& head) const;
  /// Newest first.
  Result<std::vector<JournalEntry>> List(const Head& head, std::size_t limit) const;

  /// Removes a change that was never begun. Best effort.
  void Drop(const Entry& entry) const;
  /// Removes what can neither be taken back nor put back any more. Best effort.
  void Tidy(const Head& head) const;

 private:
  Status EnsureIndex() const;
  Result<std::vector<Entry>> Search(const nlohmann::json& filter, const char* order, std::size_t limit) const;
  void DeleteWhere(const nlohmann::json& query) const;

  const Cluster& cluster_;
  const SharedDocuments documents_;
};

}  // namespace vitrine::cluster
