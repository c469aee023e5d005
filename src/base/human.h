// Numbers as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine {

/// "1,234,567".
std::string Thousands(std::uint64_t number);

/// "812 bytes", "3.4 MB", "2.0 GB": powers of 1024, one digit behind the point.
std::string BytesText(std::uint64_t bytes);

/// "0.52", "9.1", "140": seconds with as many digits as say something.
std::string SecondsText(double seconds);

/// "2G", "512M", "1.5 GB", "4096": powers of 1024, K to T, either case. Empty when it is no size, or 0.
std::optional<std::uint64_t> ParseBytes(std::string_view text);

}  // namespace vitrine
