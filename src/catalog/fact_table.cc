// Reading all that filters need, in one pass a table.
//
// Problem: the facts of a picture lie in five tables, keyed by asset, by path and by tag, and are wanted by
// row; asking for each picture takes a second for 100,000. Idea: read every table once, in the order in which
// it lies on disk, and put each value at its row. The index (asset, space) of the embeddings gives the row of
// every asset, in order of asset, without touching the vectors themselves, and leads through the assets in
// their own order; files come in order of path, so that a file mostly lies in the folder of the one before;
// marks come in order of tag. Lists (places, colours) are counted first and dealt to their rows afterwards,
// which keeps the order in which they were read. Why right: each value is written to the row that the asset
// has in the same view of the database. Cost: linear in pictures, files and marks, with one binary search a
// file and mark.
#include "catalog/fact_table.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <unordered_map>

#include "base/try.h"
#include "catalog/sketch_code.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

/// A value and the row that it belongs to.
template <typename T>
using Placed = std::pair<RowId, T>;

template <typename T>
ListColumn<T> Deal(RowId row_count, const std::vector<Placed<T>>& placed) {
  ListColumn<T> list;
  list.starts.assign(std::size_t{row_count} + 1, 0);
  for (const auto& [row, value] : placed) ++list.starts[row + 1];
  for (std::size_t row = 0; row < row_count; ++row) list.starts[row + 1] += list.starts[row];
  std::vector<std::uint32_t> next(list.starts.begin(), list.starts.end() - 1);
  list.values.resize(placed.size());
  for (const auto& [row, value] : placed) list.values[next[row]++] = value;
  return list;
}

/// Gives each different text a number.
class Texts {
 public:
  explicit Texts(std::vector<std::string>& texts) : texts_(texts) {}

  std::uint32_t NumberOf(std::string_view text) {
    // Neighbours are mostly alike.
    if (!texts_.empty() && text == texts_[last_]) return last_;
    key_.assign(text);
    const auto [at, added] = numbers_.try_emplace(key_, static_cast<std::uint32_t>(texts_.size()));
    if (added) texts_.push_back(key_);
    return last_ = at->second;
  }

 private:
  std::vector<std::string>& texts_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::string key_;
  std::uint32_t last_ = 0;
};

std::optional<int> NumberAt(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return std::nullopt;
  int number = 0;
  const char* end = text.data() + at + digits;
  const auto [stop, error] = std::from_chars(text.data() + at, end, number);
  if (error != std::errc() || stop != end || number < 0) return std::nullopt;
  return number;
}

class Loader {
 public:
  Loader(Database& db, std::int64_t space, RowId row_count) : db_(db), space_(space) {
    FactTable& table = *table_;
    table.row_count = row_count;
    table.assets.resize(row_count);
    table.taken_at_s.assign(row_count, FactTable::kNoTime);
    for (auto* column : {&table.width_px, &table.height_px, &table.iso, &table.f_number, &table.exposure_s,
                         &table.focal_length_mm, &table.latitude, &table.longitude}) {
      column->assign(row_count, FactTable::kNoNumber);
    }
    table.rating.assign(row_count, FactTable::kNoRating);
    table.size_bytes.resize(row_count);
    for (TextColumn* column : {&table.format, &table.camera, &table.lens}) column->codes.resize(row_count);
    table.hashes.resize(row_count);
    table.offline = RowSet(row_count);
    table.tagged = RowSet(row_count);
  }

  Result<std::shared_ptr<const FactTable>> Load() {
    VITRINE_TRY(ReadAssets());
    VITRINE_TRY(ReadFiles());
    VITRINE_TRY(ReadRatings());
    VITRINE_TRY(ReadTags());
    return std::shared_ptr<const FactTable>(std::move(table_));
  }

