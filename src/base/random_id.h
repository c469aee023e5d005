// Names that nobody else has.
#pragma once

#include <cstddef>
#include <string>

namespace vitrine {

/// Two hex digits for each byte of chance. Thread-safe.
std::string RandomId(std::size_t bytes);

}  // namespace vitrine
