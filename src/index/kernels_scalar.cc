// The version that every processor runs and that judges the others.
#include "index/kernel_list.h"

namespace vitrine {
namespace {

std::int32_t Dot(const std::int16_t* query, const std::int8_t* row, std::size_t stride) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < stride; ++i) sum += std::int32_t{query[i]} * std::int32_t{row[i]};
  return sum;
}

void Dot1(const std::int16_t* query, const std::int8_t* const* rows, std::size_t count, std::size_t stride,
          std::int32_t* dots) {
  for (std::size_t r = 0; r < count; ++r) dots[r] = Dot(query, rows[r], stride);
}

void Dot4(const std::int16_t* queries, const std::int8_t* const* rows, std::size_t count, std::size_t stride,
          std::int32_t* dots) {
  for (std::size_t q = 0; q < kTileQueries; ++q)
    Dot1(queries + q * stride, rows, count, stride, dots + q * count);
}

}  // namespace

const Kernel kScalarKernel{"scalar", &Dot1, &Dot4};

}  // namespace vitrine
