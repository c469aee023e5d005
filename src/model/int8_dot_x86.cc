#include <cpuid.h>

#include "model/int8_dot.h"

namespace vitrine {

// Intel SDM, CPUID leaf 7: subleaf 0 ECX bit 11 is AVX512_VNNI, EDX bit 22 AMX-BF16 and bit 25 AMX-INT8,
// subleaf 1 EAX bit 4 AVX-VNNI and bit 5 AVX512_BF16.
bool HasInt8DotProduct() {
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if (((ecx >> 11) & 1) != 0 || ((edx >> 25) & 1) != 0) return true;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && ((eax >> 4) & 1) != 0;
}

bool HasBf16Product() {
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if (((edx >> 22) & 1) != 0) return true;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && ((eax >> 5) & 1) != 0;
}

}  // namespace vitrine
