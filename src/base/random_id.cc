#include "base/random_id.h"

#include <cstdint>
#include <random>
#include <vector>

#include "base/hash.h"

namespace vitrine {

std::string RandomId(std::size_t bytes) {
  std::random_device random;
  std::vector<std::uint8_t> chance(bytes);
  for (std::uint8_t& byte : chance) byte = static_cast<std::uint8_t>(random());
  return Hex(chance);
}

}  // namespace vitrine
