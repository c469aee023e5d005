// Taking a model pack into a library.
#pragma once

#include <functional>
#include <string>

#include "engine/model_packs.h"
#include "model/open.h"
#include "vitrine/result.h"

namespace vitrine {

/// Loads the towers of a pack and runs its self-test, or says why that fails: InspectModel(), in tests
/// something else.
using PackTrial = std::function<Status(const std::string& folder)>;

/// See Models::Add(). What is tried is the copy, so that what was found right is what is used. A call that is
/// killed leaves a hidden folder that a later one removes.
Result<KnownPack> AddPack(const ModelPacks& packs, const std::string& folder, const PackTrial& trial);

}  // namespace vitrine
