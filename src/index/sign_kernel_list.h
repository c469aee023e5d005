// What the 1-bit kernels' files offer to the list of their processor family.
#pragma once

#include <vector>

#include "index/sign_kernels.h"

namespace vitrine {

extern const SignKernel kScalarSignKernel;
extern const SignKernel kAvx2SignKernel;
extern const SignKernel kAvx512SignKernel;
extern const SignKernel kNeonSignKernel;

/// What this processor can run beyond scalar, best first. One definition for each processor family.
std::vector<SignKernel> SimdSignKernelsHere();

}  // namespace vitrine
