// Vitrine's public interface: a library of pictures that can be searched by what is in them.
//
//   vitrine::LibraryOptions options;
//   options.folder = "/home/ada/.local/share/vitrine/default";
//   auto library = vitrine::Library::Open(options);
//   if (!library) return Report(library.error());
//
//   vitrine::StopSignal stop;
//   auto report = (*library)->Index({.roots = {"/home/ada/Pictures"}}, nullptr, stop);
//
//   auto found = (*library)->Search({.text = "two dogs in the snow"}, {.limit = 10});
//   if (found) for (const vitrine::Hit& hit : found->hits) Show(hit.paths.front(), hit.score);
//
// A library is one folder: catalog, vectors, thumbnails. Originals are only ever read. Nothing here opens a
// network connection, prints, or ends the process. Paths are bytes as the operating system gives them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/boards.h"
#include "vitrine/duplicates.h"
#include "vitrine/gallery.h"
#include "vitrine/index_report.h"
#include "vitrine/inference.h"
#include "vitrine/journal.h"
#include "vitrine/result.h"
#include "vitrine/search.h"
#include "vitrine/sidecars.h"
#include "vitrine/stop.h"
#include "vitrine/tags.h"
#include "vitrine/types.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// Where things are. Empty fields take the defaults named beside them.
struct LibraryOptions {
  std::string folder;  ///< The library. Required; made by the first Index().
  std::string model;   ///< A pack by name, the folder of one, or two to be mixed as "A+B". Default: the
                       ///< library's own choice (Models::Use()), "starter" at first.
  std::string worker_program;     ///< `vitrine-decode`. Default: the one beside the program.
  std::size_t threads = 0;        ///< Decode workers and inference threads. Default: the number of cores.
  Device device = Device::kAuto;  ///< Where the model runs.
  Precision precision = Precision::kAuto;  ///< How many bits it computes with.
  bool allow_svg = false;                  ///< SVG is a program in disguise: off unless asked for.
};

/// What to index.
struct IndexOptions {
  std::vector<PathBytes> roots;  ///< Folders or files; relative ones are taken from the working folder.
  bool retry_failed = false;     ///< Try files again that failed before and have not changed since.
};

/// What to say of pictures; what is absent stays as it is.
struct NoteChange {
  std::optional<std::int32_t> rating;  ///< -1 (rejected), 0..5.
  bool drop_rating = false;            ///< Take a rating off.
  std::optional<std::string> caption;  ///< UTF-8, at most 64 KiB; empty takes one off.
};

/// Counts for people.
struct LibraryInfo {
  std::string folder;
  std::string model;
  std::uint64_t pictures = 0;
  std::uint64_t files = 0;
  std::uint64_t failures = 0;
  std::uint64_t vectors = 0;
  std::vector<PathBytes> roots;
  std::vector<PathBytes> offline_roots;
};

/// One line of a health report.
struct Finding {
  enum class Level : std::uint8_t { kOk, kNote, kProblem };
  Level level = Level::kOk;
  std::string subject;  ///< "model", "library", "network", ...
  std::string text;
};

/// An open library, on this machine or on a cluster (cluster.h). Searches may run at the same time from
/// several threads; Index() and searches may too, and a search then sees what was recorded when it began. Two
/// processes may search one library; only one may index it. On a cluster every call may also give kIo,
/// kTimeout and kUnsupported (cluster.h), and those that it does not answer kInvalidArgument, with what to do
/// instead.
class Library {
 public:
  virtual ~Library() = default;

  /// Prepares a library; touches the disk as little as possible. The folder need not exist yet.
  /// Errors: kInvalidArgument (no folder), kUnsupported (a library on a cluster: cluster.h opens those),
  /// kModel (no such model pack, or one that is damaged).
  static Result<std::unique_ptr<Library>> Open(const LibraryOptions& options);

