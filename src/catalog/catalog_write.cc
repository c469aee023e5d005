#include <algorithm>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/words.h"

namespace vitrine {
namespace {

constexpr std::uint64_t kMaxRows = 0xfffffffe;

/// Row `row` of `codes`, or of `fine`.
Blob BlobOf(const std::vector<std::int8_t>& codes, std::size_t row, std::size_t dimension) {
  return {{reinterpret_cast<const char*>(codes.data()) + row * dimension, dimension}};
}

Status CheckBatch(std::span<const FileOutcome> outcomes, const EncodedRows& vectors, std::size_t dimension) {
  std::size_t wanted = 0;
  for (const FileOutcome& outcome : outcomes) {
    const int kinds =
        int{outcome.asset.has_value()} + int{outcome.new_asset.has_value()} + int{!outcome.failure.empty()};
    if (kinds != 1) {
      return Error(Code::kInvalidArgument, Quoted(outcome.path) + " has not exactly one outcome");
    }
    if (outcome.new_asset) ++wanted;
  }
  const bool fits = vectors.rows() == wanted && (wanted == 0 || vectors.HasShape(dimension));
  if (!fits) return Error(Code::kInvalidArgument, "the vectors do not match the pictures of the batch");
  return {};
}

// The folders that a picture is found by begin at its outermost root: under a new one, which may lie around
// others, they have to be looked at again.
Status NoteNewRoot(Database& db, const PathBytes& root) {
  {
    Statement query = db.Ask("SELECT 1 FROM root WHERE path = ?", Blob{root});
    VITRINE_TRY_ASSIGN(const bool known, query.Next());
    if (known) return {};
  }
  const PathRange range(root);
  return db
      .Ask(
          "INSERT OR IGNORE INTO words_due (asset) SELECT asset FROM file "
          "WHERE path >= ?1 AND path < ?3 AND (path = ?1 OR path >= ?2) AND asset IS NOT NULL",
          range.self(), range.children(), range.end())
      .Run();
}

}  // namespace

// What is no tag or no note is left out: a file may say anything.
Status StoreEmbedded(Database& db, AssetId asset, const EmbeddedNote& embedded) {
  constexpr std::size_t kMaxTags = 1000;
  const std::size_t tags = std::min(embedded.tags.size(), kMaxTags);
  for (const std::string& path : std::span(embedded.tags).first(tags)) {
    const Result<std::string> canonical = CanonicalTag(path);
    if (!canonical) continue;
    VITRINE_TRY_ASSIGN(const std::optional<TagRow> known, FindTag(db, *canonical));
    std::int64_t tag = known ? known->id : 0;
    if (!known) {
      VITRINE_TRY_ASSIGN(tag, AddTag(db, *canonical));
    }
    VITRINE_TRY(StoreMark(db, tag, asset, {.origin = TagOrigin::kFile, .model = {}}));
  }
  Note note{.rating = embedded.rating, .caption = {}};
  const std::string caption = ToValidUtf8(embedded.caption);
  note.caption = CutUtf8(caption, kMaxTextBytes);
  std::erase(note.caption, '\0');
  if (!CheckNote(note)) note.rating.reset();
  if (note == Note()) return {};
  return StoreNote(db, asset, note);
}

Result<std::int64_t> SqliteCatalog::BeginRun(const PathBytes& root, std::int64_t joined) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  std::int64_t run = joined;
  if (run <= 0) {
    VITRINE_TRY_ASSIGN(run, db_.Number("SELECT coalesce(max(run), 0) + 1 FROM root"));
  }
  VITRINE_TRY(NoteNewRoot(db_, root));
  VITRINE_TRY(db_.Ask("INSERT INTO root (path, offline, run) VALUES (?1, 0, ?2) "
                      "ON CONFLICT (path) DO UPDATE SET offline = 0, run = max(run, ?2)",
                      Blob{root}, run)
                  .Run());
  VITRINE_TRY(RefreshWords(db_));
  VITRINE_TRY(transaction.Commit());
  return run;
}

