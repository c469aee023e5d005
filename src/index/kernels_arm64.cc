#include "index/kernel_list.h"

namespace vitrine {

// Every 64-bit ARM has NEON.
std::vector<Kernel> SimdKernelsHere() { return {kNeonKernel}; }

}  // namespace vitrine