  /// Finds the pictures that answer each query best. Errors: kNotFound (no library, or a query picture that
  /// does not exist), kInvalidArgument (an empty query, or one that cannot be read: the message names the
  /// column), kCorrupt (a query picture that cannot be decoded, or a damaged library), kModel.
  virtual Result<std::vector<SearchResult>> SearchMany(std::span<const Query> queries,
                                                       const SearchOptions& options) = 0;
  Result<SearchResult> Search(const Query& query, const SearchOptions& options);

  /// The upright pixels of any picture file, at most about `edge_px` on the short side: RGB8 rows. For
  /// previews.
  struct Preview {
    std::int32_t width_px = 0;
    std::int32_t height_px = 0;
    std::vector<std::uint8_t> rgb;
  };
  virtual Result<Preview> PreviewOf(const PathBytes& file, std::int32_t edge_px) = 0;

  /// Looks at everything that could be wrong: program, processor, model, library, network lock. Never fails
  /// as a whole.
  virtual std::vector<Finding> Doctor() = 0;

  /// Makes the library match the roots: new and changed pictures are embedded, moved ones re-attached,
  /// removed ones forgotten. A root that is missing or empty is taken for an unplugged drive: nothing is
  /// forgotten.
  /// @param observer  may be null.
  /// Errors: kInvalidArgument, kNotFound (a root that never existed), kLocked, kNoSpace, kIo, kCorrupt,
  /// kUnsupported (library of a newer version), kModel. Files that cannot be read are no error but part of
  /// the report.
  virtual Result<IndexReport> Index(const IndexOptions& options, IndexObserver* observer,
                                    const StopSignal& stop) = 0;

  virtual Result<LibraryInfo> Info() = 0;

  /// Parts of the interface that this library does not answer, as the routes of the server name them: "add",
  /// "boards", "duplicates", "index", "journal", "models", "notes", "searches", "suggest" (and teach),
  /// "tags"; and "quarantine", which only the command line does. Empty for one on this machine.
  virtual std::span<const std::string_view> Lacks() const { return {}; }

  /// Remembers how this library is to be searched and builds the index now. Later runs of Index() and
  /// ImportVectors() keep it up as the policy says. Searches go on meanwhile.
  /// @param observer  may be null.
  /// Errors: kInvalidArgument (a recall outside (0, 1]), kNotFound (no library), kLocked, kNoSpace, kIo,
  /// kCorrupt, kModel.
  virtual Result<VectorIndexState> BuildIndex(const IndexPolicy& policy, VectorObserver* observer) = 0;
  /// The policy as remembered; the default one for a library that was never told, or that is not there yet.
  virtual Result<IndexPolicy> Policy() = 0;

  /// Counts, sizes, and how the index does: it is measured against the exact scan with some hundred vectors
  /// of the library itself and with sentences. A second or so for 1,000,000 vectors.
  /// @param observer  may be null. Errors: kNotFound (no library), kCorrupt, kModel, kIo.
  virtual Result<LibraryStats> Stats(VectorObserver* observer) = 0;

  /// Forgets pictures that have no file any more, with their vectors and thumbnails, numbers the rest anew
  /// and gives the space back. Searches go on meanwhile, on what was there when they opened.
  /// @param observer  may be null. Errors: kNotFound (no library), kLocked, kNoSpace, kIo, kCorrupt.
  virtual Result<CompactReport> Compact(VectorObserver* observer) = 0;

  /// Writes the vectors of all pictures as float32 [pictures, dimension], each of length 1, in the model's
  /// own basis; and, if asked, a line for each: the picture's content hash in hex, a tab, its first path (a
  /// tab, line break or backslash in it as \t, \n, \\). Both appear whole under their names or not at all.
  /// Memory does not grow with the library.
  /// @param observer  may be null. Errors: kInvalidArgument, kNotFound (no library), kNoSpace, kIo, kCorrupt.
  virtual Result<ExportReport> ExportVectors(const ExchangeOptions& options, VectorObserver* observer,
                                             const StopSignal& stop) = 0;

