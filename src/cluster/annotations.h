// Annotations (catalog/annotations.h) of a library on a cluster: people's tags and notes lie with the
// pictures' documents, the rest in the journal.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "catalog/annotations.h"
#include "cluster/cluster.h"
#include "cluster/journal_doc.h"
#include "cluster/mapping.h"
#include "cluster/steps.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

class ClusterChange;

/// As the interface says, with these differences. Nobody is kept from changing while a Change lives: of two
/// that are committed at the same time one fails with kLocked, has changed nothing, and is to be made again
/// from its beginning. Calls that read see what was committed, and of an open change its pictures. What only
/// a library on this machine has (moved files, sidecars, changes without the journal) is kUnsupported. Errors
/// of all also: those of Cluster::Ask, kIo (a shard does not answer, so that something would be overlooked),
/// kCorrupt. Calls that write answer when searches see what they wrote.
class ClusterAnnotations final : public Annotations {
 public:
  /// @param index  (or alias) of the pictures. What is lent outlives this.
  ClusterAnnotations(const Cluster& cluster, std::string index, const IndexMeta& meta)
      : cluster_(cluster), index_(index), steps_(cluster, std::move(index), meta) {}

  Result<std::vector<TagCount>> Tags() override;
  Result<std::vector<MarkedAsset>> MarksOf(const std::string& path) override;
  Result<std::vector<AssetTag>> TagsOf(AssetId asset) override;
  Result<Note> NoteOf(AssetId asset) override;
  Result<std::vector<Note>> NotesOf(std::span<const AssetId> assets) override;
  Result<std::vector<SavedSearch>> SavedSearches() override;
  Result<std::vector<JournalEntry>> Journal(std::size_t limit) override;
  Result<std::unique_ptr<Change>> Begin(const std::string& what) override;
  Result<std::unique_ptr<Change>> BeginUnrecorded() override;
  Result<JournalEntry> Undo() override { return steps_.Step(Side::kBefore); }
  Result<JournalEntry> Redo() override { return steps_.Step(Side::kAfter); }

  /// Finishes a step that somebody was cut off from.
  Status FinishWhatWasCutOff() { return steps_.FinishWhatWasCutOff(); }

 private:
  friend class ClusterChange;

  Result<Said> SaidAbout(AssetId asset);

  const Cluster& cluster_;
  const std::string index_;
  Steps steps_;
  ClusterChange* open_ = nullptr;  // The change that lives, if any.
};

/// Pictures as they are said to be, and as a change is to make them; in memory until Commit().
class ClusterChange final : public Change {
 public:
  ClusterChange(ClusterAnnotations& home, std::string what, Head head);
  ~ClusterChange() override;

  Status Mark(const std::string& path, std::span<const AssetId> assets, const TagMark& mark) override;
  Status Suggest(const std::string& path, std::span<const MarkedAsset> marks) override;
  Status ReplaceSuggestions(std::span<const SuggestedMarks> suggestions) override;
  Status Unmark(const std::string& path, std::span<const AssetId> assets) override;
  Status ForgetSuggestions(const std::string& path) override;
  Status RenameTag(const std::string& from, const std::string& to) override;
  Status DeleteTag(const std::string& path) override;
  Status SetNote(AssetId asset, const Note& note) override;
  Status SaveSearch(const SavedSearch& search) override;
  Status DropSearch(const std::string& name) override;
  Status RecordMove(const FileMove& move) override;
  Status RememberSidecar(const SidecarRecord& sidecar) override;
  Result<std::int64_t> Commit() override;

  /// Reads pictures that were not read yet; those that are not there are passed over.
  Status Load(std::span<const AssetId> assets);
  /// Those for which a query of the cluster holds.
  Status LoadWhere(const std::string& query);
  /// What is said of a loaded picture so far; null for one that is not there.
  struct Picture {
    std::string document;
    Said before;
    std::map<std::string, AssetTag> tags;  ///< By folded path.
    Note note;
  };
  const Picture* Find(AssetId asset) const;
  const std::map<AssetId, Picture>& pictures() const { return pictures_; }

 private:
  Status CheckOpen() const;
  Status LoadTags();
  Status LoadAll(std::span<const AssetId> assets);
  Result<std::string> KnownTag(const std::string& path);
  Result<std::string> EnsureTag(const std::string& path);
  std::vector<std::string> Branch(const std::string& path) const;
  void Store(const std::string& path, AssetId asset, const TagMark& mark);
  std::vector<PictureChange> PictureChanges() const;
  ListChange ListChanges(std::span<const PictureChange> pictures) const;

  ClusterAnnotations& home_;
  const std::string what_;
  bool committed_ = false;
  const Head head_;
  bool knows_tags_ = false;
  std::map<std::string, std::string> tags_before_, tags_;  // By folded path; read when they are first needed.
  std::map<std::string, std::string> searches_;
  std::map<AssetId, Picture> pictures_;
};

}  // namespace vitrine::cluster
