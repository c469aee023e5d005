// The truth about a library, in SQLite: which pictures there are by content, where their files were seen,
// what failed and why, and each picture's vector in each space. Everything else on disk can be made again
// from here.
//
// One process writes at a time (the library's lock, taken by Open for writing); any number read meanwhile.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "catalog/annotations.h"
#include "index/vector_index.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

struct FactTable;

/// What the operating system says of a file; when all of it is unchanged, so is the content.
struct FileStamp {
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};

/// A file as the catalog remembers it.
struct KnownFile {
  PathBytes path;
  FileStamp stamp;
  std::optional<AssetId> asset;  ///< Empty when the file failed.
  std::string failure;           ///< Why, when it failed; else empty.
};

/// A picture that was decoded and embedded, ready to be recorded.
struct NewAsset {
  Sha256Digest content{};
  PictureInfo info;
  Sketch sketch = {};
  EmbeddedNote embedded = {};  ///< Tags become marks of origin kFile; what is no tag is left out.
};

/// One file's outcome in a batch. Either an asset that is known (`asset`), or a new one (`new_asset` with its
/// codes at the same position in `RecordBatch`'s vectors), or a failure.
struct FileOutcome {
  PathBytes path = {};
  FileStamp stamp = {};
  std::optional<AssetId> asset = {};
  std::optional<NewAsset> new_asset = {};
  std::string failure = {};
};

/// A picture that a search may return.
struct AssetRecord {
  AssetId id{};
  Sha256Digest content{};
  PictureInfo info;
  Sketch sketch;                 ///< Empty where none was made yet.
  std::vector<PathBytes> paths;  ///< Where it was last seen, in byte order; at least one.
  bool offline = false;          ///< Every path lies under a root that is not there now.
};

/// A folder or file given to `index`.
struct RootRecord {
  PathBytes path;
  bool offline = false;
  std::uint64_t files = 0;  ///< Files remembered under it that hold a picture.
};

/// What is remembered under a folder, or of a file.
struct FolderTally {
  std::uint64_t remembered = 0;  ///< Paths, failed ones included.
  std::uint64_t seen = 0;        ///< Those of them that were seen in the run asked about.
};

struct CatalogCounts {
  std::uint64_t assets = 0;    ///< Pictures with at least one path.
  std::uint64_t files = 0;     ///< Paths that hold one.
  std::uint64_t failures = 0;  ///< Paths that failed.
};

/// A picture in whose texts words were found.
struct WordHit {
  RowId row = 0;
  float bm25 = 0;  ///< > 0, the larger the better (Robertson and Zaragoza 2009; weights in catalog/words.h).
  std::string column;  ///< Where most of the words stand: "name", "folder", "caption", "tag", "picture text".
};

/// Name, tags, caption, folders and the text in a picture (catalog/words.h).
using WordTexts = std::array<std::string, 5>;

/// A picture whose sketch is still to be made.
struct SketchDue {
  AssetId asset{};
  Sha256Digest content{};
};

/// A sidecar as it was last read or written.
struct SidecarRecord {
  PathBytes path;
  AssetId asset{};
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  Sha256Digest content{};  ///< Of all its bytes.
  std::string said = {};   ///< A note, packed (xmp/note.h): from where the next merge starts.
  bool operator==(const SidecarRecord&) const = default;
};

/// A vector space as the catalog knows it.
struct SpaceRecord {
  std::string name;   ///< 16 hex digits.
  std::string model;  ///< "starter 1.0.0", for people.
  std::size_t dimension = 0;
  std::uint64_t vectors = 0;  ///< Those of living pictures.
  RowId rows = 0;             ///< All of them.
};

/// What Compact() did.
struct Compaction {
  std::uint64_t generation = 0;         ///< Of the space's rows now.
  RowId rows_before = 0;                ///< Rows of the space, those of gone pictures included.
  RowId rows = 0;                       ///< Rows that are left.
  std::vector<Sha256Digest> forgotten;  ///< Pictures that the catalog no longer knows: what is kept of them
                                        ///< elsewhere (thumbnails) may go.
};

/// How a catalog is opened.
enum class CatalogMode : std::uint8_t {
  kRead,   ///< Never writes, never checkpoints; works on read-only media.
  kWrite,  ///< Creates or migrates; holds the library's lock until destroyed.
};

/// Not thread-safe: one thread at a time. One opened for reading sees what is committed meanwhile, but stays
/// with the generation of each space that it saw first: once the rows were dealt anew, calls that take or
/// give rows fail with kCorrupt, and the catalog has to be opened again.
class Catalog {
 public:
  /// Opens "<folder>/catalog.sqlite".
  /// Errors: kNotFound (kRead, no library there), kLocked (another writer), kUnsupported (made by a newer
  /// Vitrine), kCorrupt (integrity check failed), kNoSpace, kIo (among others: kWrite on a folder that cannot
  /// be written).
  static Result<std::unique_ptr<Catalog>> Open(const std::string& folder, CatalogMode mode);
  virtual ~Catalog() = default;

  // Spaces.

