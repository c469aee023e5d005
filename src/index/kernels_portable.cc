#include "index/kernel_list.h"

namespace vitrine {

std::vector<Kernel> SimdKernelsHere() { return {}; }

}  // namespace vitrine