 private:
  Status ReadAssets() {
    FactTable& table = *table_;
    Texts formats(table.format.texts);
    Texts cameras(table.camera.texts);
    Texts lenses(table.lens.texts);
    std::vector<Placed<Swatch>> colours;
    std::vector<Swatch> palette;
    Statement query = db_.Ask(
        "SELECT embedding.id, asset.id, format, width_px, height_px, taken_at, camera, lens, iso, f_number, "
        "exposure_s, focal_length_mm, latitude, longitude, hash, palette "
        "FROM embedding INDEXED BY embedding_asset CROSS JOIN asset ON asset.id = embedding.asset "
        "WHERE embedding.space = ? AND asset.paths > 0 ORDER BY embedding.asset",
        space_);
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) break;
      const RowId row = RowOfEmbedding(query.Int(0));
      if (row >= table.row_count) continue;
      row_of_asset_.emplace_back(query.Int(1), row);
      table.assets[row] = AssetId{query.Int(1)};
      table.format.codes[row] = formats.NumberOf(query.Bytes(2));
      SetNumber(query, 3, row, table.width_px);
      SetNumber(query, 4, row, table.height_px);
      if (!query.IsNull(5)) table.taken_at_s[row] = LocalSeconds(query.Bytes(5));
      if (!query.IsNull(6)) table.camera.codes[row] = cameras.NumberOf(query.Bytes(6));
      if (!query.IsNull(7)) table.lens.codes[row] = lenses.NumberOf(query.Bytes(7));
      SetNumber(query, 8, row, table.iso);
      SetNumber(query, 9, row, table.f_number);
      SetNumber(query, 10, row, table.exposure_s);
      SetNumber(query, 11, row, table.focal_length_mm);
      SetNumber(query, 12, row, table.latitude);
      SetNumber(query, 13, row, table.longitude);
      table.hashes[row] = static_cast<std::uint64_t>(query.Int(14));
      palette.clear();
      DecodePalette(query.Bytes(15), palette);
      for (const Swatch& swatch : palette) colours.emplace_back(row, swatch);
    }
    table.palette = Deal(table.row_count, colours);
    return {};
  }

  static void SetNumber(const Statement& query, int column, RowId row, std::vector<float>& to) {
    if (!query.IsNull(column)) to[row] = static_cast<float>(query.Real(column));
  }

  std::optional<RowId> RowOf(std::int64_t asset) const {
    const auto at =
        std::ranges::lower_bound(row_of_asset_, asset, {}, &std::pair<std::int64_t, RowId>::first);
    if (at == row_of_asset_.end() || at->first != asset) return std::nullopt;
    return at->second;
  }

  Status ReadFiles() {
    FactTable& table = *table_;
    VITRINE_TRY_ASSIGN(const std::vector<KnownRoot> roots, ReadRoots(db_));
    const bool all_online = std::ranges::none_of(roots, &KnownRoot::offline);
    RowSet online(table.row_count);
    Texts folders(table.folders);
    std::vector<Placed<PlacedName>> places;
    places.reserve(row_of_asset_.size());
    Statement query = db_.Ask("SELECT asset, path, size_bytes FROM file NOT INDEXED ORDER BY path");
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) break;
      const std::optional<RowId> row = query.IsNull(0) ? std::nullopt : RowOf(query.Int(0));
      if (!row) continue;
      const std::string_view path = query.Bytes(1);
      places.emplace_back(*row, PlaceOf(path, folders));
      auto& size = table.size_bytes[*row];
      size = std::max(size, static_cast<std::uint64_t>(query.Int(2)));
      if (all_online || !IsOffline(roots, PathBytes(path))) online.Insert(*row);
    }
    for (const auto& [row, place] : places) {
      if (!online.Contains(row)) table.offline.Insert(row);
    }
    table.places = Deal(table.row_count, places);
    return {};
  }

  PlacedName PlaceOf(std::string_view path, Texts& folders) {
    const std::size_t slash = path.rfind('/');
    const std::size_t split = slash == std::string_view::npos ? 0 : slash;
    const std::string_view name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
    std::string& names = table_->names;
    const PlacedName place{
        .folder = folders.NumberOf(path.substr(0, split)),
        .name_at = static_cast<std::uint32_t>(names.size()),
        .name_bytes = static_cast<std::uint16_t>(std::min<std::size_t>(name.size(), 0xffff))};
    names += name;
    return place;
  }

  Status ReadRatings() {
    Statement query = db_.Ask("SELECT asset, rating FROM note WHERE rating IS NOT NULL");
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) return {};
      const std::optional<RowId> row = RowOf(query.Int(0));
      if (row) table_->rating[*row] = static_cast<std::int8_t>(std::clamp<std::int64_t>(query.Int(1), -1, 5));
    }
  }

  Status ReadTags() {
    FactTable& table = *table_;
    std::unordered_map<std::int64_t, std::size_t> number_of;
    {
      Statement query = db_.Ask("SELECT id, path FROM tag ORDER BY folded");
      while (true) {
        VITRINE_TRY_ASSIGN(const bool found, query.Next());
        if (!found) break;
        number_of.emplace(query.Int(0), table.tags.size());
        table.tags.push_back({.path = query.Text(1), .accepted = RowSet(table.row_count)});
      }
    }
    Statement query =
        db_.Ask("SELECT tag, asset FROM asset_tag INDEXED BY asset_tag_tag WHERE state = 1 ORDER BY tag");
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) return {};
      const std::optional<RowId> row = RowOf(query.Int(1));
      const auto number = number_of.find(query.Int(0));
      if (!row || number == number_of.end()) continue;
      table.tags[number->second].accepted.Insert(*row);
      table.tagged.Insert(*row);
    }
  }

  Database& db_;
  std::int64_t space_;
  std::shared_ptr<FactTable> table_ = std::make_shared<FactTable>();
  std::vector<std::pair<std::int64_t, RowId>> row_of_asset_;  // In order of asset.
};

}  // namespace

std::int64_t LocalSeconds(std::string_view taken_at) {
  using std::chrono::year, std::chrono::month, std::chrono::day, std::chrono::sys_days;
  const auto y = NumberAt(taken_at, 0, 4);
  const auto m = NumberAt(taken_at, 5, 2);
  const auto d = NumberAt(taken_at, 8, 2);
  if (!y || !m || !d) return FactTable::kNoTime;
  const std::chrono::year_month_day date(year{*y}, month{static_cast<unsigned>(*m)},
                                         day{static_cast<unsigned>(*d)});
  if (!date.ok()) return FactTable::kNoTime;
  const std::int64_t hours = NumberAt(taken_at, 11, 2).value_or(0);
  const std::int64_t minutes = NumberAt(taken_at, 14, 2).value_or(0);
  const std::int64_t seconds = NumberAt(taken_at, 17, 2).value_or(0);
  return std::int64_t{sys_days(date).time_since_epoch().count()} * 86'400 + hours * 3600 + minutes * 60 +
         seconds;
}

Result<std::shared_ptr<const FactTable>> SqliteCatalog::ReadFacts(const std::string& space) {
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return std::shared_ptr<const FactTable>(std::make_shared<FactTable>());
  VITRINE_TRY_ASSIGN(const RowId rows, CountRows(db_, known->id));
  return Loader(db_, known->id, rows).Load();
}

Result<std::shared_ptr<const FactTable>> LoadFacts(Catalog& catalog, const std::string& space) {
  return catalog.ReadFacts(space);
}

}  // namespace vitrine
