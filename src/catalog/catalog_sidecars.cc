#include "base/try.h"
#include "catalog/sqlite_annotations.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {

Result<std::optional<SidecarRecord>> SqliteCatalog::SidecarAt(const PathBytes& path) {
  Statement query =
      db_.Ask("SELECT asset, size_bytes, mtime_ns, content, said FROM sidecar WHERE path = ?", Blob{path});
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<SidecarRecord>();
  VITRINE_TRY_ASSIGN(const Sha256Digest content, DigestOf(query.Bytes(3)));
  return std::optional(SidecarRecord{.path = path,
                                     .asset = AssetId{query.Int(0)},
                                     .size_bytes = static_cast<std::uint64_t>(query.Int(1)),
                                     .mtime_ns = query.Int(2),
                                     .content = content,
                                     .said = query.Text(4)});
}

Result<std::vector<AssetId>> SqliteCatalog::SidecarsDue(std::size_t limit) {
  std::vector<AssetId> due;
  Statement query = db_.Ask(
      "SELECT sidecar_due.asset FROM sidecar_due CROSS JOIN asset ON asset.id = sidecar_due.asset "
      "WHERE paths > 0 ORDER BY sidecar_due.id");
  while (due.size() < limit) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) break;
    due.push_back(AssetId{query.Int(0)});
  }
  return due;
}

Status StoreSidecar(Database& db, const SidecarRecord& sidecar) {
  const std::string content(sidecar.content.begin(), sidecar.content.end());
  return db
      .Ask(
          "INSERT OR REPLACE INTO sidecar (path, asset, size_bytes, mtime_ns, content, said) "
          "VALUES (?, ?, ?, ?, ?, ?)",
          Blob{sidecar.path}, static_cast<std::int64_t>(sidecar.asset),
          static_cast<std::int64_t>(sidecar.size_bytes), sidecar.mtime_ns, Blob{content}, Blob{sidecar.said})
      .Run();
}

Status SqliteChange::RememberSidecar(const SidecarRecord& sidecar) {
  VITRINE_TRY(CheckOpen());
  return StoreSidecar(db_, sidecar);
}

Status SqliteCatalog::RememberSidecar(const SidecarRecord& sidecar) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(StoreSidecar(db_, sidecar));
  return transaction.Commit();
}

Status SqliteCatalog::ForgetSidecar(const PathBytes& path) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(db_.Ask("DELETE FROM sidecar WHERE path = ?", Blob{path}).Run());
  return transaction.Commit();
}

Status SqliteCatalog::SidecarWritten(AssetId asset) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(db_.Ask("DELETE FROM sidecar_due WHERE asset = ?", static_cast<std::int64_t>(asset)).Run());
  return transaction.Commit();
}

}  // namespace vitrine
