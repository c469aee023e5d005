#include "model/machine.h"

#include <algorithm>
#include <fstream>

#include "model/int8_dot.h"

namespace vitrine {
namespace {

// Empty where the system does not say.
std::string ProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

}  // namespace

bool Machine::Has(const ProviderEntry& entry) const {
  return std::find(providers.begin(), providers.end(), entry.runtime_name) != providers.end();
}

Machine ThisMachine() {
  return {RuntimeProviders(), HasInt8DotProduct(), HasBf16Product(), OrtSession::Create, ProcessorName()};
}

}  // namespace vitrine
