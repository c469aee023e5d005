// One bit a number, and an estimate without bias.
//
// Problem: a scan is as fast as memory delivers, so a row should be few bytes; one bit a number is the least
// that keeps all of them. But the product of a query with a row's signs is not the product with the row. Idea
// (RaBitQ: Gao and Long, SIGMOD 2024): take the difference r of the row to a centroid, in a basis where no
// direction is special, and its signs s. Since <s, r> = sum |r_i|, the vector f s with f = |r|^2 / sum |r_i|
// has exactly r's component along r, and an error at right angles to it. That error has no preferred
// direction in a random basis, so its product with any query is zero on average: f <q, s> estimates <q, r>
// without bias. Its standard deviation is, with the sum of magnitudes near sqrt(2 / pi) |r| sqrt(d), about
// sqrt(pi / 2 - 1) |q| |r| / sqrt(d): at 512 numbers 0.033 |q| |r|.
//
// What shrinks |r| and |q| shrinks the error. Rows of a picture-and-text model share a mean, which the
// centroid takes away. Queries share one too, that of sentences, and it has nothing to do with the pictures'
// (the modality gap): along that direction, the anchor m, the product is kept exactly. With t = <q, m> / <m,
// m> and b = <m, r>,
//     <q, row> = <q, centroid> + t b + <q - t m, r>,
// and only the last term is estimated, from a query that is half as long.
//
// The query is rounded to integers of a few bits, v_i = round((q - t m)_i / D), so that <v, s> is bits and
// counting: with v in two's complement, plane j of weight w_j, and s_i = 2 bit_i - 1,
//     <q - t m, s> = D (2 sum_j w_j popcount(bits & plane_j) - sum_i v_i).
// At four bits the step D is less than half of a number's standard deviation, which adds 2 % to the error.
// Cost: eight bytes of factors a row, and for each 64 numbers and plane an and, a count and an add for eight
// rows at once.
#include "index/sign_codes.h"

#include <algorithm>
#include <cmath>

namespace vitrine {

void SignLayout::Write(std::byte* block, std::size_t lane, RowId row, std::span<const float> residual,
                       std::span<const float> anchor) const {
  auto* bits =
      reinterpret_cast<std::uint64_t*>(block) + lane / kSignGroup * words_ * kSignGroup + lane % kSignGroup;
  double squares = 0;
  double magnitudes = 0;
  double along = 0;
  for (std::size_t first = 0, w = 0; first < residual.size(); first += 64, ++w) {
    const std::size_t count = std::min<std::size_t>(64, residual.size() - first);
    std::uint64_t word = 0;
    float word_squares = 0;
    float word_magnitudes = 0;
    float word_along = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const float x = residual[first + i];
      word |= std::uint64_t{x >= 0} << i;
      word_squares += x * x;
      word_magnitudes += std::fabs(x);
      word_along += x * anchor[first + i];
    }
    bits[w * kSignGroup] = word;
    squares += static_cast<double>(word_squares);
    magnitudes += static_cast<double>(word_magnitudes);
    along += static_cast<double>(word_along);
  }
  reinterpret_cast<float*>(block + FactorsOffset())[lane] =
      magnitudes > 0 ? static_cast<float>(squares / magnitudes) : 0;
  reinterpret_cast<float*>(block + AnchorsOffset())[lane] = static_cast<float>(along);
  reinterpret_cast<RowId*>(block + RowsOffset())[lane] = row;
}

SignQuery MakeSignQuery(std::span<const float> query, std::span<const float> anchor,
                        std::size_t plane_count) {
  double squares = 0;
  double along = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    squares += static_cast<double>(anchor[i]) * static_cast<double>(anchor[i]);
    along += static_cast<double>(anchor[i]) * static_cast<double>(query[i]);
  }
  SignQuery made;
  made.plane_count = plane_count;
  made.scale.anchor = squares > 0 ? static_cast<float>(along / squares) : 0;
  const auto rest = [&](std::size_t i) { return query[i] - made.scale.anchor * anchor[i]; };
  float largest = 0;
  for (std::size_t i = 0; i < query.size(); ++i) largest = std::max(largest, std::fabs(rest(i)));
  const std::size_t words = (query.size() + 63) / 64;
  made.planes.assign(plane_count * words, 0);
  if (!(largest > 0)) return made;
  const auto most = static_cast<float>((std::int32_t{1} << (plane_count - 1)) - 1);
  const float step = largest / most;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const auto v = static_cast<std::int32_t>(std::lrintf(std::clamp(rest(i) / step, -most, most)));
    sum += v;
    for (std::size_t p = 0; p < plane_count; ++p) {
      const auto bit = (static_cast<std::uint32_t>(v) >> p) & 1U;
      made.planes[p * words + i / 64] |= std::uint64_t{bit} << (i % 64);
    }
  }
  made.scale.slope = 2 * step;
  made.scale.shift = -step * static_cast<float>(sum);
  return made;
}

}  // namespace vitrine
