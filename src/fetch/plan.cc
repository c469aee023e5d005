#include "fetch/plan.h"

#include <algorithm>

namespace vitrine::fetch {

Plan MakePlan(const CatalogueModel& model, const Manifest& manifest,
              const std::function<std::uint64_t(const std::string& path)>& size_on_disk) {
  Plan plan;
  for (std::size_t i = 0; i < model.files.size(); ++i) {
    const CatalogueFile& wanted = model.files[i];
    const ManifestFile& entry = manifest.files[i];
    if (entry.whole) continue;
    Step step{i, 0};
    const bool can_be_told = !entry.validator.empty() || !entry.sha256.empty();
    if (can_be_told && size_on_disk(wanted.path) >= entry.bytes && entry.bytes <= wanted.LimitBytes()) {
      step.offset = entry.bytes;
    }
    plan.bytes_needed += wanted.bytes - std::min(wanted.bytes, step.offset);
    plan.steps.push_back(step);
  }
  return plan;
}

}  // namespace vitrine::fetch
