#include "base/try.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {

Result<std::optional<std::string>> SqliteCatalog::Setting(std::string_view name) {
  Query query = db_.Ask("SELECT value FROM setting WHERE name = ?", name);
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<std::string>();
  return std::optional(query.Text(0));
}

Status SqliteCatalog::SetSetting(std::string_view name, std::string_view value) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(db_.Ask("INSERT INTO setting (name, value) VALUES (?1, ?2) "
                      "ON CONFLICT (name) DO UPDATE SET value = ?2",
                      name, value)
                  .Run());
  return transaction.Commit();
}

}  // namespace vitrine
