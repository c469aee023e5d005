#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "catalog/sketch_code.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

std::optional<std::string> TextAt(const Statement& query, int column) {
  if (query.IsNull(column)) return std::nullopt;
  return query.Text(column);
}

std::optional<double> RealAt(const Statement& query, int column) {
  if (query.IsNull(column)) return std::nullopt;
  return query.Real(column);
}

std::optional<std::int64_t> IntAt(const Statement& query, int column) {
  if (query.IsNull(column)) return std::nullopt;
  return query.Int(column);
}

// The columns of an asset, in the order that AssetAt reads them.
#define VITRINE_ASSET_COLUMNS                                                                      \
  "asset.id, content, format, width_px, height_px, taken_at, camera, lens, exposure_s, f_number, " \
  "focal_length_mm, iso, latitude, longitude, palette, hash, sharpness"

Result<AssetRecord> AssetAt(const Statement& query) {
  AssetRecord asset;
  asset.id = AssetId{query.Int(0)};
  VITRINE_TRY_ASSIGN(asset.content, DigestOf(query.Bytes(1)));
  asset.info.format = query.Text(2);
  asset.info.width_px = static_cast<std::int32_t>(query.Int(3));
  asset.info.height_px = static_cast<std::int32_t>(query.Int(4));
  Facts& facts = asset.info.facts;
  facts.taken_at = TextAt(query, 5);
  facts.camera = TextAt(query, 6);
  facts.lens = TextAt(query, 7);
  facts.exposure_s = RealAt(query, 8);
  facts.f_number = RealAt(query, 9);
  facts.focal_length_mm = RealAt(query, 10);
  facts.iso = IntAt(query, 11);
  facts.latitude = RealAt(query, 12);
  facts.longitude = RealAt(query, 13);
  DecodePalette(query.Bytes(14), asset.sketch.palette);
  asset.sketch.hash = static_cast<std::uint64_t>(query.Int(15));
  asset.sketch.sharpness = static_cast<float>(query.Real(16));
  return asset;
}

// The columns of a file: path, the stamp, asset, failure.
#define VITRINE_FILE_COLUMNS "path, size_bytes, mtime_ns, ctime_ns, device, inode, asset, failure"

KnownFile FileFrom(const Statement& query) {
  KnownFile file;
  file.path = query.Text(0);
  file.stamp.size_bytes = static_cast<std::uint64_t>(query.Int(1));
  file.stamp.mtime_ns = query.Int(2);
  file.stamp.ctime_ns = query.Int(3);
  file.stamp.device = static_cast<std::uint64_t>(query.Int(4));
  file.stamp.inode = static_cast<std::uint64_t>(query.Int(5));
  if (!query.IsNull(6)) file.asset = AssetId{query.Int(6)};
  file.failure = query.Text(7);
  return file;
}

Result<std::vector<PathBytes>> PathsOf(Database& db, AssetId asset) {
  std::vector<PathBytes> paths;
  Statement query =
      db.Ask("SELECT path FROM file WHERE asset = ? ORDER BY path", static_cast<std::int64_t>(asset));
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return paths;
    paths.push_back(query.Text(0));
  }
}

/// Adds where an asset lies. False when nowhere.
Result<bool> AddPaths(Database& db, const std::vector<KnownRoot>& roots, AssetRecord& asset) {
  VITRINE_TRY_ASSIGN(asset.paths, PathsOf(db, asset.id));
  asset.offline =
      std::ranges::all_of(asset.paths, [&](const PathBytes& path) { return IsOffline(roots, path); });
  return !asset.paths.empty();
}

}  // namespace

Result<Sha256Digest> DigestOf(std::string_view bytes) {
  Sha256Digest digest{};
  if (bytes.size() != digest.size()) {
    return Error(Code::kCorrupt, "the catalog is damaged: a content hash has the wrong length");
  }
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

PathRange::PathRange(const PathBytes& folder) : folder_(folder), children_(folder) {
  if (children_.empty() || children_.back() != '/') children_ += '/';
  end_ = children_;
  end_.back() = '/' + 1;
}

bool PathRange::Contains(const PathBytes& path) const {
  return path == folder_ || path.starts_with(children_);
}

Result<std::vector<KnownRoot>> ReadRoots(Database& db) {
  std::vector<KnownRoot> roots;
  Statement query = db.Ask("SELECT path, offline FROM root");
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return roots;
    const PathBytes path = query.Text(0);
    roots.push_back({PathRange(path), path.size(), query.Int(1) != 0});
  }
}

bool IsOffline(const std::vector<KnownRoot>& roots, const PathBytes& path) {
  const KnownRoot* innermost = nullptr;
  for (const KnownRoot& root : roots) {
    const bool closer = innermost == nullptr || root.length > innermost->length;
    if (closer && root.range.Contains(path)) innermost = &root;
  }
  return innermost != nullptr && innermost->offline;
}

Result<std::vector<std::pair<RowId, AssetRecord>>> SqliteCatalog::AssetsOfRows(const std::string& space,
                                                                               std::span<const RowId> rows) {
  std::vector<std::pair<RowId, AssetRecord>> assets;
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::optional<SpaceRow> known, FindSpace(space));
  if (!known) return assets;
  VITRINE_TRY_ASSIGN(const std::vector<KnownRoot> roots, ReadRoots(db_));
  assets.reserve(rows.size());
  for (const RowId row : rows) {
    Statement query =
        db_.Ask("SELECT " VITRINE_ASSET_COLUMNS
                " FROM embedding JOIN asset ON asset.id = embedding.asset WHERE embedding.id = ?",
                EmbeddingId(known->id, row));
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) continue;
    VITRINE_TRY_ASSIGN(AssetRecord asset, AssetAt(query));
    VITRINE_TRY_ASSIGN(const bool lives, AddPaths(db_, roots, asset));
    if (lives) assets.emplace_back(row, std::move(asset));
  }
  return assets;
}

