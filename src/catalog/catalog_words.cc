#include <algorithm>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/words.h"

namespace vitrine {
namespace {

// FTS5 reports a malformed expression as a general error of SQLite's.
Error Refused(Error error) {
  if (error.code() != Code::kInternal) return error;
  return Error(Code::kInvalidArgument, "the words cannot be looked up: " + error.message());
}

Status KeepText(Database& db, std::int64_t asset, const std::string& valid) {
  return db
      .Ask(
          "INSERT INTO picture_text (asset, text) SELECT id, ?2 FROM asset WHERE id = ?1 "
          "ON CONFLICT (asset) DO UPDATE SET text = ?2",
          asset, CutUtf8(valid, kMaxTextBytes))
      .Run();
}

}  // namespace

Result<std::vector<WordHit>> SqliteCatalog::FindWords(const std::string& space, const std::string& match,
                                                      std::size_t limit) {
  std::vector<WordHit> hits;
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return hits;
  // SQLite's bm25 is negative, the smaller the better.
  Statement query = db_.Ask("SELECT embedding.id, bm25(words, " VITRINE_WORD_WEIGHTS
                            ") AS score, words_column(words) FROM words CROSS JOIN embedding "
                            "ON embedding.asset = words.rowid AND embedding.space = ?1 "
                            "WHERE words MATCH ?2 ORDER BY score, embedding.id LIMIT ?3",
                            known->id, std::string_view(match), AtMostInt64(limit));
  while (true) {
    const Result<bool> found = query.Next();
    if (!found) return Refused(found.error());
    if (!*found) return hits;
    hits.push_back(
        {.row = RowOfEmbedding(query.Int(0)),
         .bm25 = static_cast<float>(std::max(-query.Real(1), 1e-6)),
         .column = std::string(kWordColumns[static_cast<std::size_t>(query.Int(2)) % kWordColumns.size()])});
  }
}

Result<RowSet> SqliteCatalog::RowsWithWords(const std::string& space, const std::string& match) {
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return RowSet();
  VITRINE_TRY_ASSIGN(const RowId count, CountRows(db_, known->id));
  RowSet rows(count);
  Statement query = db_.Ask(
      "SELECT embedding.id FROM words CROSS JOIN embedding "
      "ON embedding.asset = words.rowid AND embedding.space = ?1 WHERE words MATCH ?2",
      known->id, std::string_view(match));
  while (true) {
    const Result<bool> found = query.Next();
    if (!found) return Refused(found.error());
    if (!*found) return rows;
    if (const RowId row = RowOfEmbedding(query.Int(0)); row < count) rows.Insert(row);
  }
}

Result<WordTexts> SqliteCatalog::TextsOf(AssetId asset) {
  WordTexts texts;
  Statement query = db_.Ask("SELECT name, tag, caption, folder, picture_text FROM words WHERE rowid = ?",
                            static_cast<std::int64_t>(asset));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  for (std::size_t i = 0; found && i < texts.size(); ++i) texts[i] = query.Text(static_cast<int>(i));
  return texts;
}

Result<std::uint64_t> SqliteCatalog::WordFrequency(const std::string& word) {
  std::string match = "\"";
  for (const char letter : ToValidUtf8(word)) {
    if (letter == '\0') continue;
    match += letter;
    if (letter == '"') match += letter;
  }
  match += '"';
  Statement query = db_.Ask("SELECT count(*) FROM words WHERE words MATCH ?", std::string_view(match));
  const Result<bool> found = query.Next();
  if (!found) return Refused(found.error());
  return static_cast<std::uint64_t>(query.Int(0));
}

Status SqliteCatalog::SetPictureText(AssetId asset, const std::string& text) {
  const auto id = static_cast<std::int64_t>(asset);
  const std::string valid = ToValidUtf8(text);
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  {
    Statement query = db_.Ask("SELECT 1 FROM asset WHERE id = ?", id);
    VITRINE_TRY_ASSIGN(const bool exists, query.Next());
    if (!exists)
      return Error(Code::kNotFound, "there is no picture " + std::to_string(id) + " in the library");
  }
  if (valid.empty()) {
    VITRINE_TRY(db_.Ask("DELETE FROM picture_text WHERE asset = ?", id).Run());
  } else {
    VITRINE_TRY(KeepText(db_, id, valid));
  }
  VITRINE_TRY(RefreshWords(db_));
  return transaction.Commit();
}

Result<std::vector<AssetId>> SqliteCatalog::AssetsWithoutText(std::size_t limit, AssetId after) {
  std::vector<AssetId> due;
  Statement query = db_.Ask(
      "SELECT id FROM asset WHERE id > ?1 AND paths > 0 "
      "AND NOT EXISTS (SELECT 1 FROM picture_text WHERE asset = asset.id) ORDER BY id LIMIT ?2",
      static_cast<std::int64_t>(after), AtMostInt64(limit));
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return due;
    due.push_back(AssetId{query.Int(0)});
  }
}

Status SqliteCatalog::StorePictureTexts(std::span<const std::pair<AssetId, std::string>> texts) {
  if (texts.empty()) return {};
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  for (const auto& [asset, text] : texts) {
    VITRINE_TRY(KeepText(db_, static_cast<std::int64_t>(asset), ToValidUtf8(text)));
  }
  VITRINE_TRY(RefreshWords(db_));
  return transaction.Commit();
}

}  // namespace vitrine
