#include "index/sign_kernels.h"

#include <vector>

#include "index/sign_kernel_list.h"

namespace vitrine {

std::span<const SignKernel> SignKernelsHere() {
  static const std::vector<SignKernel> kernels = [] {
    std::vector<SignKernel> list = SimdSignKernelsHere();
    list.push_back(kScalarSignKernel);
    return list;
  }();
  return kernels;
}

const SignKernel* SignKernelByName(std::string_view name) {
  for (const SignKernel& kernel : SignKernelsHere()) {
    if (kernel.name == name) return &kernel;
  }
  return nullptr;
}

const SignKernel& BestSignKernel() { return SignKernelsHere().front(); }

}  // namespace vitrine