Status SqliteCatalog::MarkSeen(std::int64_t run, std::span<const PathBytes> paths) {
  if (paths.empty()) return {};
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  for (const PathBytes& path : paths) {
    VITRINE_TRY(db_.Ask("UPDATE file SET run = ? WHERE path = ?", run, Blob{path}).Run());
  }
  return transaction.Commit();
}

Status SqliteCatalog::KeepUnder(std::int64_t run, const PathBytes& folder) {
  const PathRange range(folder);
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(db_.Ask("UPDATE file SET run = ?4 WHERE path >= ?1 AND path < ?3 AND (path = ?1 OR path >= ?2)",
                      range.self(), range.children(), range.end(), run)
                  .Run());
  return transaction.Commit();
}

Result<std::uint64_t> SqliteCatalog::KeepMissingDevices(std::int64_t run, const PathBytes& root,
                                                        std::span<const std::uint64_t> present) {
  const PathRange range(root);
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(db_.Execute(
      "CREATE TEMP TABLE IF NOT EXISTS present (device INTEGER PRIMARY KEY); DELETE FROM present"));
  for (const std::uint64_t device : present) {
    VITRINE_TRY(
        db_.Ask("INSERT OR IGNORE INTO present (device) VALUES (?)", static_cast<std::int64_t>(device))
            .Run());
  }
  VITRINE_TRY(db_.Ask("UPDATE file SET run = ?4 WHERE path >= ?1 AND path < ?3 AND (path = ?1 OR path >= ?2) "
                      "AND run < ?4 AND device NOT IN (SELECT device FROM present)",
                      range.self(), range.children(), range.end(), run)
                  .Run());
  VITRINE_TRY_ASSIGN(const std::int64_t kept, db_.Number("SELECT changes()"));
  VITRINE_TRY(transaction.Commit());
  return static_cast<std::uint64_t>(kept);
}

Result<AssetId> SqliteCatalog::EnsureAsset(const NewAsset& asset) {
  const std::string content(asset.content.begin(), asset.content.end());
  {
    Statement known = db_.Ask("SELECT id FROM asset WHERE content = ?", Blob{content});
    VITRINE_TRY_ASSIGN(const bool found, known.Next());
    if (found) return AssetId{known.Int(0)};
  }
  const Facts& facts = asset.info.facts;
  VITRINE_TRY(db_.Ask("INSERT INTO asset (id, content, format, width_px, height_px, taken_at, camera, lens, "
                      "exposure_s, f_number, focal_length_mm, iso, latitude, longitude) VALUES "
                      "((SELECT max(last, coalesce((SELECT max(id) FROM asset), 0)) + 1 FROM asset_id), "
                      "?,?,?,?,?,?,?,?,?,?,?,?,?)",
                      Blob{content}, std::string_view(asset.info.format), std::int64_t{asset.info.width_px},
                      std::int64_t{asset.info.height_px}, facts.taken_at, facts.camera, facts.lens,
                      facts.exposure_s, facts.f_number, facts.focal_length_mm, facts.iso, facts.latitude,
                      facts.longitude)
                  .Run());
  VITRINE_TRY_ASSIGN(const std::int64_t id, db_.Number("SELECT last_insert_rowid()"));
  if (!asset.sketch.palette.empty()) VITRINE_TRY(StoreSketch(db_, AssetId{id}, asset.sketch));
  VITRINE_TRY(StoreEmbedded(db_, AssetId{id}, asset.embedded));
  return AssetId{id};
}

Status SqliteCatalog::StoreVector(std::int64_t space, AssetId asset, const EncodedRows& vectors,
                                  std::size_t index) {
  {
    Statement known = db_.Ask("SELECT 1 FROM embedding WHERE asset = ? AND space = ?",
                              static_cast<std::int64_t>(asset), space);
    VITRINE_TRY_ASSIGN(const bool found, known.Next());
    if (found) return {};
  }
  VITRINE_TRY_ASSIGN(const RowId row, CountRows(db_, space));
  if (row >= kMaxRows)
    return Error(Code::kUnsupported, "a library holds at most 4,294,967,294 vectors a space");
  std::optional<Blob> fine;
  if (!vectors.fine.empty()) fine = BlobOf(vectors.fine, index, vectors.dimension);
  return db_
      .Ask("INSERT INTO embedding (id, space, asset, scale, codes, fine) VALUES (?, ?, ?, ?, ?, ?)",
           EmbeddingId(space, row), space, static_cast<std::int64_t>(asset),
           static_cast<double>(vectors.scales[index]), BlobOf(vectors.codes, index, vectors.dimension), fine)
      .Run();
}

