// The one implementation of Catalog. Its calls are in the files catalog_*.cc, one a matter.
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "catalog/library_lock.h"
#include "catalog/sqlite.h"
#include "catalog/sqlite_annotations.h"

namespace vitrine {

/// A space as the catalog keeps it.
struct SpaceRow {
  std::int64_t id = 0;
  std::size_t dimension = 0;
  std::uint64_t generation = 0;
};

/// The id of an embedding: rows of a space lie one after another.
inline std::int64_t EmbeddingId(std::int64_t space, std::uint64_t row) {
  return (space << 32) + static_cast<std::int64_t>(row);
}

inline RowId RowOfEmbedding(std::int64_t id) {
  return static_cast<RowId>(static_cast<std::uint64_t>(id) & 0xffffffff);
}

/// A limit as SQLite takes it.
inline std::int64_t AtMostInt64(std::size_t limit) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(limit, kMost));
}

/// A content hash as it is kept. Errors: kCorrupt (another length).
Result<Sha256Digest> DigestOf(std::string_view bytes);

/// Gives an asset this sketch. Inside a Transaction.
Status StoreSketch(Database& db, AssetId asset, const Sketch& sketch);

/// Gives an asset that is new what its file says of it. Inside a Transaction.
Status StoreEmbedded(Database& db, AssetId asset, const EmbeddedNote& embedded);

/// The paths at and under a folder, as bytes: `folder` itself, and all p with children <= p < end. Both
/// bounds are needed because "/data-secret" sorts between "/data" and "/data/x".
struct PathRange {
  explicit PathRange(const PathBytes& folder);
  Blob self() const { return {folder_}; }
  Blob children() const { return {children_}; }
  Blob end() const { return {end_}; }
  bool Contains(const PathBytes& path) const;

 private:
  PathBytes folder_;
  PathBytes children_;
  PathBytes end_;
};

/// A root as paths are held against it.
struct KnownRoot {
  PathRange range;
  std::size_t length;  ///< Of its path, in bytes.
  bool offline;
};

Result<std::vector<KnownRoot>> ReadRoots(Database& db);

/// Of several roots that hold a path the innermost decides.
bool IsOffline(const std::vector<KnownRoot>& roots, const PathBytes& path);

/// The rows of a space that are there: one past the largest row id. Errors: those of reading.
Result<RowId> CountRows(Database& db, std::int64_t space);

/// Gives what is free in the database back to the disk. What cannot be given back now is filled again later,
/// or given back by the next call.
void GiveBackFreePages(Database& db);

/// A generation that no catalog in this folder had before, later than `after`.
std::uint64_t NewGeneration(std::uint64_t after);

