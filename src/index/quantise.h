// float32 vectors to integer codes: int8 with one scale a vector for what is stored, int16 for what is asked.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "index/vector_index.h"

namespace vitrine {

/// Encodes each row: rotates it (rotation.h), rounds it to codes of max|x| / 127, and chooses the scale with
/// which the codes have the vector's own component along itself exactly: |x|^2 / (x . codes). The fine codes
/// are what that leaves of each component, in 1/kFineSteps of a code. A row of zeros, or one that holds a NaN
/// or an infinity, gets scale 0. Mean cosine to the original is above 0.9999 at 256 dimensions by the codes
/// alone, within 1e-6 of 1 with the fine ones.
EncodedRows Encode(const Matrix& vectors);

/// Queries ready for a kernel: query q is codes[q * stride ...] * scales[q], zeros past the dimension.
struct EncodedQueries {
  std::size_t stride = 0;  ///< The dimension rounded up to kRowAlignment.
  std::vector<std::int16_t> codes;
  std::vector<float> scales;
  std::size_t count() const { return scales.size(); }
  const std::int16_t* query(std::size_t q) const { return codes.data() + q * stride; }
};

/// The dimension rounded up to a multiple of kRowAlignment.
std::size_t StrideOf(std::size_t dimension);

/// The largest magnitude of a query's code: as many of int16's values as keep a dot product with any int8 row
/// inside int32. 32767 up to 512 dimensions, 8191 at 2,048.
std::int32_t MaxQueryCode(std::size_t dimension);

/// Rotates and encodes queries [n, dimension]. Errors: kInvalidArgument (the length is no multiple of the
/// dimension; a NaN or an infinity).
Result<EncodedQueries> EncodeQueries(std::span<const float> queries, std::size_t dimension);

}  // namespace vitrine
