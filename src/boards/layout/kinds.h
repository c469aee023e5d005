// Which pictures are of one kind: k-means, and how many kinds there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/matrix.h"

namespace vitrine::layout {

/// Rows by kind; no kind is empty. REQUIRES: rows, and k >= 1.
/// k-means by Lloyd's rounds from k-means++ (Arthur and Vassilvitskii 2007), the best of a few starts.
/// @return at most k kinds, fewer where there are fewer distinct rows.
std::vector<std::vector<std::size_t>> SplitIntoKinds(const Matrix& vectors, std::size_t k,
                                                     std::uint64_t seed);

/// How many kinds, 2 .. 12, on at most 600 drawn rows; 1 for fewer than four rows and for equal rows.
/// Where kinds lie apart, the number with the highest mean silhouette. Photographs at large do not (0.1 to
/// 0.2 at best): there two kinds come out highest whatever they are, and the finest division that is nearly
/// as good is taken.
std::size_t ChooseKinds(const Matrix& vectors, std::uint64_t seed);

/// Mean silhouette (Rousseeuw 1987), -1 .. 1: how much nearer rows are to their own kind than to the next.
/// @param distances squared, [n, n]
double MeanSilhouette(const Matrix& distances, const std::vector<std::vector<std::size_t>>& kinds);

}  // namespace vitrine::layout
