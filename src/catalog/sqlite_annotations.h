// Annotations and Change over the catalog's tables.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/annotation_rules.h"
#include "catalog/annotations.h"
#include "catalog/changeset.h"
#include "catalog/sqlite.h"
#include "catalog/tag_store.h"

namespace vitrine {

class SqliteAnnotations final : public Annotations {
 public:
  explicit SqliteAnnotations(Database& db) : db_(db) {}

  Result<std::vector<TagCount>> Tags() override;
  Result<std::vector<MarkedAsset>> MarksOf(const std::string& path) override;
  Result<std::vector<AssetTag>> TagsOf(AssetId asset) override;
  Result<Note> NoteOf(AssetId asset) override;
  Result<std::vector<Note>> NotesOf(std::span<const AssetId> assets) override;
  Result<std::vector<SavedSearch>> SavedSearches() override;
  Result<std::vector<JournalEntry>> Journal(std::size_t limit) override;
  Result<std::unique_ptr<Change>> Begin(const std::string& what) override;
  Result<std::unique_ptr<Change>> BeginUnrecorded() override;
  Result<JournalEntry> Undo() override;
  Result<JournalEntry> Redo() override;

 private:
  Result<JournalEntry> Step(ChangeDirection direction);

  Database& db_;
};

/// One transaction. Nothing else may write to the catalog while it lives.
class SqliteChange final : public Change {
 public:
  static Result<std::unique_ptr<Change>> Begin(Database& db, const std::string& what, bool recorded);

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

 private:
  SqliteChange(Database& db, Transaction transaction, std::optional<ChangeRecorder> recorder,
               std::string what, std::int64_t last_due)
      : db_(db),
        transaction_(std::move(transaction)),
        recorder_(std::move(recorder)),
        what_(std::move(what)),
        last_due_(last_due) {}

  /// Errors: kInvalidArgument when the change was committed already.
  Status CheckOpen() const;
  Status CheckAsset(AssetId asset);
  /// The tag of this path, made when there is none.
  Result<std::int64_t> EnsureTag(const std::string& path);
  /// Errors: kNotFound.
  Result<std::int64_t> KnownTag(const std::string& path);
  Result<std::int64_t> Record(ChangeRecorder& recorder);

  Database& db_;
  std::optional<Transaction> transaction_;
  std::optional<ChangeRecorder> recorder_;  // Gone before the transaction is. Absent when unrecorded.
  std::string what_;
  std::int64_t last_due_;  // The last entry of sidecar_due before this change.
  std::vector<TagRow> made_;
  std::vector<FileMove> moves_;
};

/// Writes a note in place of an earlier one; an empty one removes it. Inside a Transaction.
Status StoreNote(Database& db, AssetId asset, const Note& note);

/// Keeps a sidecar in place of an earlier one at its path. Inside a Transaction.
Status StoreSidecar(Database& db, const SidecarRecord& sidecar);

/// The last entry of sidecar_due, and forgetting those after it: what files say themselves is in them.
Result<std::int64_t> LastSidecarDue(Database& db);
Status ForgetSidecarsDueAfter(Database& db, std::int64_t last);

}  // namespace vitrine
