// The pictures of a library that a model has not seen get their vectors: what `model use` waits for, and what
// an index run does for a model that is mixed in.
#pragma once

#include <cstdint>
#include <functional>

#include "catalog/catalog_gate.h"
#include "ingest/fill_space.h"
#include "model/embedder.h"
#include "vitrine/library.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// Calls `work` with the catalog open for writing, for a moment.
using FillingWrite = std::function<Status(const std::function<Status(CatalogGate&)>& work)>;
/// Called with the pictures done and due, first with 0 done; never where none is due.
using FillingProgress = std::function<void(std::uint64_t done, std::uint64_t due)>;

/// See FillSpace(); also makes the space known to the catalog. Starts decode workers where there is something
/// to do. Errors: those of FillSpace() and `write`, kNotFound (no worker program).
Result<FillOutcome> FillModel(const LibraryOptions& options, Embedder& embedder, const FillingWrite& write,
                              const FillingProgress& progress, const StopSignal& stop);

}  // namespace vitrine
