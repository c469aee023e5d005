// The health report.
#pragma once

#include <vector>

#include "engine/active_model.h"
#include "vitrine/library.h"

namespace vitrine {

/// Checks, in this order: program and processor, network lock, decode worker, model pack with its self-test,
/// library. Each check says what it found, or what is wrong and what to do. `options` has its defaults filled
/// in.
std::vector<Finding> RunDoctor(const LibraryOptions& options, ActiveModel& models);

}  // namespace vitrine