Result<std::vector<AssetRecord>> SqliteCatalog::AssetsOf(std::span<const AssetId> assets) {
  std::vector<AssetRecord> records;
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::vector<KnownRoot> roots, ReadRoots(db_));
  records.reserve(assets.size());
  for (const AssetId id : assets) {
    Statement query =
        db_.Ask("SELECT " VITRINE_ASSET_COLUMNS " FROM asset WHERE id = ?", static_cast<std::int64_t>(id));
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) continue;
    VITRINE_TRY_ASSIGN(AssetRecord asset, AssetAt(query));
    VITRINE_TRY_ASSIGN(const bool lives, AddPaths(db_, roots, asset));
    if (lives) records.push_back(std::move(asset));
  }
  return records;
}

Result<std::uint64_t> SqliteCatalog::Version() {
  VITRINE_TRY_ASSIGN(const std::int64_t others, db_.Number("PRAGMA data_version"));
  VITRINE_TRY_ASSIGN(const std::int64_t own, db_.Number("SELECT total_changes()"));
  return (static_cast<std::uint64_t>(others) << 40) + static_cast<std::uint64_t>(own);
}

Result<std::optional<Sha256Digest>> SqliteCatalog::ContentOf(AssetId asset) {
  Statement query = db_.Ask("SELECT content FROM asset WHERE id = ?", static_cast<std::int64_t>(asset));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<Sha256Digest>();
  VITRINE_TRY_ASSIGN(const Sha256Digest content, DigestOf(query.Bytes(0)));
  return std::optional(content);
}

Result<std::string> SqliteCatalog::PictureText(AssetId asset) {
  Statement query =
      db_.Ask("SELECT text FROM picture_text WHERE asset = ?", static_cast<std::int64_t>(asset));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  return found ? query.Text(0) : std::string();
}

Result<std::optional<KnownFile>> SqliteCatalog::FileAt(const PathBytes& path) {
  Statement query = db_.Ask("SELECT " VITRINE_FILE_COLUMNS " FROM file WHERE path = ?", Blob{path});
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<KnownFile>();
  return std::optional(FileFrom(query));
}

Result<std::optional<AssetId>> SqliteCatalog::AssetByContent(const Sha256Digest& content,
                                                             const std::string& space) {
  const std::string bytes(content.begin(), content.end());
  Statement query = db_.Ask(
      "SELECT asset.id FROM asset JOIN space ON space.name = ? "
      "JOIN embedding ON embedding.asset = asset.id AND embedding.space = space.id WHERE asset.content = ?",
      std::string_view(space), Blob{bytes});
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<AssetId>();
  return std::optional(AssetId{query.Int(0)});
}

Result<std::vector<RootRecord>> SqliteCatalog::Roots() {
  std::vector<RootRecord> roots;
  Statement query = db_.Ask("SELECT path, offline FROM root ORDER BY path");
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return roots;
    RootRecord root{.path = query.Text(0), .offline = query.Int(1) != 0};
    const PathRange range(root.path);
    Statement count = db_.Ask(
        "SELECT count(*) FROM file WHERE path >= ?1 AND path < ?3 AND (path = ?1 OR path >= ?2) AND asset IS "
        "NOT NULL",
        range.self(), range.children(), range.end());
    VITRINE_TRY(count.Next());
    root.files = static_cast<std::uint64_t>(count.Int(0));
    roots.push_back(std::move(root));
  }
}

Result<FolderTally> SqliteCatalog::TallyUnder(const PathBytes& folder, std::int64_t run) {
  const PathRange range(folder);
  Statement query = db_.Ask(
      "SELECT count(*), coalesce(sum(?4 > 0 AND run >= ?4), 0) FROM file "
      "WHERE path >= ?1 AND path < ?3 AND (path = ?1 OR path >= ?2)",
      range.self(), range.children(), range.end(), run);
  VITRINE_TRY(query.Next());
  return FolderTally{.remembered = static_cast<std::uint64_t>(query.Int(0)),
                     .seen = static_cast<std::uint64_t>(query.Int(1))};
}

Result<CatalogCounts> SqliteCatalog::Counts() {
  VITRINE_TRY_ASSIGN(const std::int64_t known, db_.Number("SELECT count(*) FROM asset"));
  VITRINE_TRY_ASSIGN(const std::int64_t gone, db_.Number("SELECT count(*) FROM asset WHERE paths = 0"));
  VITRINE_TRY_ASSIGN(const std::int64_t files,
                     db_.Number("SELECT count(*) FROM file WHERE asset IS NOT NULL"));
  VITRINE_TRY_ASSIGN(const std::int64_t failures,
                     db_.Number("SELECT count(*) FROM file WHERE asset IS NULL"));
  return CatalogCounts{.assets = static_cast<std::uint64_t>(known - gone),
                       .files = static_cast<std::uint64_t>(files),
                       .failures = static_cast<std::uint64_t>(failures)};
}

Status SqliteCatalog::ForEachFailure(const std::function<void(const KnownFile&)>& visit) {
  Statement query = db_.Ask("SELECT " VITRINE_FILE_COLUMNS " FROM file WHERE asset IS NULL ORDER BY path");
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return {};
    visit(FileFrom(query));
  }
}

Result<std::optional<std::string>> SqliteCatalog::Setting(const std::string& name) {
  Statement query = db_.Ask("SELECT value FROM setting WHERE name = ?", std::string_view(name));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  return found ? std::optional(query.Text(0)) : std::nullopt;
}

}  // namespace vitrine
