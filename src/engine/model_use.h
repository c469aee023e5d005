// Taking one model, or two whose answers are mixed, into use: Models::Use().
#pragma once

#include <span>
#include <string>

#include "engine/model_packs.h"
#include "engine/writer.h"
#include "vitrine/library.h"
#include "vitrine/models.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// See Models::Use(). @param packs  one, or two of different spaces. Errors: also kInvalidArgument (two of
/// one space).
Result<UseReport> UseModels(const LibraryOptions& options, SharedWriter& writer,
                            std::span<const KnownPack> packs, bool now, VectorObserver* observer,
                            const StopSignal& stop);

}  // namespace vitrine
