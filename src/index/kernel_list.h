// What the kernels' files offer to the list of their processor family.
#pragma once

#include <vector>

#include "index/kernels.h"

namespace vitrine {

extern const Kernel kScalarKernel;
extern const Kernel kAvx2Kernel;
extern const Kernel kAvx512VnniKernel;
extern const Kernel kNeonKernel;

/// What this processor can run beyond scalar, best first. One definition for each processor family.
std::vector<Kernel> SimdKernelsHere();

}  // namespace vitrine
