#include "model/machine.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <string_view>

#include "model/int8_dot.h"

namespace vitrine {
namespace {

// What the system says of the first processor under one of the names; empty where it says nothing.
std::string OfProcessor(std::initializer_list<std::string_view> names) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    for (const std::string_view name : names) {
      if (line.starts_with(name)) return line.substr(colon + 2);
    }
  }
  return {};
}

}  // namespace

bool Machine::Has(const ProviderEntry& entry) const {
  return std::find(providers.begin(), providers.end(), entry.runtime_name) != providers.end();
}

Machine ThisMachine() {
  return {.providers = RuntimeProviders(),
          .int8_dot = HasInt8DotProduct(),
          .bf16 = HasBf16Product(),
          .open = OrtSession::Create,
          .processor = OfProcessor({"model name"}),
          .features = OfProcessor({"flags", "Features"}),
          .is_faster = IsFaster};
}

}  // namespace vitrine
