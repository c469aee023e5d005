// What a library holds, and how well its index does.
#pragma once

#include <string>

#include "engine/snapshot.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// Counts, sizes and measures. See Library::Stats().
Result<LibraryStats> MeasureLibrary(const std::string& library_folder, const Snapshot& snapshot,
                                    Embedder& embedder, VectorObserver* observer);

/// The bytes of all files below a folder, or of a file; what cannot be read counts nothing.
std::uint64_t BytesBelow(const std::string& path);

/// The bytes of the catalog and of its log.
std::uint64_t CatalogBytes(const std::string& library_folder);

}  // namespace vitrine
