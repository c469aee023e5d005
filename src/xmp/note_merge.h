// Two people who wrote on the same picture: one in Vitrine, one in the file, and what both started from.
#pragma once

#include <cstdint>

#include "vitrine/types.h"

namespace vitrine {

/// Who is right where both changed the same thing.
enum class NotePreference : std::uint8_t { kNeither, kVitrine, kFile };

/// What both sides shall say now. Where a conflict is open they differ: each keeps its own.
struct MergedNote {
  EmbeddedNote catalog;
  EmbeddedNote file;
  bool rating_conflict = false;
  bool caption_conflict = false;
  bool has_conflict() const { return rating_conflict || caption_conflict; }
};

/// Merges three ways. A tag that one side added since `base` is added, one that a side took away goes; tags
/// never conflict. Rating and caption follow the side that changed; where both did, and differ, `preference`
/// decides. Tags that differ in case alone are one; the catalog's spelling stays.
MergedNote MergeNotes(const EmbeddedNote& base, const EmbeddedNote& catalog, const EmbeddedNote& file,
                      NotePreference preference);

/// What the next merge starts from when the file now says `file`: that, but for what is in conflict, which
/// stays as it was, so that it stays a conflict.
EmbeddedNote NextBase(const EmbeddedNote& base, const EmbeddedNote& file, const MergedNote& merged);

/// True when two notes say the same: tags in any order, in any case.
bool SaySame(const EmbeddedNote& a, const EmbeddedNote& b);

}  // namespace vitrine
