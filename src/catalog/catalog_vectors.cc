#include "base/try.h"
#include "base/utf8.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

std::string_view BytesOf(std::span<const std::int8_t> codes) {
  const std::span<const std::byte> bytes = std::as_bytes(codes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// True when the asset has a row in the space, which then holds this vector; `changed` when it was another.
Result<bool> Update(Database& db, std::int64_t space, AssetId asset, std::string_view codes, float scale,
                    bool& changed) {
  std::int64_t id = 0;
  {
    Query known = db.Ask("SELECT id, scale, codes FROM embedding WHERE asset = ? AND space = ?",
                         static_cast<std::int64_t>(asset), space);
    VITRINE_TRY_ASSIGN(const bool found, known.Next());
    if (!found) return false;
    if (static_cast<float>(known.Real(1)) == scale && known.Bytes(2) == codes) return true;
    id = known.Int(0);
  }
  changed = true;
  VITRINE_TRY(db.Ask("UPDATE embedding SET scale = ?, codes = ? WHERE id = ?", static_cast<double>(scale),
                     Blob{codes}, id)
                  .Run());
  return true;
}

}  // namespace

Result<std::optional<AssetId>> SqliteCatalog::AssetOfContent(const Sha256Digest& content) {
  const std::string bytes(content.begin(), content.end());
  Query query = db_.Ask("SELECT id FROM asset WHERE content = ?", Blob{bytes});
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<AssetId>();
  return std::optional(AssetId{query.Int(0)});
}

Status SqliteCatalog::ReplaceVectors(const std::string& space, std::span<const AssetId> assets,
                                     const EncodedRows& vectors) {
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  const bool fits = known && vectors.rows() == assets.size() &&
                    vectors.codes.size() == assets.size() * known->dimension;
  if (!fits) {
    return Error(Code::kInvalidArgument, "the vectors are not those of the pictures in " + Quoted(space));
  }
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  bool changed = false;
  for (std::size_t i = 0; i < assets.size(); ++i) {
    const std::span<const std::int8_t> codes =
        std::span(vectors.codes).subspan(i * known->dimension, known->dimension);
    VITRINE_TRY_ASSIGN(const bool there,
                       Update(db_, known->id, assets[i], BytesOf(codes), vectors.scales[i], changed));
    if (!there) VITRINE_TRY(StoreVector(known->id, assets[i], codes, vectors.scales[i]));
  }
  if (changed) {
    VITRINE_TRY(db_.Ask("UPDATE space SET generation = ? WHERE id = ?",
                        static_cast<std::int64_t>(NewGeneration()), known->id)
                    .Run());
  }
  return transaction.Commit();
}

}  // namespace vitrine
