#include "index/kernel_list.h"
#include "index/sign_kernel_list.h"

namespace vitrine {

std::vector<Kernel> SimdKernelsHere() { return {}; }

std::vector<SignKernel> SimdSignKernelsHere() { return {}; }

}  // namespace vitrine
