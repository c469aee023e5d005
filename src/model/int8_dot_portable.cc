#include "model/int8_dot.h"

namespace vitrine {

// OpenVINO comes with the x86 runtime only.
bool HasInt8DotProduct() { return false; }
bool HasBf16Product() { return false; }

}  // namespace vitrine