  /// Remembers a space (kWrite) and returns its generation, >= 1: another one whenever row ids are dealt
  /// anew, be it in a new catalog in the same folder. Errors: kInvalidArgument (known with another
  /// dimension).
  virtual Result<std::uint64_t> EnsureSpace(const std::string& space, const std::string& model,
                                            std::size_t dimension) = 0;
  /// The generation of a space; 0 when the catalog has never heard of it.
  virtual Result<std::uint64_t> Generation(const std::string& space) = 0;
  /// The vectors of a space, in row order. The source must not outlive the catalog. Errors: kNotFound (no
  /// such space).
  virtual Result<std::unique_ptr<RowSource>> Vectors(const std::string& space) = 0;
  /// Rows of a space whose asset has at least one path now: what a search may return. Costs what is gone, not
  /// what there is. A space that the catalog has never heard of has no rows.
  virtual Result<RowSet> LiveRows(const std::string& space) = 0;
  /// The row of an asset in a space; empty when it is not embedded there.
  virtual Result<std::optional<RowId>> RowOf(const std::string& space, AssetId asset) = 0;
  /// The assets behind rows, in the order asked; rows without a living asset are left out.
  virtual Result<std::vector<std::pair<RowId, AssetRecord>>> AssetsOfRows(const std::string& space,
                                                                          std::span<const RowId> rows) = 0;

  /// All spaces, in the order in which they entered the catalog. Cost: that of LiveRows() each.
  virtual Result<std::vector<SpaceRecord>> Spaces() = 0;
  /// Living pictures that have no vector in a space, in order of id, those after `after` alone; all of them
  /// for a space that the catalog has never heard of. Cost: the pictures after `after` up to the last one
  /// returned.
  virtual Result<std::vector<AssetId>> AssetsWithoutVector(const std::string& space, std::size_t limit,
                                                           AssetId after = {}) = 0;

  // Words: names, folders, captions, accepted tags and the text in pictures, of living pictures. `match` is
  // an expression of SQLite's FTS5, of strings in double quotes ('"' doubled inside), AND, OR, NOT and
  // parentheses. Letter case and accents do not count. Errors: kInvalidArgument (no such expression).

  /// The best `limit` rows of a space for `match`, best first, then in order of row. Cost: what matches.
  virtual Result<std::vector<WordHit>> FindWords(const std::string& space, const std::string& match,
                                                 std::size_t limit) = 0;
  /// All rows of a space that hold `match`, as large as LiveRows(): what a filter needs.
  virtual Result<RowSet> RowsWithWords(const std::string& space, const std::string& match) = 0;
  /// The texts that a living picture is found by, in the order of kWordColumns (catalog/words.h); empty for
  /// another.
  virtual Result<WordTexts> TextsOf(AssetId asset) = 0;
  /// How many pictures hold the word (several words: side by side), in any space or none.
  virtual Result<std::uint64_t> WordFrequency(const std::string& word) = 0;

  // Reading.

  /// Another number whenever anything of the catalog was changed, by whomever, since this catalog was
  /// opened: what was made from it (a FactTable) is stale then.
  virtual Result<std::uint64_t> Version() = 0;
  /// The assets asked for, in that order; those without a path are left out.
  virtual Result<std::vector<AssetRecord>> AssetsOf(std::span<const AssetId> assets) = 0;
  /// The content of an asset, with or without a path; empty for one that there never was, or that was
  /// dropped.
  virtual Result<std::optional<Sha256Digest>> ContentOf(AssetId asset) = 0;
  /// The words that were read in a picture; empty where there are none, or none were looked for.
  virtual Result<std::string> PictureText(AssetId asset) = 0;
  /// Living pictures without a sketch, in order of id, those after `after` alone. Cost: what is returned.
  virtual Result<std::vector<SketchDue>> AssetsWithoutSketch(std::size_t limit, AssetId after = {}) = 0;
  /// Living pictures in which nobody looked for words yet, in order of id, those after `after` alone. Cost:
  /// the pictures after `after` up to the last one returned.
  virtual Result<std::vector<AssetId>> AssetsWithoutText(std::size_t limit, AssetId after = {}) = 0;
  virtual Result<std::optional<SidecarRecord>> SidecarAt(const PathBytes& path) = 0;
  /// Living pictures whose tags or note were changed since SidecarWritten(), in the order in which that
  /// happened first; what files said themselves does not count.
  virtual Result<std::vector<AssetId>> SidecarsDue(std::size_t limit) = 0;

  virtual Result<std::optional<KnownFile>> FileAt(const PathBytes& path) = 0;
  /// The asset with this content, when it also has a vector in `space`.
  virtual Result<std::optional<AssetId>> AssetByContent(const Sha256Digest& content,
                                                        const std::string& space) = 0;
  virtual Result<std::vector<RootRecord>> Roots() = 0;
  /// What is remembered at and under `folder`, and how much of it was seen in `run` or a later
  /// one; nothing for run 0.
  virtual Result<FolderTally> TallyUnder(const PathBytes& folder, std::int64_t run) = 0;
  virtual Result<CatalogCounts> Counts() = 0;
  /// The asset with this content, in whatever spaces it has vectors, with or without a path.
  virtual Result<std::optional<AssetId>> AssetOfContent(const Sha256Digest& content) = 0;
  /// Calls `visit` for each remembered failure, in byte order of the path.
  virtual Status ForEachFailure(const std::function<void(const KnownFile&)>& visit) = 0;

