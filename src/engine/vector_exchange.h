// Vectors out of a library and into one, as .npy files.
#pragma once

#include <string>

#include "catalog/catalog.h"
#include "engine/snapshot.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// See Library::ExportVectors().
Result<ExportReport> ExportVectors(const Snapshot& snapshot, const Space& space,
                                   const ExchangeOptions& options, VectorObserver* observer,
                                   const StopSignal& stop);

/// Records what the files hold in the catalog (kWrite); the vector files and the index are the caller's to
/// bring up to it. See Library::ImportVectors().
Result<ImportReport> ImportVectors(Catalog& catalog, const Space& space, const ExchangeOptions& options,
                                   VectorObserver* observer, const StopSignal& stop);

/// A path on one line: backslash, tab, line feed and carriage return as \\, \t, \n, \r.
std::string OnOneLine(const PathBytes& path);

/// The inverse of OnOneLine(); any other backslash stays as it is.
PathBytes FromOneLine(std::string_view text);

}  // namespace vitrine
