// Better neighbours by exchanging pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "boards/layout/arrange.h"
#include "boards/layout/shelves.h"
#include "boards/layout/space.h"

namespace vitrine::layout {

/// The k places nearest to each by centres, without itself, in no order; the first of equals. [n, k]
/// REQUIRES: 1 <= k < places.size().
std::vector<std::uint32_t> NearestPlaces(std::span<const Place> places, std::size_t k);

/// Trustworthiness where ranks exceed k by `excess` in sum over all n pictures and their k neighbours.
double TrustOf(double excess, std::size_t n, std::size_t k);

/// Trustworthiness with ranks at hand; k as in arrange.h.
double TrustworthinessOf(const Ranks& ranks, std::span<const Place> places, std::size_t k);

/// Exchanges pictures of the board, two at a time, as long as the board's trustworthiness gains by it; the
/// rows stay about as wide as they are. The board comes back no worse than it was.
void ExchangeForTrust(const Ranks& ranks, const ArrangeOptions& options, ShelfBoard& board);

}  // namespace vitrine::layout
