#include <algorithm>

#include "base/try.h"
#include "ingest/sidecars.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

constexpr std::size_t kAtOnce = 64;

struct ReadOne {
  Sidecar sidecar;
  AssetId asset{};
};

// What can be read; the rest is listed.
std::vector<ReadOne> ReadAllOf(RunState& state, std::span<const SidecarDue> due) {
  std::vector<ReadOne> read;
  for (const SidecarDue& one : due) {
    Result<Sidecar> sidecar = ReadSidecar(one.path);
    if (sidecar) {
      read.push_back({*std::move(sidecar), one.asset});
    } else if (sidecar.error().code() != Code::kNotFound) {
      state.failures.Add(one.path, "the sidecar cannot be read: " + sidecar.error().message());
    }
  }
  return read;
}

Status TakeBatch(RunState& state, std::span<const SidecarDue> due) {
  const std::vector<ReadOne> read = ReadAllOf(state, due);
  if (read.empty()) return {};
  const auto take = [&](Catalog& catalog) -> Status {
    VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change, catalog.annotations().BeginUnrecorded());
    for (const ReadOne& one : read) {
      VITRINE_TRY(
          TakeSidecar(catalog, *change, one.sidecar, one.asset, state.changed_here.contains(one.asset)));
    }
    VITRINE_TRY(change->Commit());
    return {};
  };
  VITRINE_TRY(state.gate.With(take));
  state.tally.sidecars += read.size();
  return {};
}

}  // namespace

Status TakeSidecars(RunState& state, std::span<const SidecarDue> due) {
  while (!due.empty()) {
    const std::size_t some = std::min(due.size(), kAtOnce);
    VITRINE_TRY(TakeBatch(state, due.first(some)));
    due = due.subspan(some);
  }
  return {};
}

}  // namespace vitrine
