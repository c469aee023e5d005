// What the machine at hand offers to a tower, in one place that a test can plant another in.
#pragma once

#include <string>
#include <vector>

#include "model/ort_session.h"
#include "model/providers.h"
#include "model/tuning.h"

namespace vitrine {

struct Machine {
  std::vector<std::string> providers;  ///< Of the runtime, by its own names: RuntimeProviders().
  bool int8_dot = false;               ///< HasInt8DotProduct().
  bool bf16 = false;                   ///< HasBf16Product().
  SessionOpener open;                  ///< What loads a graph.
  std::string processor = {};          ///< Its name, for people and for what holds for its kind alone.
  std::string features = {};           ///< Of the processor, as the system lists them.
  bool (*is_faster)(const TowerRun& other,
                    const TowerRun& now) = nullptr;  ///< IsFaster(). None: any other is.

  bool Has(const ProviderEntry& entry) const;
};

Machine ThisMachine();

}  // namespace vitrine
