// Giving back the space of pictures that have no file any more.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "engine/writer.h"
#include "model/embedder.h"
#include "vitrine/result.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// See Library::Compact(). Every step may be the last one: what is left over by a kill is found by the next
/// call.
/// @param on_boards  contents of pictures that boards show: their thumbnails stay.
/// @param writer  closed before the report says how much is left.
Result<CompactReport> CompactLibrary(WriterLease writer, const std::string& library_folder,
                                     const std::set<std::string>& on_boards, Embedder& embedder,
                                     VectorObserver* observer);

}  // namespace vitrine
