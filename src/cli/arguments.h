// The command line of `vitrine`: every command with its options, help and examples.
#pragma once

#include <cstdint>
#include <optional>

#include "cli/commands.h"

namespace vitrine {

enum class Command : std::uint8_t {
  kIndex,
  kSearch,
  kSimilar,
  kNote,
  kUndo,
  kRedo,
  kHistory,
  kSaved,
  kTags,
  kBoard,
  kDuplicates,
  kSidecarsWrite,
  kSidecarsStatus,
  kSidecarsConflicts,
  kServe,
  kDoctor,
  kModel,
  kLibraryIndex,
  kLibraryStats,
  kLibraryCompact,
  kLibraryCopy,
  kExportVectors,
  kImportVectors,
};

/// What was typed: the command and its arguments; those of the other commands keep their defaults.
struct CommandLine {
  Command command = Command::kDoctor;
  GlobalOptions global;
  IndexArguments index;
  SearchArguments search;
  SimilarArguments similar;
  NoteArguments note;
  JournalArguments journal;
  SavedArguments saved;
  TagsArguments tags;
  BoardArguments board;
  DuplicatesArguments duplicates;
  SidecarArguments sidecars;
  ServeArguments serve;
  DoctorArguments doctor;
  ModelArguments model;
  LibraryIndexArguments library_index;
  LibraryStatsArguments library_stats;
  LibraryCompactArguments library_compact;
  LibraryCopyArguments library_copy;
  ExchangeArguments export_vectors;
  ExchangeArguments import_vectors;
};

/// Reads the arguments of main(). When they ask for help or make no sense, says what is to be said, sets
/// `exit` and returns nothing.
std::optional<CommandLine> ReadCommandLine(int count, char** words, ExitCode& exit);

}  // namespace vitrine
