// Symmetric scalar quantisation.
//
// Problem: 512 float32 a picture are 2 KiB to keep and to read in every search; a search is as fast as memory
// delivers. Idea: divide a vector by its largest component and round to -127..127. A dot product is then a
// sum of small integers, exact in int32 and the same on every processor, times one factor a vector. Why
// right: rounding moves a component by at most scale / 2, independently of the others. For d components the
// error of a cosine has a standard deviation of about (max|x| / 127) / sqrt(12), 0.0003 at 512 dimensions,
// far below the differences that order results.
//
// The query is kept finer than the rows, because its rounding error is common to all rows and costs nothing
// to avoid: the kernels multiply int16 by int8 at the speed of int8 by int8 (kernels_avx2.cc).
#include "index/quantise.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "index/kernels.h"

namespace vitrine {
namespace {

constexpr float kMaxCode = 127;

/// The largest magnitude; NaN when a component is no finite number.
float LargestOf(std::span<const float> vector) {
  float largest = 0;
  bool finite = true;
  for (const float x : vector) {
    largest = std::max(largest, std::fabs(x));
    finite = finite && std::isfinite(x);
  }
  return finite ? largest : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace

EncodedRows Encode(const Matrix& vectors) {
  EncodedRows rows;
  rows.dimension = vectors.columns();
  rows.codes.assign(vectors.rows() * vectors.columns(), 0);
  rows.scales.assign(vectors.rows(), 0);
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    const std::span<const float> vector = vectors.row(i);
    const float scale = LargestOf(vector) / kMaxCode;
    // Below the smallest normal number the quotients lose their precision: such a row is as good as zero.
    if (!(scale >= std::numeric_limits<float>::min())) continue;
    rows.scales[i] = scale;
    std::int8_t* codes = rows.codes.data() + i * rows.dimension;
    for (std::size_t j = 0; j < vector.size(); ++j) {
      codes[j] = static_cast<std::int8_t>(std::lrintf(std::clamp(vector[j] / scale, -kMaxCode, kMaxCode)));
    }
  }
  return rows;
}

std::size_t StrideOf(std::size_t dimension) {
  return (dimension + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
}

std::int32_t MaxQueryCode(std::size_t dimension) {
  const std::size_t most = std::numeric_limits<std::int32_t>::max() / (128 * dimension);
  return static_cast<std::int32_t>(std::min<std::size_t>(most, std::numeric_limits<std::int16_t>::max()));
}

Result<EncodedQueries> EncodeQueries(std::span<const float> queries, std::size_t dimension) {
  if (queries.size() % dimension != 0) {
    return Error(Code::kInvalidArgument, "a query of " + std::to_string(queries.size()) +
                                             " numbers in a space of " + std::to_string(dimension));
  }
  EncodedQueries encoded;
  encoded.stride = StrideOf(dimension);
  encoded.scales.resize(queries.size() / dimension);
  encoded.codes.assign(encoded.count() * encoded.stride, 0);
  const auto limit = static_cast<float>(MaxQueryCode(dimension));
  for (std::size_t q = 0; q < encoded.count(); ++q) {
    const std::span<const float> query = queries.subspan(q * dimension, dimension);
    const float scale = LargestOf(query) / limit;
    if (std::isnan(scale)) return Error(Code::kInvalidArgument, "the query holds a NaN or an infinity");
    if (scale < std::numeric_limits<float>::min()) continue;
    encoded.scales[q] = scale;
    std::int16_t* codes = encoded.codes.data() + q * encoded.stride;
    for (std::size_t j = 0; j < dimension; ++j) {
      codes[j] = static_cast<std::int16_t>(std::lrintf(std::clamp(query[j] / scale, -limit, limit)));
    }
  }
  return encoded;
}

}  // namespace vitrine
