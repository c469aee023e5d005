// What people say of the pictures of a library on a cluster: tags, ratings, captions, searches under a name,
// and taking any of it back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "cluster/annotations.h"
#include "engine/cluster/room.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// The calls of Library of the same names, with the same words for the same mistakes. A change
/// that somebody else was quicker than is made again, some times. Thread-safe.
class ClusterSaying {
 public:
  /// @param room  outlives this.
  explicit ClusterSaying(ClusterRoom& room);

  Result<std::vector<SavedSearch>> SavedSearches();
  Status SaveSearch(const SavedSearch& search);
  Status DropSearch(const std::string& name);
  Result<std::vector<JournalEntry>> Journal(std::size_t limit);
  Result<JournalEntry> Undo();
  Result<JournalEntry> Redo();
  Result<std::uint64_t> Annotate(std::span<const PathBytes> pictures, const NoteChange& change);

  /// Any other change.
  Status Say(const std::function<Status(Annotations&)>& work);

  /// What somebody was cut off from half-way is finished: for whoever opens the library. That it cannot be is
  /// no reason not to search.
  void FinishWhatWasCutOff();

 private:
  template <typename Work>
  auto Ask(const Work& work) -> decltype(work());
  template <typename Work>
  auto Change(const Work& work) -> decltype(work());
  Result<std::vector<AssetId>> PicturesAt(std::span<const PathBytes> paths);

  ClusterRoom& room_;
  std::mutex mutex_;  // Of what follows.
  cluster::ClusterAnnotations annotations_;
};

}  // namespace vitrine
