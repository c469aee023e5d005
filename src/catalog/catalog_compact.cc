// Giving back what gone pictures hold.
//
// Problem: a picture whose files are gone keeps its vector, so that it costs no inference when it comes back;
// after years most rows may be of such pictures, and every search steps over them. Idea: drop them and number
// the rest anew, in one transaction under a new generation. Why right: rows are moved in ascending order,
// each to a smaller number that was vacated before, so no two ever meet; the generation parts what was made
// from the old numbers (vector files, indexes, open readers) from the new ones; and a transaction is the
// whole change or nothing, whatever kills it. Free pages then go back to the disk through SQLite's
// incremental vacuum, which moves pages inside the file: a full VACUUM would write a second copy of the
// catalog into the system's folder of temporary files. A database that is older than that setting keeps its
// free pages and fills them again. Cost: one update for each row behind the first that was dropped.
#include <string>
#include <vector>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/words.h"

namespace vitrine {
namespace {

Status DropVectorsOfGone(Database& db, std::int64_t space) {
  return db
      .Ask(
          "DELETE FROM embedding WHERE id IN (SELECT embedding.id FROM asset CROSS JOIN embedding "
          "ON embedding.asset = asset.id AND embedding.space = ? WHERE asset.paths = 0)",
          space)
      .Run();
}

/// What is said of a picture goes with it.
Status ForgetWhatIsSaidOf(Database& db, std::int64_t asset) {
  VITRINE_TRY(db.Ask("DELETE FROM asset_tag WHERE asset = ?", asset).Run());
  VITRINE_TRY(db.Ask("DELETE FROM picture_text WHERE asset = ?", asset).Run());
  VITRINE_TRY(db.Ask("DELETE FROM sidecar WHERE asset = ?", asset).Run());
  return db.Ask("DELETE FROM sidecar_due WHERE asset = ?", asset).Run();
}

/// Forgets gone pictures that no space has a vector of and that nobody has judged or noted anything on;
/// returns their contents. What a person said waits for the picture to come back (state 1 and 2: accepted and
/// rejected; origin 2: only the file says so).
Result<std::vector<Sha256Digest>> ForgetPictures(Database& db) {
  VITRINE_TRY(db.Execute("UPDATE asset_id SET last = max(last, (SELECT coalesce(max(id), 0) FROM asset))"));
  std::vector<Sha256Digest> contents;
  std::vector<std::int64_t> ids;
  {
    Statement query = db.Ask(
        "DELETE FROM asset WHERE paths = 0 "
        "AND NOT EXISTS (SELECT 1 FROM embedding WHERE embedding.asset = asset.id) "
        "AND NOT EXISTS (SELECT 1 FROM note WHERE note.asset = asset.id) "
        "AND NOT EXISTS (SELECT 1 FROM asset_tag WHERE asset_tag.asset = asset.id "
        "AND state IN (1, 2) AND origin <> 2) RETURNING id, content");
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) break;
      ids.push_back(query.Int(0));
      VITRINE_TRY_ASSIGN(const Sha256Digest content, DigestOf(query.Bytes(1)));
      contents.push_back(content);
    }
  }
  for (const std::int64_t id : ids) VITRINE_TRY(ForgetWhatIsSaidOf(db, id));
  VITRINE_TRY(RefreshWords(db));
  return contents;
}

/// Closes the gaps between the rows of a space; returns how many rows there are.
Result<RowId> Renumber(Database& db, std::int64_t space) {
  std::vector<std::int64_t> ids;
  {
    Statement query = db.Ask("SELECT id FROM embedding WHERE id >= ? AND id < ? ORDER BY id",
                             EmbeddingId(space, 0), EmbeddingId(space + 1, 0));
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) break;
      ids.push_back(query.Int(0));
    }
  }
  for (std::size_t row = 0; row < ids.size(); ++row) {
    const std::int64_t id = EmbeddingId(space, row);
    if (ids[row] != id) VITRINE_TRY(db.Ask("UPDATE embedding SET id = ? WHERE id = ?", id, ids[row]).Run());
  }
  return static_cast<RowId>(ids.size());
}

}  // namespace

void GiveBackFreePages(Database& db) {
  db.Checkpoint();
  const Status ignored = db.Execute("PRAGMA incremental_vacuum");
  static_cast<void>(ignored);
  db.Checkpoint();
}

Result<Compaction> SqliteCatalog::Compact(const std::string& space) {
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return Error(Code::kNotFound, "the library holds no vectors of the space " + Quoted(space));
  Compaction done{.generation = known->generation, .forgotten = {}};
  VITRINE_TRY_ASSIGN(done.rows_before, CountRows(db_, known->id));
  {
    VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
    VITRINE_TRY(DropVectorsOfGone(db_, known->id));
    VITRINE_TRY_ASSIGN(done.forgotten, ForgetPictures(db_));
    VITRINE_TRY_ASSIGN(done.rows, Renumber(db_, known->id));
    if (done.rows != done.rows_before) {
      done.generation = NewGeneration(known->generation);
      VITRINE_TRY(db_.Ask("UPDATE space SET generation = ? WHERE id = ?",
                          static_cast<std::int64_t>(done.generation), known->id)
                      .Run());
    }
    VITRINE_TRY(transaction.Commit());
  }
  GiveBackFreePages(db_);
  return done;
}

}  // namespace vitrine
