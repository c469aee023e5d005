// Taking a model pack into a library.
#pragma once

#include <functional>
#include <string>

#include "base/scratch_folder.h"
#include "engine/model_packs.h"
#include "vitrine/result.h"

namespace vitrine {

/// "tiny-1.0.0", what a pack of that name and version is called: letters, digits and the few signs that mean
/// nothing to a shell. Errors: kModel; `remedy` says where to correct them.
Result<std::string> IdOf(const std::string& name, const std::string& version, const std::string& remedy);

/// A folder for a pack that is not whole yet, hidden among the library's. Removes what killed calls left.
/// Errors: kNoSpace, kIo.
Result<ScratchFolder> FolderForAdding(const ModelPacks& packs);

/// Loads the towers of a pack and runs its self-test, or says why that fails: InspectModel(), in tests
/// something else.
using PackTrial = std::function<Status(const std::string& folder)>;

/// See Models::Add(). What is tried is the copy, so that what was found right is what is used. A call that is
/// killed leaves a hidden folder that a later one removes.
Result<KnownPack> AddPack(const ModelPacks& packs, const std::string& folder, const PackTrial& trial);

}  // namespace vitrine
