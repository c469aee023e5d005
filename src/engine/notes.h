// Ratings and captions, as people give them to pictures, and searches under a name.
#pragma once

#include <span>
#include <string>

#include "catalog/annotations.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// Applies the change to each picture's note, as one step of the journal. Returns how many notes it changed.
/// Errors: kInvalidArgument (nothing to change, a rating outside -1..5), kNoSpace, kIo.
Result<std::uint64_t> ChangeNotes(Annotations& annotations, std::span<const AssetId> pictures,
                                  const NoteChange& wanted);

/// Remembers a query under a name, and forgets one, as a step of the journal. Errors: as Library::SaveSearch
/// and DropSearch.
Status KeepSearch(Annotations& annotations, const SavedSearch& search);
Status ForgetSearch(Annotations& annotations, const std::string& name);

}  // namespace vitrine
