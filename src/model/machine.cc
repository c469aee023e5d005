#include "model/machine.h"

#include <algorithm>

#include "model/int8_dot.h"

namespace vitrine {

bool Machine::Has(const ProviderEntry& entry) const {
  return std::find(providers.begin(), providers.end(), entry.runtime_name) != providers.end();
}

Machine ThisMachine() {
  return {RuntimeProviders(), HasInt8DotProduct(), HasBf16Product(), OrtSession::Create};
}

}  // namespace vitrine
