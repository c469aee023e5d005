// The commands of `vitrine`: what each takes, and running it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.h"
#include "vitrine/cluster.h"
#include "vitrine/models.h"
#include "vitrine/stop.h"

namespace vitrine {

struct IndexArguments {
  std::vector<PathBytes> roots;
  bool retry_failed = false;
  bool json = false;
  bool jsonl = false;
};

/// How answers are printed. At most one of the formats; none: for people on a terminal, "score<TAB>path"
/// elsewhere.
struct OutputArguments {
  std::optional<std::size_t> limit;  ///< As typed with -n.
  bool all = false;                  ///< Hits past the cut too.
  bool diverse = false;
  Grouping group = Grouping::kNone;
  bool explain = false;
  bool json = false;
  bool jsonl = false;
  bool null_separated = false;
  std::string format;
  bool preview = false;     ///< Draw pictures even where only half blocks can.
  bool no_preview = false;  ///< Draw none.
};

struct SearchArguments {
  std::vector<std::string> words;  ///< Joined by spaces.
  std::vector<PathBytes> like;     ///< Pictures that the results should resemble too.
  std::string saved;               ///< The name of a search to run; words narrow it.
  std::string queries_file;        ///< One query a line; "-" is standard input.
  OutputArguments output;
};

struct SimilarArguments {
  std::vector<PathBytes> pictures;
  OutputArguments output;
};

/// `undo`, `redo` and `history`.
struct JournalArguments {
  std::size_t limit = 20;  ///< Entries that `history` shows.
  bool json = false;
};

/// `note`.
struct NoteArguments {
  std::vector<PathBytes> pictures;
  NoteChange change;
  bool json = false;
};

/// `saved`: what to do with searches under a name.
struct SavedArguments {
  std::string name;                ///< Empty: list them.
  std::vector<std::string> words;  ///< The query to remember under the name.
  bool drop = false;
  bool json = false;
};

/// `sidecars write`, `status` and `conflicts`.
struct SidecarArguments {
  SidecarOptions options;
  bool json = false;
};

struct DoctorArguments {
  bool json = false;
};

/// What `library index` was told; what it was not told stays as the library remembers it.
struct LibraryIndexArguments {
  std::optional<IndexKind> kind;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<double> recall;
  bool json = false;
};

struct LibraryStatsArguments {
  bool json = false;
};

struct LibraryCompactArguments {
  bool json = false;
};

/// `library copy`.
struct LibraryCopyArguments {
  std::string from, to;
  CopyOptions options;
  bool json = false;
};

/// Of `export vectors` and `import vectors`.
struct ExchangeArguments {
  ExchangeOptions files;
  bool json = false;
};

/// What `tags` is to do.
enum class TagAction : std::uint8_t {
  kSuggest,
  kApply,
  kTeach,
  kAccept,
  kReject,
  kAdd,
  kRemove,
  kRename,
  kDelete,
  kList,
};

/// `tags`: which arguments count depends on the action (tag_arguments.cc).
struct TagsArguments {
  TagAction action = TagAction::kList;
  std::string tag, to;
  std::vector<PathBytes> pictures, yes, no;
  std::string vocabulary;
  std::size_t limit = 10;
  std::optional<double> above;
  bool all = false;
  bool save = false;
  bool json = false;
  bool jsonl = false;
};

/// What `model` is to do.
enum class ModelAction : std::uint8_t { kList, kAdd, kUse, kRemove, kBench, kDistill };

/// `model`: which arguments count depends on the action (model_arguments.cc).
struct ModelArguments {
  ModelAction action = ModelAction::kList;
  std::string name;  ///< Of `add`, the folder.
  UseOptions use;
  DistillOptions distill;
  bool allow_svg = false;
  bool json = false;
};

struct DuplicatesArguments {
  DuplicateOptions options;
  DuplicateAction action;
  bool json = false;
  bool null_separated = false;
};

/// What `board` is to do.
enum class BoardAction : std::uint8_t {
  kList,
  kShow,
  kNew,
  kAdd,
  kArrange,
  kSuggest,
  kPalette,
  kExport,
  kImport,
  kRename,
  kDelete,
  kRestore,
  kUndo,
  kRedo,
  kVersions,
  kSaveVersion,
};

/// `board`: which arguments count depends on the action (board_arguments.cc).
struct BoardArguments {
  BoardAction action = BoardAction::kList;
  std::string board, name, from, query, file, format;
  std::vector<PathBytes> pictures;
  std::vector<std::string> items;
  std::vector<double> place;  ///< x, y, width, height of a gap.
  std::optional<std::int64_t> version;
  ArrangeRequest arrange;
  Suggestion suggestion = Suggestion::kMore;
  std::size_t limit = 24;
  std::int32_t edge_px = 4096;
  bool keep_private = false;
  bool clean = false;  ///< Originals in a ZIP without their private facts.
  bool bin = false;
  bool add = false;
  bool json = false;
};

/// `serve`.
struct ServeArguments {
  std::string address = "127.0.0.1";
  int port = 0;  ///< 0: one that is free.
  bool allow_other_machines = false;
  bool json = false;
};

ExitCode RunIndex(const GlobalOptions& global, const IndexArguments& arguments, const StopSignal& stop);
ExitCode RunSearch(const GlobalOptions& global, const SearchArguments& arguments, const StopSignal& stop);
ExitCode RunSimilar(const GlobalOptions& global, const SimilarArguments& arguments);
ExitCode RunTags(const GlobalOptions& global, const TagsArguments& arguments, const StopSignal& stop);
ExitCode RunBoard(const GlobalOptions& global, const BoardArguments& arguments, const StopSignal& stop);
ExitCode RunNote(const GlobalOptions& global, const NoteArguments& arguments);
ExitCode RunUndo(const GlobalOptions& global, const JournalArguments& arguments);
ExitCode RunRedo(const GlobalOptions& global, const JournalArguments& arguments);
ExitCode RunHistory(const GlobalOptions& global, const JournalArguments& arguments);
ExitCode RunSaved(const GlobalOptions& global, const SavedArguments& arguments);
ExitCode RunDuplicates(const GlobalOptions& global, const DuplicatesArguments& arguments,
                       const StopSignal& stop);
ExitCode RunSidecarsWrite(const GlobalOptions& global, const SidecarArguments& arguments,
                          const StopSignal& stop);
ExitCode RunSidecarsStatus(const GlobalOptions& global, const SidecarArguments& arguments,
                           const StopSignal& stop);
ExitCode RunSidecarsConflicts(const GlobalOptions& global, const SidecarArguments& arguments,
                              const StopSignal& stop);
/// Binds its port first and gives up the network then: main() has not done that yet.
ExitCode RunServe(const GlobalOptions& global, const ServeArguments& arguments, const StopSignal& stop);
ExitCode RunModel(const GlobalOptions& global, const ModelArguments& arguments, const StopSignal& stop);
ExitCode RunDoctor(const GlobalOptions& global, const DoctorArguments& arguments);
ExitCode RunLibraryIndex(const GlobalOptions& global, const LibraryIndexArguments& arguments);
ExitCode RunLibraryStats(const GlobalOptions& global, const LibraryStatsArguments& arguments);
ExitCode RunLibraryCompact(const GlobalOptions& global, const LibraryCompactArguments& arguments);
ExitCode RunLibraryCopy(const GlobalOptions& global, const LibraryCopyArguments& arguments,
                        const StopSignal& stop);
ExitCode RunExportVectors(const GlobalOptions& global, const ExchangeArguments& arguments,
                          const StopSignal& stop);
ExitCode RunImportVectors(const GlobalOptions& global, const ExchangeArguments& arguments,
                          const StopSignal& stop);

}  // namespace vitrine
