#include "index/kernel_list.h"
#include "index/sign_kernel_list.h"

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

std::vector<SignKernel> SimdSignKernelsHere() {
  std::vector<SignKernel> list;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq")) {
    list.push_back(kAvx512SignKernel);
  }
  if (__builtin_cpu_supports("avx2")) list.push_back(kAvx2SignKernel);
  return list;
}

}  // namespace vitrine
