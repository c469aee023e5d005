#include "base/try.h"
#include "base/utf8.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

std::string_view RowOf(const std::vector<std::int8_t>& codes, std::size_t row, std::size_t dimension) {
  if (codes.empty()) return {};
  return {reinterpret_cast<const char*>(codes.data()) + row * dimension, dimension};
}

// True when the asset has a row in the space, which then holds this vector; `changed` when it was another.
Result<bool> Update(Database& db, std::int64_t space, AssetId asset, const EncodedRows& vectors,
                    std::size_t index, bool& changed) {
  const std::string_view codes = RowOf(vectors.codes, index, vectors.dimension);
  const std::string_view fine = RowOf(vectors.fine, index, vectors.dimension);
  const float scale = vectors.scales[index];
  std::int64_t id = 0;
  {
    Statement known = db.Ask("SELECT id, scale, codes, fine FROM embedding WHERE asset = ? AND space = ?",
                             static_cast<std::int64_t>(asset), space);
    VITRINE_TRY_ASSIGN(const bool found, known.Next());
    if (!found) return false;
    const bool same =
        static_cast<float>(known.Real(1)) == scale && known.Bytes(2) == codes && known.Bytes(3) == fine;
    if (same) return true;
    id = known.Int(0);
  }
  changed = true;
  std::optional<Blob> fine_blob;
  if (!fine.empty()) fine_blob = Blob{fine};
  VITRINE_TRY(db.Ask("UPDATE embedding SET scale = ?, codes = ?, fine = ? WHERE id = ?",
                     static_cast<double>(scale), Blob{codes}, fine_blob, id)
                  .Run());
  return true;
}

}  // namespace

Result<std::optional<AssetId>> SqliteCatalog::AssetOfContent(const Sha256Digest& content) {
  const std::string bytes(content.begin(), content.end());
  Statement query = db_.Ask("SELECT id FROM asset WHERE content = ?", Blob{bytes});
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<AssetId>();
  return std::optional(AssetId{query.Int(0)});
}

Status SqliteCatalog::ReplaceVectors(const std::string& space, std::span<const AssetId> assets,
                                     const EncodedRows& vectors) {
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known || vectors.rows() != assets.size() || !vectors.HasShape(known->dimension)) {
    return Error(Code::kInvalidArgument, "the vectors are not those of the pictures in " + Quoted(space));
  }
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  bool changed = false;
  for (std::size_t i = 0; i < assets.size(); ++i) {
    VITRINE_TRY_ASSIGN(const bool there, Update(db_, known->id, assets[i], vectors, i, changed));
    if (!there) VITRINE_TRY(StoreVector(known->id, assets[i], vectors, i));
  }
  if (changed) {
    VITRINE_TRY(db_.Ask("UPDATE space SET generation = ? WHERE id = ?",
                        static_cast<std::int64_t>(NewGeneration(known->generation)), known->id)
                    .Run());
  }
  return transaction.Commit();
}

Status SqliteCatalog::AddVectors(const std::string& space, std::span<const AssetId> assets,
                                 const EncodedRows& vectors) {
  if (assets.empty()) return {};
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known || vectors.rows() != assets.size() || !vectors.HasShape(known->dimension)) {
    return Error(Code::kInvalidArgument, "the vectors are not those of the pictures in " + Quoted(space));
  }
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  for (std::size_t i = 0; i < assets.size(); ++i) {
    bool is_known = false;
    {
      Statement query = db_.Ask("SELECT 1 FROM asset WHERE id = ?", static_cast<std::int64_t>(assets[i]));
      VITRINE_TRY_ASSIGN(is_known, query.Next());
    }
    if (is_known) VITRINE_TRY(StoreVector(known->id, assets[i], vectors, i));
  }
  return transaction.Commit();
}

}  // namespace vitrine