Status SqliteCatalog::StoreFile(std::int64_t run, const FileOutcome& outcome, std::optional<AssetId> asset) {
  std::optional<std::int64_t> id;
  if (asset) id = static_cast<std::int64_t>(*asset);
  std::optional<std::string> failure;
  if (!asset) failure = outcome.failure;
  const FileStamp& stamp = outcome.stamp;
  return db_
      .Ask(
          "INSERT INTO file (path, size_bytes, mtime_ns, ctime_ns, device, inode, asset, failure, run) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET size_bytes = "
          "excluded.size_bytes, "
          "mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, device = excluded.device, "
          "inode = excluded.inode, asset = excluded.asset, failure = excluded.failure, run = excluded.run",
          Blob{outcome.path}, static_cast<std::int64_t>(stamp.size_bytes), stamp.mtime_ns, stamp.ctime_ns,
          static_cast<std::int64_t>(stamp.device), static_cast<std::int64_t>(stamp.inode), id, failure, run)
      .Run();
}

Status SqliteCatalog::RecordOutcomes(std::int64_t run, std::int64_t space,
                                     std::span<const FileOutcome> outcomes, const EncodedRows& vectors) {
  std::size_t next_vector = 0;
  for (const FileOutcome& outcome : outcomes) {
    std::optional<AssetId> asset = outcome.asset;
    if (outcome.new_asset) {
      VITRINE_TRY_ASSIGN(asset, EnsureAsset(*outcome.new_asset));
      VITRINE_TRY(StoreVector(space, *asset, vectors, next_vector++));
    }
    VITRINE_TRY(StoreFile(run, outcome, asset));
  }
  return {};
}

Status SqliteCatalog::RecordBatch(std::int64_t run, const std::string& space,
                                  std::span<const FileOutcome> outcomes, const EncodedRows& vectors) {
  if (outcomes.empty()) return {};
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known)
    return Error(Code::kInvalidArgument, "the space " + Quoted(space) + " is not known to the catalog");
  VITRINE_TRY(CheckBatch(outcomes, vectors, known->dimension));
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::int64_t last_due, LastSidecarDue(db_));
  VITRINE_TRY(RecordOutcomes(run, known->id, outcomes, vectors));
  VITRINE_TRY(ForgetSidecarsDueAfter(db_, last_due));
  VITRINE_TRY(RefreshWords(db_));
  return transaction.Commit();
}

Result<std::uint64_t> SqliteCatalog::FinishRun(std::int64_t run, const PathBytes& root) {
  const PathRange range(root);
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(
      db_.Ask("DELETE FROM file WHERE path >= ?1 AND path < ?3 AND (path = ?1 OR path >= ?2) AND run < ?4",
              range.self(), range.children(), range.end(), run)
          .Run());
  VITRINE_TRY_ASSIGN(const std::int64_t forgotten, db_.Number("SELECT changes()"));
  VITRINE_TRY(db_.Ask("UPDATE root SET offline = 0 WHERE path = ?", Blob{root}).Run());
  VITRINE_TRY(RefreshWords(db_));
  VITRINE_TRY(transaction.Commit());
  return static_cast<std::uint64_t>(forgotten);
}

Status SqliteCatalog::MarkOffline(const PathBytes& root) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(
      db_.Ask("INSERT INTO root (path, offline) VALUES (?, 1) ON CONFLICT (path) DO UPDATE SET offline = 1",
              Blob{root})
          .Run());
  return transaction.Commit();
}

Status SqliteCatalog::SetSetting(const std::string& name, const std::string& value) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(
      db_.Ask("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
              std::string_view(name), std::string_view(value))
          .Run());
  return transaction.Commit();
}

}  // namespace vitrine
