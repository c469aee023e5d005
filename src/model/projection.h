// The affine map that a distilled pack puts behind its image tower (docs/formats/model-pack.md).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/matrix.h"
#include "vitrine/result.h"

namespace vitrine {

/// y = offset + x matrix. Immutable once made, so thread-safe.
struct Projection {
  std::vector<float> offset;  ///< [dimension]
  Matrix matrix;              ///< [features, dimension]
};

/// @param bytes  float32, little-endian: the offset, then the matrix row by row.
/// Errors: kModel (another length; a number that is not finite).
Result<Projection> ParseProjection(std::string_view bytes, std::size_t features, std::size_t dimension);

/// What ParseProjection() reads.
std::string ProjectionBytes(const Projection& projection);

/// @param rows  [n, features]. @return [n, dimension], of any length.
Matrix Project(const Projection& projection, const Matrix& rows);

}  // namespace vitrine
