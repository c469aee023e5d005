// Which of several files of one shot to keep, and what the others are of it.
#pragma once

#include <string>
#include <vector>

#include "image/align.h"
#include "vitrine/duplicates.h"

namespace vitrine {

/// A picture of a group, with what speaks for and against it.
struct KeepCandidate {
  CopyFile file;  ///< Its best path.
  std::int64_t mtime_ns = 0;
};

/// True when x is rather to be kept than y. In this order: raw before developed; a tenth more pixels; the
/// camera's data; lossless before lossy; sharper by a sixth; a larger file by a tenth; the older one; the
/// path.
bool IsBetter(const KeepCandidate& x, const KeepCandidate& y);

/// True when neither is raw, has a tenth more pixels, the camera's data or is lossless where the other is or
/// has not.
bool IsEqualInSubstance(const KeepCandidate& x, const KeepCandidate& y);

/// What speaks for `best` against some of the others, and nothing against it: "largest", "raw", ...
std::vector<std::string> ReasonsToKeep(const KeepCandidate& best, const std::vector<KeepCandidate>& others);

/// True when `over`, laid over what was to be kept (a), shows more of the shot (b), or the same without a
/// frame.
bool ShowsMore(const Alignment& over);

/// Whether b is a mirrored, turned or straightened a.
bool IsTurned(const Alignment& over);

/// What b is of a.
CopyKind KindOf(const Alignment& over);

/// What was done, for people.
std::vector<std::string> ReasonsOf(const Alignment& over, CopyKind kind, const CopyFile& keep,
                                   const CopyFile& copy);

}  // namespace vitrine
