#include "model/projection.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>

namespace vitrine {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is read as it lies");

void AppendFloats(std::span<const float> floats, std::string& bytes) {
  const std::size_t before = bytes.size();
  bytes.resize(before + floats.size_bytes());
  std::memcpy(bytes.data() + before, floats.data(), floats.size_bytes());
}

}  // namespace

Result<Projection> ParseProjection(std::string_view bytes, std::size_t features, std::size_t dimension) {
  const std::size_t right = (features + 1) * dimension * sizeof(float);
  if (bytes.size() != right) {
    return Error(Code::kModel, "it has " + std::to_string(bytes.size()) + " bytes where " +
                                   std::to_string(right) + " are right");
  }
  Projection projection{std::vector<float>(dimension), Matrix(features, dimension)};
  const std::size_t head = dimension * sizeof(float);
  std::memcpy(projection.offset.data(), bytes.data(), head);
  std::memcpy(projection.matrix.values().data(), bytes.data() + head, right - head);
  const auto finite = [](float x) { return std::isfinite(x); };
  if (std::ranges::all_of(projection.offset, finite) &&
      std::ranges::all_of(projection.matrix.values(), finite)) {
    return projection;
  }
  return Error(Code::kModel, "it holds values that are not numbers");
}

std::string ProjectionBytes(const Projection& projection) {
  std::string bytes;
  AppendFloats(projection.offset, bytes);
  AppendFloats(projection.matrix.values(), bytes);
  return bytes;
}

Matrix Project(const Projection& projection, const Matrix& rows) {
  Matrix out(rows.rows(), projection.offset.size());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<float> to = out.row(i);
    std::ranges::copy(projection.offset, to.begin());
    for (std::size_t f = 0; f < rows.columns(); ++f) {
      const float x = rows.row(i)[f];
      const std::span<const float> row = projection.matrix.row(f);
      for (std::size_t j = 0; j < to.size(); ++j) to[j] += x * row[j];
    }
  }
  return out;
}

}  // namespace vitrine
