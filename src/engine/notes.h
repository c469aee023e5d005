// Ratings and captions, as people give them to pictures.
#pragma once

#include <span>

#include "catalog/catalog.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// Applies the change to each picture's note, as one step of the journal. Returns how many notes it changed.
/// Errors: kInvalidArgument (nothing to change, a rating outside -1..5), kNoSpace, kIo.
Result<std::uint64_t> ChangeNotes(Catalog& catalog, std::span<const AssetId> pictures,
                                  const NoteChange& wanted);

}  // namespace vitrine
