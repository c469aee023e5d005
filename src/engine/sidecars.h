// Writes the sidecars of pictures that were changed here.
#pragma once

#include "catalog/catalog_gate.h"
#include "vitrine/result.h"
#include "vitrine/sidecars.h"
#include "vitrine/stop.h"

namespace vitrine {

/// Goes through the pictures that are due (Catalog::SidecarsDue) and merges each with its sidecars, one
/// beside every path of it. A picture is due until all of them say what the catalog says. What cannot be
/// written (a read-only folder, a sidecar that is no XMP) is a failure in the report. Originals are not
/// opened.
/// @param catalog  open for writing, unless options.write is false. Errors: the catalog's own.
Result<SidecarReport> SyncSidecars(CatalogGate& gate, const SidecarOptions& options, const StopSignal& stop);

}  // namespace vitrine
