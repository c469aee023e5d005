// What the index's tests share: random rows, a brute-force judge, a folder of their own.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "index/rotation.h"
#include "index/row_set.h"
#include "index/vector_index.h"
#include "support/temp_folder.h"

namespace vitrine {

inline double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

inline void Normalise(std::span<float> vector) {
  const double length = std::sqrt(Dot(vector, vector));
  for (float& x : vector) x = static_cast<float>(static_cast<double>(x) / length);
}

/// Gaussian rows of L2 norm 1.
inline Matrix RandomUnitRows(std::size_t rows, std::size_t dimension, std::mt19937& random) {
  std::normal_distribution<float> normal;
  Matrix matrix(rows, dimension);
  for (float& x : matrix.values()) x = normal(random);
  for (std::size_t i = 0; i < rows; ++i) Normalise(matrix.row(i));
  return matrix;
}

/// Codes, fine codes and scales drawn at random, in every value they may have.
inline EncodedRows RandomCodes(std::size_t rows, std::size_t dimension, std::mt19937& random) {
  std::uniform_int_distribution<int> code(-127, 127);
  std::uniform_real_distribution<float> scale(0.001F, 0.01F);
  EncodedRows encoded;
  encoded.dimension = dimension;
  encoded.codes.resize(rows * dimension);
  encoded.fine.resize(rows * dimension);
  encoded.scales.resize(rows);
  for (std::int8_t& c : encoded.codes) c = static_cast<std::int8_t>(code(random));
  for (std::int8_t& f : encoded.fine) f = static_cast<std::int8_t>(random());
  for (float& s : encoded.scales) s = scale(random);
  return encoded;
}

inline RowSet RandomSubset(std::size_t rows, double share, std::mt19937& random) {
  std::bernoulli_distribution chosen(share);
  RowSet set(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    if (chosen(random)) set.Insert(i);
  }
  return set;
}

/// Component `at` of all codes of `rows`, in steps of a code.
inline double ComponentOf(const EncodedRows& rows, std::size_t at) {
  return rows.codes[at] + (rows.fine.empty() ? 0 : rows.fine[at] / static_cast<double>(kFineSteps));
}

/// The judge: float64 dot products of the rotated query with the codes times their scale, sorted.
inline std::vector<Neighbour> BruteForce(const EncodedRows& rows, std::span<const float> query, std::size_t k,
                                         const RowSet* allowed) {
  std::vector<float> rotated(query.begin(), query.end());
  Rotate(rotated);
  std::vector<Neighbour> all;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    if (rows.scales[r] == 0 || (allowed != nullptr && !allowed->Contains(r))) continue;
    double sum = 0;
    for (std::size_t i = 0; i < rows.dimension; ++i) {
      sum += static_cast<double>(rotated[i]) * ComponentOf(rows, r * rows.dimension + i);
    }
    all.push_back({static_cast<RowId>(r), static_cast<float>(sum * static_cast<double>(rows.scales[r]))});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Neighbour& a, const Neighbour& b) { return a.score > b.score; });
  all.resize(std::min(all.size(), k));
  return all;
}

/// True when `found` is a right answer: as long as the judge's, the same scores to within the query's
/// rounding, no row twice, and in order.
inline testing::AssertionResult SameNeighbours(const std::vector<Neighbour>& found,
                                               const std::vector<Neighbour>& truth) {
  if (found.size() != truth.size()) {
    return testing::AssertionFailure() << found.size() << " hits, not " << truth.size();
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::fabs(found[i].score - truth[i].score) > 2e-4F) {
      return testing::AssertionFailure()
             << "hit " << i << ": score " << found[i].score << ", not " << truth[i].score;
    }
    if (i > 0 && (found[i].score > found[i - 1].score ||
                  (found[i].score == found[i - 1].score && found[i].row <= found[i - 1].row))) {
      return testing::AssertionFailure() << "hit " << i << " is out of order";
    }
  }
  std::vector<RowId> rows;
  rows.reserve(found.size());
  for (const Neighbour& hit : found) rows.push_back(hit.row);
  std::sort(rows.begin(), rows.end());
  if (std::adjacent_find(rows.begin(), rows.end()) != rows.end()) {
    return testing::AssertionFailure() << "a row comes twice";
  }
  return testing::AssertionSuccess();
}

inline bool Identical(const std::vector<std::vector<Neighbour>>& a,
                      const std::vector<std::vector<Neighbour>>& b) {
  const auto same = [](const Neighbour& x, const Neighbour& y) {
    return x.row == y.row && x.score == y.score;
  };
  const auto same_list = [&](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same);
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_list);
}

/// In memory where there is such a place, since the tests sync often.
class TestFolder final : public TempFolder {
 public:
  TestFolder()
      : TempFolder(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path()) {}
};

inline std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace vitrine