  /// What the owner set under this name; empty when nothing was set.
  virtual Result<std::optional<std::string>> Setting(const std::string& name) = 0;

  // Writing (kWrite). Each call is one durable transaction: when it returns, a power cut loses nothing of it.

  /// Starts a run over `root`, which is there (no longer offline): what is seen from now on is stamped with
  /// the returned number, >= 1. With `joined` > 0 the root takes part in that run instead, under its number.
  virtual Result<std::int64_t> BeginRun(const PathBytes& root, std::int64_t joined = 0) = 0;
  /// Marks files as seen unchanged in this run. Unknown paths are ignored.
  virtual Status MarkSeen(std::int64_t run, std::span<const PathBytes> paths) = 0;
  /// Marks everything remembered at and under `folder` as seen: nobody could look there.
  virtual Status KeepUnder(std::int64_t run, const PathBytes& folder) = 0;
  /// Marks what is remembered under `root` on devices other than `present` as seen: their drives are not
  /// there now. Returns how many paths that kept.
  virtual Result<std::uint64_t> KeepMissingDevices(std::int64_t run, const PathBytes& root,
                                                   std::span<const std::uint64_t> present) = 0;
  /// Records outcomes; `vectors` holds one row for each outcome with a `new_asset`, in order. A new asset
  /// whose content is known becomes that asset; its vector is kept only where the space has none of it.
  virtual Status RecordBatch(std::int64_t run, const std::string& space,
                             std::span<const FileOutcome> outcomes, const EncodedRows& vectors) = 0;
  /// Ends a run that saw the whole root: forgets the paths under it that were seen neither
  /// in it nor in a later one. Pictures and vectors
  /// stay, so that a file that comes back costs no inference. Returns how many paths were forgotten.
  virtual Result<std::uint64_t> FinishRun(std::int64_t run, const PathBytes& root) = 0;
  /// Gives assets these vectors in a space, in order, whether or not they had others: of one asset twice, the
  /// last. Vectors that change give the space another generation, since rows of a generation never change.
  virtual Status ReplaceVectors(const std::string& space, std::span<const AssetId> assets,
                                const EncodedRows& vectors) = 0;
  /// Gives assets these vectors in a space, in order, where they have none yet; unknown assets are left out.
  virtual Status AddVectors(const std::string& space, std::span<const AssetId> assets,
                            const EncodedRows& vectors) = 0;
  /// Forgets a space and all its vectors in one transaction, then gives the free pages back to the disk.
  /// Pictures stay, also those of which no space has a vector any more. Errors: kNotFound (no such space),
  /// kNoSpace, kIo; nothing has happened then.
  virtual Status DropSpace(const std::string& space) = 0;
  /// Marks a root as not there now; its files stay. FinishRun and BeginRun bring it back.
  virtual Status MarkOffline(const PathBytes& root) = 0;
  /// Drops the vectors that a space has of pictures without a path, and pictures of which no space has a
  /// vector then. Deals the other rows anew, dense and in order, under a new generation, so that vector files
  /// have to be published again; leaves all as it is when there is nothing to drop. One transaction: a call
  /// that is killed has happened or not. Then gives the free pages of the database back to the disk. Cost:
  /// each row behind the first dropped one is written once, and may need as much room in the log. Errors:
  /// kNotFound (no such space), kNoSpace, kIo; nothing has happened then.
  virtual Result<Compaction> Compact(const std::string& space) = 0;
  /// Remembers a setting of the library, in place of an earlier one of the name.
  virtual Status SetSetting(const std::string& name, const std::string& value) = 0;
  /// Keeps these in place of earlier ones; unknown assets are ignored. A sketch without colours is kept too:
  /// none can be made, and it is not due again.
  virtual Status StoreSketches(std::span<const std::pair<AssetId, Sketch>> sketches) = 0;
  /// Keeps the words that were read in a picture: UTF-8, cut at 64 KiB; empty to forget them. Errors:
  /// kNotFound (no such asset).
  virtual Status SetPictureText(AssetId asset, const std::string& text) = 0;
  /// The same for many in one transaction, but that an empty text says that there are no words: the picture
  /// is no longer due. Unknown assets are ignored.
  virtual Status StorePictureTexts(std::span<const std::pair<AssetId, std::string>> texts) = 0;
  virtual Status RememberSidecar(const SidecarRecord& sidecar) = 0;
  virtual Status ForgetSidecar(const PathBytes& path) = 0;
  /// The asset's sidecars say what the catalog says: it is no longer due.
  virtual Status SidecarWritten(AssetId asset) = 0;

  /// What is known of each row of a space, as LoadFacts() gives it.
  virtual Result<std::shared_ptr<const FactTable>> ReadFacts(const std::string& space) = 0;

  /// Tags, notes, saved searches and their journal. Lives as long as the catalog.
  virtual Annotations& annotations() = 0;
};

}  // namespace vitrine