  /// Reads such files: float32 or float16 of the model's dimension; vectors are brought to length 1. An id is
  /// what stands before a line's tab (without an ids file: the row's number). Where it is the content hash or
  /// the path of a known picture, that picture gets the vector. Any other becomes a picture that has a vector
  /// and a name but no file: it lies, offline, under `npy_file` as if that were a folder. The files are
  /// checked as a whole before anything is recorded; then it goes in steps, each durable, and doing it again
  /// after a stop goes on from there.
  /// @param observer  may be null. Errors: kNotFound, kInvalidArgument (no whole .npy file, another type,
  /// order or dimension, a NaN, a row of zeros, ids that do not match), kLocked, kNoSpace, kIo, kCorrupt.
  virtual Result<ImportReport> ImportVectors(const ExchangeOptions& options, VectorObserver* observer,
                                             const StopSignal& stop) = 0;

  /// Queries under a name, in order of name. Errors: kNotFound (no library).
  virtual Result<std::vector<SavedSearch>> SavedSearches() = 0;
  /// Remembers a query under a name, in place of an earlier one. Errors: kInvalidArgument (no name, or a
  /// query that cannot be read), kNotFound (no library), kLocked, kNoSpace, kIo.
  virtual Status SaveSearch(const SavedSearch& search) = 0;
  /// Errors: kNotFound (no library, or no search of that name), kLocked, kNoSpace, kIo.
  virtual Status DropSearch(const std::string& name) = 0;

  /// What was done to tags, ratings, captions, saved searches and moved files, newest first, at most `limit`
  /// entries.
  virtual Result<std::vector<JournalEntry>> Journal(std::size_t limit) = 0;
  /// Takes back the newest entry that stands, its moved files included, or puts the one back that was taken
  /// back last. It happens as a whole or not at all, and works across restarts. Errors: kNotFound (no
  /// library, nothing to undo, or a moved file that is gone), kInvalidArgument (what it changed was changed
  /// since), kLocked, kNoSpace, kIo.
  virtual Result<JournalEntry> Undo() = 0;
  virtual Result<JournalEntry> Redo() = 0;

  /// Rates or captions pictures of the library: files, and folders with all below them. One step of Undo().
  /// Returns how many pictures it changed. Errors: kNotFound (no library, or a path that it knows nothing
  /// of), kInvalidArgument (nothing to change, a rating outside -1..5), kLocked, kNoSpace, kIo.
  virtual Result<std::uint64_t> Annotate(std::span<const PathBytes> pictures, const NoteChange& change) = 0;
  /// The tags of this library; lives as long as it.
  virtual Tagging& tags() = 0;
  /// Looking at the pictures of this library; lives as long as it.
  virtual Gallery& gallery() = 0;
  /// The mood boards of this library; lives as long as it.
  virtual Boards& boards() = 0;
  /// Finds copies: exact, re-encoded, turned, edited, cropped (docs/duplicates.md). Searches go on meanwhile.
  /// @param observer  may be null. Errors: kNotFound (no library), kCorrupt, kModel, kIo.
  virtual Result<DuplicateReport> FindDuplicates(const DuplicateOptions& options, VectorObserver* observer,
                                                 const StopSignal& stop) = 0;
  /// Tags, or moves to a folder, all but the kept files of groups that FindDuplicates() gave. One step of
  /// Undo(). A file that cannot be moved stays and is named. Errors: kInvalidArgument (a bad tag; a folder
  /// that is indexed, or the library's), kLocked, kNoSpace, kIo.
  virtual Result<ActionReport> ActOnDuplicates(const std::vector<DuplicateGroup>& groups,
                                               const DuplicateAction& action) = 0;
  /// Writes what was said of pictures since the last time into their sidecars, and takes over what other
  /// programs changed there (docs/xmp.md). What cannot be written is in the report and stays queued.
  /// Originals are not touched. Errors: kNotFound (no library), kLocked, kNoSpace, kIo, kCorrupt.
  virtual Result<SidecarReport> SyncSidecars(const SidecarOptions& options, const StopSignal& stop) = 0;
};

/// Where a person's library lies by default: $VITRINE_LIBRARY, else $XDG_DATA_HOME/vitrine/default, else
/// ~/.local/share/vitrine/default.
std::string DefaultLibraryFolder();

}  // namespace vitrine
