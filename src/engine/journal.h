// Taking back, and putting back, what the journal of a library remembers: the catalog's part and the files
// that were moved.
#pragma once

#include "catalog/annotations.h"
#include "vitrine/journal.h"
#include "vitrine/result.h"

namespace vitrine {

/// Takes back the newest entry that stands. Files that it moved go back first: when one cannot, those that
/// did are returned and nothing has happened. Errors: kNotFound (nothing to undo; a moved file is no longer
/// where it was moved to), kInvalidArgument (the place is taken, or the entry's things were changed since),
/// kNoSpace, kIo.
Result<JournalEntry> UndoNewest(Annotations& annotations);

/// Puts the entry back that was taken back last. Errors: as UndoNewest().
Result<JournalEntry> RedoOldest(Annotations& annotations);

}  // namespace vitrine
