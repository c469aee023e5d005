#include "index/kernel_list.h"
#include "index/sign_kernel_list.h"

namespace vitrine {

// Every 64-bit ARM has NEON.
std::vector<Kernel> SimdKernelsHere() { return {kNeonKernel}; }

std::vector<SignKernel> SimdSignKernelsHere() { return {kNeonSignKernel}; }

}  // namespace vitrine
