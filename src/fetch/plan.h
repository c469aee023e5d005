// What is left to fetch of a model, and how much room that takes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fetch/catalogue.h"
#include "fetch/manifest.h"

namespace vitrine::fetch {

struct Step {
  std::size_t file = 0;      ///< Index into the model's files and the manifest's.
  std::uint64_t offset = 0;  ///< Go on from here; 0 begins anew.
};

struct Plan {
  std::vector<Step> steps;  ///< Whole files have none.
  std::uint64_t bytes_needed =
      0;  ///< Room that the rest takes on the disk, as far as the catalogue knows sizes.
};

/// @param manifest       made by MergeManifest of this model.
/// @param size_on_disk   bytes of a file of the part folder, 0 when it is not there.
///
/// A file goes on where it ended only when something will tell whether both pieces belong together: the
/// server's name of the version, or a hash that is known.
Plan MakePlan(const CatalogueModel& model, const Manifest& manifest,
              const std::function<std::uint64_t(const std::string& path)>& size_on_disk);

}  // namespace vitrine::fetch
