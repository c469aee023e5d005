#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

constexpr std::uint64_t kRowMask = 0xffffffff;

Error DealtAnew() {
  return Error(Code::kCorrupt,
               "the library was compacted, or a model of it removed, since it was opened, and its rows have "
               "other numbers now: open it again");
}

// Reads vectors where they live for good. Every length is checked: the index that is built from this trusts
// it.
class EmbeddingRows final : public RowSource {
 public:
  EmbeddingRows(Database& db, SpaceRow space) : db_(db), space_(space) {}

  Result<RowId> RowCount() override {
    VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
    VITRINE_TRY(CheckGeneration());
    return CountRows(db_, space_.id);
  }

  Result<EncodedRows> Read(RowId first, RowId end) override {
    EncodedRows rows;
    rows.dimension = space_.dimension;
    if (first >= end) return rows;
    VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
    VITRINE_TRY(CheckGeneration());
    rows.codes.resize(std::size_t{end - first} * space_.dimension);
    rows.fine.resize(rows.codes.size());
    rows.scales.reserve(end - first);
    Statement query =
        db_.Ask("SELECT id, scale, codes, fine FROM embedding WHERE id >= ? AND id < ? ORDER BY id",
                EmbeddingId(space_.id, first), EmbeddingId(space_.id, end));
    for (RowId row = first; row < end; ++row) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found || query.Int(0) != EmbeddingId(space_.id, row)) return Damaged(row, "is missing");
      const auto scale = static_cast<float>(query.Real(1));
      if (!(scale >= 0 && scale < 1e30F)) return Damaged(row, "has a scale that is no number");
      const std::size_t offset = rows.scales.size() * space_.dimension;
      const bool fits = Copy(query.Bytes(2), rows.codes.data() + offset) &&
                        (query.IsNull(3) || Copy(query.Bytes(3), rows.fine.data() + offset));
      if (!fits) return Damaged(row, "has the wrong length");
      rows.scales.push_back(scale);
    }
    return rows;
  }

 private:
  Status CheckGeneration() {
    Statement query = db_.Ask("SELECT generation FROM space WHERE id = ?", space_.id);
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (found && static_cast<std::uint64_t>(query.Int(0)) == space_.generation) return {};
    return DealtAnew();
  }

  bool Copy(std::string_view bytes, std::int8_t* to) const {
    if (bytes.size() != space_.dimension) return false;
    std::memcpy(to, bytes.data(), bytes.size());
    return true;
  }

  static Error Damaged(RowId row, std::string_view how) {
    return Error(Code::kCorrupt,
                 "the catalog is damaged: vector " + std::to_string(row) + " " + std::string(how) +
                     "; restore catalog.sqlite from a backup, or move it away and index again");
  }

  Database& db_;
  SpaceRow space_;
};

// Costs what is gone, not what there is.
Result<RowSet> LiveRowsOf(Database& db, std::int64_t space) {
  VITRINE_TRY_ASSIGN(const RowId count, CountRows(db, space));
  RowSet live(count, true);
  // CROSS JOIN fixes the order: from what is gone (a partial index) to its rows, never through all rows.
  Statement gone = db.Ask(
      "SELECT embedding.id FROM asset CROSS JOIN embedding "
      "ON embedding.asset = asset.id AND embedding.space = ? WHERE asset.paths = 0",
      space);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, gone.Next());
    if (!found) return live;
    const std::uint64_t row = static_cast<std::uint64_t>(gone.Int(0)) & kRowMask;
    if (row < count) live.Erase(row);
  }
}

}  // namespace

// Time makes generations differ between catalogs too, so that vector files left behind by a deleted catalog
// are never taken for those of the new one.
std::uint64_t NewGeneration(std::uint64_t after) {
  using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::system_clock;
  const std::int64_t now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  return std::max(now > 0 ? static_cast<std::uint64_t>(now) : 1, after + 1);
}

Result<RowId> CountRows(Database& db, std::int64_t space) {
  Statement query = db.Ask("SELECT id FROM embedding WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1",
                           EmbeddingId(space, 0), EmbeddingId(space + 1, 0));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  return found ? static_cast<RowId>((static_cast<std::uint64_t>(query.Int(0)) & kRowMask) + 1) : RowId{0};
}

