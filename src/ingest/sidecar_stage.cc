#include "base/try.h"
#include "ingest/sidecars.h"
#include "ingest/stages.h"

namespace vitrine {

Status TakeSidecars(RunState& state, AssetId asset, const std::vector<PathBytes>& sidecars) {
  for (const PathBytes& path : sidecars) {
    const Result<Sidecar> sidecar = ReadSidecar(path);
    if (!sidecar && sidecar.error().code() == Code::kNotFound) continue;
    if (!sidecar) {
      state.failures.Add(path, "the sidecar cannot be read: " + sidecar.error().message());
      continue;
    }
    const auto taken = state.gate.With([&](Catalog& catalog) {
      return TakeSidecar(catalog, *sidecar, asset, state.changed_here.contains(asset));
    });
    if (!taken) return taken.error();
    ++state.tally.sidecars;
  }
  return {};
}

}  // namespace vitrine
