// A dense row-major float32 matrix: one embedding a row.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vitrine {

class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns) : rows_(rows), columns_(columns), values_(rows * columns) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::span<float> row(std::size_t i) { return {values_.data() + i * columns_, columns_}; }
  std::span<const float> row(std::size_t i) const { return {values_.data() + i * columns_, columns_}; }
  std::span<float> values() { return values_; }
  std::span<const float> values() const { return values_; }

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<float> values_;
};

}  // namespace vitrine
