// The time of day as everything that is kept spells it.
#pragma once

#include <string>

namespace vitrine {

/// "2026-11-25T09:30:00Z". Thread-safe.
std::string UtcNow();

}  // namespace vitrine
