#include "index/kernels.h"

#include <vector>

#include "index/kernel_list.h"

namespace vitrine {

std::span<const Kernel> KernelsHere() {
  static const std::vector<Kernel> kernels = [] {
    std::vector<Kernel> list = SimdKernelsHere();
    list.push_back(kScalarKernel);
    return list;
  }();
  return kernels;
}

const Kernel* KernelByName(std::string_view name) {
  for (const Kernel& kernel : KernelsHere()) {
    if (kernel.name == name) return &kernel;
  }
  return nullptr;
}

const Kernel& BestKernel() { return KernelsHere().front(); }

std::string_view KernelName() { return BestKernel().name; }

}  // namespace vitrine