Result<std::optional<SpaceRow>> SqliteCatalog::FindSpace(const std::string& space) {
  Statement query =
      db_.Ask("SELECT id, dimension, generation FROM space WHERE name = ?", std::string_view(space));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found && seen_.contains(space)) return DealtAnew();
  if (!found) return std::optional<SpaceRow>();
  const SpaceRow row{.id = query.Int(0),
                     .dimension = static_cast<std::size_t>(query.Int(1)),
                     .generation = static_cast<std::uint64_t>(query.Int(2))};
  if (!lock_ && seen_.try_emplace(space, row.generation).first->second != row.generation) return DealtAnew();
  return std::optional(row);
}

Result<std::uint64_t> SqliteCatalog::EnsureSpace(const std::string& space, const std::string& model,
                                                 std::size_t dimension) {
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (known && known->dimension != dimension) {
    return Error(Code::kInvalidArgument, "the space " + Quoted(space) + " has " +
                                             std::to_string(known->dimension) +
                                             " dimensions in this library, not " + std::to_string(dimension));
  }
  if (known) return known->generation;
  const std::uint64_t generation = NewGeneration(0);
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY(db_.Ask("INSERT INTO space (name, model, dimension, generation) VALUES (?, ?, ?, ?)",
                      std::string_view(space), std::string_view(model), static_cast<std::int64_t>(dimension),
                      static_cast<std::int64_t>(generation))
                  .Run());
  VITRINE_TRY(transaction.Commit());
  return generation;
}

Result<std::uint64_t> SqliteCatalog::Generation(const std::string& space) {
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  return known ? known->generation : std::uint64_t{0};
}

Result<std::unique_ptr<RowSource>> SqliteCatalog::Vectors(const std::string& space) {
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return Error(Code::kNotFound, "the library holds no vectors of the space " + Quoted(space));
  return std::unique_ptr<RowSource>(std::make_unique<EmbeddingRows>(db_, *known));
}

Result<RowSet> SqliteCatalog::LiveRows(const std::string& space) {
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return RowSet();
  return LiveRowsOf(db_, known->id);
}

Result<std::optional<RowId>> SqliteCatalog::RowOf(const std::string& space, AssetId asset) {
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return std::optional<RowId>();
  Statement query = db_.Ask("SELECT id FROM embedding WHERE asset = ? AND space = ?",
                            static_cast<std::int64_t>(asset), known->id);
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<RowId>();
  return std::optional(static_cast<RowId>(static_cast<std::uint64_t>(query.Int(0)) & kRowMask));
}

Result<std::vector<SpaceRecord>> SqliteCatalog::Spaces() {
  std::vector<SpaceRecord> spaces;
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  Statement query = db_.Ask("SELECT id, name, model, dimension FROM space ORDER BY id");
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return spaces;
    SpaceRecord space{
        .name = query.Text(1), .model = query.Text(2), .dimension = static_cast<std::size_t>(query.Int(3))};
    VITRINE_TRY_ASSIGN(const RowSet live, LiveRowsOf(db_, query.Int(0)));
    space.rows = static_cast<RowId>(live.size());
    space.vectors = live.Count();
    spaces.push_back(std::move(space));
  }
}

Result<std::vector<AssetId>> SqliteCatalog::AssetsWithoutVector(const std::string& space, std::size_t limit,
                                                                AssetId after) {
  std::vector<AssetId> due;
  Statement query = db_.Ask(
      "SELECT id FROM asset WHERE id > ?1 AND paths > 0 AND NOT EXISTS (SELECT 1 FROM embedding "
      "WHERE embedding.asset = asset.id AND embedding.space = (SELECT id FROM space WHERE name = ?2)) "
      "ORDER BY id LIMIT ?3",
      static_cast<std::int64_t>(after), std::string_view(space), AtMostInt64(limit));
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return due;
    due.push_back(AssetId{query.Int(0)});
  }
}

Status SqliteCatalog::DropSpace(const std::string& space) {
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return Error(Code::kNotFound, "the library holds no vectors of the space " + Quoted(space));
  {
    VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
    VITRINE_TRY(db_.Ask("DELETE FROM embedding WHERE id >= ? AND id < ?", EmbeddingId(known->id, 0),
                        EmbeddingId(known->id + 1, 0))
                    .Run());
    VITRINE_TRY(db_.Ask("DELETE FROM space WHERE id = ?", known->id).Run());
    VITRINE_TRY(transaction.Commit());
  }
  GiveBackFreePages(db_);
  return {};
}

}  // namespace vitrine
