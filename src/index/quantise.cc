// Symmetric scalar quantisation in a rotated basis.
//
// Problem: 512 float32 a picture are 2 KiB to keep and to read in every search; a search is as fast as memory
// delivers. Idea: rotate so that no component stands out (rotation.cc), divide by the largest and round to
// -127..127. A dot product is then a sum of small integers, exact in int32 and the same on every processor,
// times one factor a vector. Why right: rounding moves each component by at most half a step, independently
// of the others. A cosine's error then has a standard deviation of a step over sqrt(12): 0.0003 at 512
// dimensions, whatever the query. The scale is not the step itself but the factor that leaves no error along
// the vector, so that a picture's cosine with itself is 1.
//
// What rounding loses, one or two hits in a hundred at the tenth place among 100,000, are swaps of near ties.
// A second byte a component, the rest in 1/256 of a code, wins them back: the scan reads the first byte alone
// and keeps a few more than were asked for, and only those few are ranked by both (row_table.cc).
//
// The query is kept finer than the rows: its rounding error costs nothing to avoid, because the kernels
// multiply int16 by int8 as fast as int8 by int8 (kernels_avx2.cc). Measured as in rotation.cc, recall@10
// with an int8 query is 0.993, with an int16 query 0.994, the same as with a float one.
#include "index/quantise.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "index/kernels.h"
#include "index/rotation.h"

namespace vitrine {
namespace {

constexpr float kMaxCode = 127;
constexpr float kLeastFine = -128;
constexpr float kMostFine = 127;

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

/// A copy, rotated and brought to a largest component of 1 first, so that neither step overflows; and what to
/// multiply with to undo the latter. 0 for a vector without a direction, NaN for one that is not finite.
float RotatedCopy(std::span<const float> vector, std::vector<float>& copy) {
  copy.assign(vector.begin(), vector.end());
  const float largest = LargestOf(vector);
  // Below the smallest normal number quotients lose their precision: such a vector is as good as zero.
  if (largest < std::numeric_limits<float>::min()) return 0;
  for (float& x : copy) x /= largest;
  Rotate(copy);
  return largest;
}

/// Writes round(x / step) for each component.
template <typename Code>
void Round(std::span<const float> vector, float step, float most, Code* codes) {
  for (std::size_t j = 0; j < vector.size(); ++j) {
    codes[j] = static_cast<Code>(std::lrintf(std::clamp(vector[j] / step, -most, most)));
  }
}

/// Writes what the codes leave of each component, in 1/kFineSteps of a code.
void RoundRest(std::span<const float> vector, float scale, const std::int8_t* codes, std::int8_t* fine) {
  for (std::size_t j = 0; j < vector.size(); ++j) {
    const float rest = (vector[j] / scale - static_cast<float>(codes[j])) * static_cast<float>(kFineSteps);
    fine[j] = static_cast<std::int8_t>(std::lrintf(std::clamp(rest, kLeastFine, kMostFine)));
  }
}

/// Writes a row's codes and returns its scale; leaves all 0 for a row without a direction.
float EncodeRow(std::span<const float> vector, std::int8_t* codes, std::int8_t* fine) {
  std::vector<float> rotated;
  const float unit = RotatedCopy(vector, rotated);
  if (!(unit > 0)) return 0;
  Round(rotated, LargestOf(rotated) / kMaxCode, kMaxCode, codes);
  double squares = 0;
  double along = 0;
  for (std::size_t j = 0; j < rotated.size(); ++j) {
    squares += static_cast<double>(rotated[j]) * static_cast<double>(rotated[j]);
    along += static_cast<double>(rotated[j]) * codes[j];
  }
  const double scale = squares / along;
  RoundRest(rotated, static_cast<float>(scale), codes, fine);
  return static_cast<float>(scale * static_cast<double>(unit));
}

}  // namespace

EncodedRows Encode(const Matrix& vectors) {
  EncodedRows rows;
  rows.dimension = vectors.columns();
  rows.codes.assign(vectors.rows() * vectors.columns(), 0);
  rows.fine.assign(vectors.rows() * vectors.columns(), 0);
  rows.scales.assign(vectors.rows(), 0);
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    const std::size_t offset = i * rows.dimension;
    rows.scales[i] = EncodeRow(vectors.row(i), rows.codes.data() + offset, rows.fine.data() + offset);
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
  std::vector<float> rotated;
  for (std::size_t q = 0; q < encoded.count(); ++q) {
    const std::span<const float> query = queries.subspan(q * dimension, dimension);
    const float unit = RotatedCopy(query, rotated);
    if (std::isnan(unit)) return Error(Code::kInvalidArgument, "the query holds a NaN or an infinity");
    if (unit == 0) continue;
    const float step = LargestOf(rotated) / limit;
    encoded.scales[q] = step * unit;
    Round(rotated, step, limit, encoded.codes.data() + q * encoded.stride);
  }
  return encoded;
}

}  // namespace vitrine
