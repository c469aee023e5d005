#include "index/row_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "index/quantise.h"
#include "index/rotation.h"

namespace vitrine {

RowTable::RowTable(std::size_t dimension, std::vector<RowBlock> blocks)
    : dimension_(dimension), stride_(StrideOf(dimension)), blocks_(std::move(blocks)) {}

const RowBlock& RowTable::BlockOf(RowId row) const {
  return *std::lower_bound(blocks_.begin(), blocks_.end(), row,
                           [](const RowBlock& block, RowId wanted) { return block.end() <= wanted; });
}

void RowTable::Rotated(RowId row, std::span<float> out) const {
  const RowBlock& block = BlockOf(row);
  const std::size_t offset = row - block.first;
  const std::int8_t* codes = block.codes + offset * stride_;
  for (std::size_t i = 0; i < dimension_; ++i) out[i] = static_cast<float>(codes[i]) * block.scales[offset];
}

std::vector<float> RowTable::Vector(RowId row) const {
  std::vector<float> vector(dimension_);
  Rotated(row, vector);
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
  if (squares == 0) return vector;
  const auto factor = static_cast<float>(1 / std::sqrt(squares));
  for (float& x : vector) x *= factor;
  RotateBack(vector);
  return vector;
}

std::shared_ptr<const RowTable> TableInMemory(const EncodedRows& rows) {
  std::vector<RowBlock> blocks;
  if (rows.rows() > 0) {
    const std::size_t stride = StrideOf(rows.dimension);
    const auto payload = LayOut(rows, stride);
    blocks.push_back(BlockOver(0, static_cast<RowId>(rows.rows()), stride, payload.get(), payload));
  }
  return std::make_shared<const RowTable>(rows.dimension, std::move(blocks));
}

}  // namespace vitrine
