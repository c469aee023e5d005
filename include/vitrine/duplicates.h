// Copies of pictures: finding them, saying what was done to them and which to keep, and putting the others
// aside. Nothing is ever deleted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/types.h"

namespace vitrine {

/// What a copy is of the picture to keep, from the least change to the largest.
enum class CopyKind : std::uint8_t {
  kExact,   ///< Another file with the same bytes.
  kCopy,    ///< The same shot, re-encoded or resized.
  kTurned,  ///< Mirrored, turned by quarters, or straightened.
  kEdited,  ///< Recoloured, marked or framed.
  kCrop,    ///< A part of it.
};

/// "exact", "copy", "turned", "edited", "crop".
std::string_view NameOf(CopyKind kind);

/// A file of a group.
struct CopyFile {
  AssetId id{};
  PathBytes path;
  PictureInfo info;
  std::uint64_t size_bytes = 0;
  float sharpness = 0;  ///< 0 where it is not known.
  bool offline = false;
};

/// A file that could go.
struct Copy {
  CopyFile file;
  CopyKind kind = CopyKind::kExact;
  double agreement = 1;          ///< Share of what both show that looks the same, 0..1.
  double shown = 1;              ///< Share of the kept picture's area that this one shows too, 0..1.
  std::vector<std::string> why;  ///< For people: "shows 62 % of it", "1600 x 1067 instead of 6000 x 4000".
};

/// Files that show one shot.
struct DuplicateGroup {
  CopyFile keep;  ///< The suggestion.
  std::vector<std::string>
      why_keep;  ///< What sets it apart from the others: "largest", "raw", "has its camera's data".
  std::vector<Copy> others;  ///< Each laid over `keep` and found to show the same; in order of path.
};

struct DuplicateOptions {
  /// Kinds wanted; empty for all.
  std::vector<CopyKind> kinds;
  /// Files and folders to stay with: a group counts only when one of its files lies there. Empty for all.
  std::vector<PathBytes> under;
};

struct DuplicateReport {
  std::vector<DuplicateGroup> groups;  ///< In order of the kept files' paths.
  std::uint64_t pictures = 0;          ///< Living pictures.
  std::uint64_t proposed = 0;          ///< Pairs that hashes or vectors named,
  std::uint64_t compared = 0;          ///< those that were laid over one another,
  std::uint64_t confirmed = 0;         ///< and those that were one shot.
  std::uint64_t unseen = 0;            ///< Pictures that could not be looked at: no thumbnail, no file.
  double seconds = 0;
  bool stopped = false;  ///< Ended early: groups are of what was compared so far.
};

/// What to do with all but the kept files of some groups. One change of the journal: undo takes it back, and
/// moves files back.
struct DuplicateAction {
  std::string tag;       ///< Marks their pictures with this tag; empty for none.
  PathBytes quarantine;  ///< Moves the files into this folder, which may be new; empty for no move.
};

struct ActionReport {
  std::int64_t journal_id = 0;       ///< 0 when there was nothing to do.
  std::uint64_t tagged = 0;          ///< Pictures.
  std::uint64_t moved = 0;           ///< Files.
  std::vector<std::string> skipped;  ///< Files left where they are, and why.
};

}  // namespace vitrine
