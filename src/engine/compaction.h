// Giving back the space of pictures that have no file any more.
#pragma once

#include <memory>
#include <string>

#include "engine/writer.h"
#include "model/embedder.h"
#include "vitrine/result.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// See Library::Compact(). Every step may be the last one: what is left over by a kill is found by the next
/// call.
/// @param writer  closed before the report says how much is left.
Result<CompactReport> CompactLibrary(WriterLease writer, const std::string& library_folder,
                                     Embedder& embedder, VectorObserver* observer);

}  // namespace vitrine
