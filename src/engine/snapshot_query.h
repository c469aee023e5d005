// A query made ready in the space of a snapshot's model.
#pragma once

#include "engine/lazy_decoder.h"
#include "engine/query_preparing.h"
#include "engine/snapshot.h"
#include "query/meaning.h"
#include "vitrine/result.h"
#include "vitrine/search.h"

namespace vitrine {

/// PrepareQuery() where pictures are looked up in the snapshot. Errors: as there, those of the catalog, and
/// kNotFound for a picture of which this space has no vector.
/// @param decoder  of pictures that the library does not know.
Result<PreparedQuery> PrepareQueryIn(const Snapshot& snapshot, const Query& query, LazyDecoder& decoder);

}  // namespace vitrine
