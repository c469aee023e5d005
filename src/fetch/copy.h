// Installing from a folder: for machines without a network.
#pragma once

#include <string>

#include "fetch/catalogue.h"
#include "fetch/manifest.h"
#include "fetch/progress.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine::fetch {

/// Where in `folder` the model's files are: the folder itself, or the one of the model's name in it. Errors:
/// kModel, naming the first file that is missing.
Result<std::string> FindSource(const std::string& folder, const CatalogueModel& model);

/// The hashes that a fetch on another machine pinned hold here too: they are put where the catalogue knows
/// none.
void TakePins(const std::string& source, Manifest& manifest);

/// Copies one file to `path` and holds it against its hash. On success the entry is whole.
/// Errors: kModel (too large, another size or hash than it must have), kNoSpace, kIo, kCancelled.
Status Copy(const std::string& source, const CatalogueFile& wanted, const std::string& path,
            ManifestFile& entry, Progress& progress, const StopSignal& stop);

}  // namespace vitrine::fetch