class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(Database db, std::optional<LibraryLock> lock)
      : lock_(std::move(lock)), db_(std::move(db)), annotations_(db_) {}
  ~SqliteCatalog() override;

  Result<std::uint64_t> EnsureSpace(const std::string& space, const std::string& model,
                                    std::size_t dimension) override;
  Result<std::uint64_t> Generation(const std::string& space) override;
  Result<std::unique_ptr<RowSource>> Vectors(const std::string& space) override;
  Result<RowSet> LiveRows(const std::string& space) override;
  Result<std::optional<RowId>> RowOf(const std::string& space, AssetId asset) override;
  Result<std::vector<std::pair<RowId, AssetRecord>>> AssetsOfRows(const std::string& space,
                                                                  std::span<const RowId> rows) override;

  Result<std::vector<SpaceRecord>> Spaces() override;
  Result<std::vector<AssetId>> AssetsWithoutVector(const std::string& space, std::size_t limit,
                                                   AssetId after) override;

  Result<std::vector<WordHit>> FindWords(const std::string& space, const std::string& match,
                                         std::size_t limit) override;
  Result<RowSet> RowsWithWords(const std::string& space, const std::string& match) override;
  Result<WordTexts> TextsOf(AssetId asset) override;
  Result<std::uint64_t> WordFrequency(const std::string& word) override;

  Result<std::uint64_t> Version() override;
  Result<std::optional<Sha256Digest>> ContentOf(AssetId asset) override;
  Result<std::string> PictureText(AssetId asset) override;
  Result<std::vector<AssetRecord>> AssetsOf(std::span<const AssetId> assets) override;
  Result<std::vector<SketchDue>> AssetsWithoutSketch(std::size_t limit, AssetId after) override;
  Result<std::vector<AssetId>> AssetsWithoutText(std::size_t limit, AssetId after) override;
  Result<std::optional<SidecarRecord>> SidecarAt(const PathBytes& path) override;
  Result<std::vector<AssetId>> SidecarsDue(std::size_t limit) override;
  Result<std::optional<KnownFile>> FileAt(const PathBytes& path) override;
  Result<std::optional<AssetId>> AssetByContent(const Sha256Digest& content,
                                                const std::string& space) override;
  Result<std::vector<RootRecord>> Roots() override;
  Result<FolderTally> TallyUnder(const PathBytes& folder, std::int64_t run) override;
  Result<CatalogCounts> Counts() override;
  Result<std::optional<AssetId>> AssetOfContent(const Sha256Digest& content) override;
  Status ForEachFailure(const std::function<void(const KnownFile&)>& visit) override;
  Result<std::optional<std::string>> Setting(const std::string& name) override;

  Result<std::int64_t> BeginRun(const PathBytes& root, std::int64_t joined) override;
  Status MarkSeen(std::int64_t run, std::span<const PathBytes> paths) override;
  Status KeepUnder(std::int64_t run, const PathBytes& folder) override;
  Result<std::uint64_t> KeepMissingDevices(std::int64_t run, const PathBytes& root,
                                           std::span<const std::uint64_t> present) override;
  Status RecordBatch(std::int64_t run, const std::string& space, std::span<const FileOutcome> outcomes,
                     const EncodedRows& vectors) override;
  Result<std::uint64_t> FinishRun(std::int64_t run, const PathBytes& root) override;
  Status MarkOffline(const PathBytes& root) override;
  Status ReplaceVectors(const std::string& space, std::span<const AssetId> assets,
                        const EncodedRows& vectors) override;
  Status AddVectors(const std::string& space, std::span<const AssetId> assets,
                    const EncodedRows& vectors) override;
  Status DropSpace(const std::string& space) override;
  Result<Compaction> Compact(const std::string& space) override;
  Status SetSetting(const std::string& name, const std::string& value) override;
  Status StoreSketches(std::span<const std::pair<AssetId, Sketch>> sketches) override;
  Status SetPictureText(AssetId asset, const std::string& text) override;
  Status StorePictureTexts(std::span<const std::pair<AssetId, std::string>> texts) override;
  Status RememberSidecar(const SidecarRecord& sidecar) override;
  Status ForgetSidecar(const PathBytes& path) override;
  Status SidecarWritten(AssetId asset) override;

  Annotations& annotations() override { return annotations_; }
  Result<std::shared_ptr<const FactTable>> ReadFacts(const std::string& space) override;

 private:
  /// Errors: kCorrupt (a reader that has seen an earlier generation, or a space that is gone now).
  Result<std::optional<SpaceRow>> FindSpace(const std::string& space);
  Result<AssetId> EnsureAsset(const NewAsset& asset);
  /// Row `index` of `vectors`, unless the space has a vector of the asset.
  Status StoreVector(std::int64_t space, AssetId asset, const EncodedRows& vectors, std::size_t index);
  Status RecordOutcomes(std::int64_t run, std::int64_t space, std::span<const FileOutcome> outcomes,
                        const EncodedRows& vectors);
  Status StoreFile(std::int64_t run, const FileOutcome& outcome, std::optional<AssetId> asset);

  std::optional<LibraryLock> lock_;  // Outlives the connection.
  Database db_;
  SqliteAnnotations annotations_;
  std::map<std::string, std::uint64_t> seen_;  // A reader's generation of each space.
};

}  // namespace vitrine
