#include "engine/cluster/saying.h"

#include "base/try.h"
#include "cluster/shared_documents.h"
#include "cluster/understood.h"
#include "engine/cluster/subjects.h"
#include "engine/journal.h"
#include "engine/notes.h"
#include "engine/tag_subjects.h"

namespace vitrine {
namespace {

constexpr int kMostTries = 8;

}  // namespace

ClusterSaying::ClusterSaying(ClusterRoom& room)
    : room_(room), annotations_(room.cluster(), room.alias(), room.meta()) {}

template <typename Work>
auto ClusterSaying::Ask(const Work& work) -> decltype(work()) {
  const std::lock_guard lock(mutex_);
  return cluster::Understood(room_.address(), work);
}

template <typename Work>
auto ClusterSaying::Change(const Work& work) -> decltype(work()) {
  return Ask([&]() -> decltype(work()) {
    for (int tries = 1;; ++tries) {
      auto done = work();
      const bool overtaken = !done && done.error().code() == Code::kLocked;
      if (!overtaken || tries == kMostTries) return done;
      cluster::GiveWay();
    }
  });
}

Result<std::vector<AssetId>> ClusterSaying::PicturesAt(std::span<const PathBytes> paths) {
  return AssetsAt(
      paths, [this](const PathBytes& path) { return PicturesUnder(room_.cluster(), room_.alias(), path); });
}

Result<std::vector<SavedSearch>> ClusterSaying::SavedSearches() {
  return Ask([&] { return annotations_.SavedSearches(); });
}

Status ClusterSaying::SaveSearch(const SavedSearch& search) {
  return Change([&] { return KeepSearch(annotations_, search); });
}

Status ClusterSaying::DropSearch(const std::string& name) {
  return Change([&] { return ForgetSearch(annotations_, name); });
}

Result<std::vector<JournalEntry>> ClusterSaying::Journal(std::size_t limit) {
  return Ask([&] { return annotations_.Journal(limit); });
}

Result<JournalEntry> ClusterSaying::Undo() {
  return Change([&] { return UndoNewest(annotations_); });
}

Result<JournalEntry> ClusterSaying::Redo() {
  return Change([&] { return RedoOldest(annotations_); });
}

Result<std::uint64_t> ClusterSaying::Annotate(std::span<const PathBytes> pictures, const NoteChange& change) {
  return Change([&]() -> Result<std::uint64_t> {
    VITRINE_TRY_ASSIGN(const std::vector<AssetId> assets, PicturesAt(pictures));
    return ChangeNotes(annotations_, assets, change);
  });
}

Status ClusterSaying::Say(const std::function<Status(Annotations&)>& work) {
  return Change([&] { return work(annotations_); });
}

void ClusterSaying::FinishWhatWasCutOff() {
  static_cast<void>(Ask([&] { return annotations_.FinishWhatWasCutOff(); }).has_value());
}

}  // namespace vitrine
