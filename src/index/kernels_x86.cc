#include "index/kernel_list.h"

namespace vitrine {

std::vector<Kernel> SimdKernelsHere() {
  // The builtin asks the processor and whether the operating system saves the wide registers.
  std::vector<Kernel> list;
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    list.push_back(kAvx512VnniKernel);
  }
  if (__builtin_cpu_supports("avx2")) list.push_back(kAvx2Kernel);
  return list;
}

}  // namespace vitrine
