// The best k of a stream of scores.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "index/vector_index.h"

namespace vitrine {

/// The order of results: higher score first, ties by smaller row. Total, so the best k are one set whatever
/// the order in which they were found.
inline bool Better(const Neighbour& a, const Neighbour& b) {
  return a.score != b.score ? a.score > b.score : a.row < b.row;
}

/// A heap of at most k with the worst on top: what does not beat the worst is turned away by one comparison,
/// which is nearly every row once the heap is full. Rows must be offered in ascending order.
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) {}

  /// A score must be above this to enter. Rows come in ascending order, so an equal score would lose its tie.
  float threshold() const { return threshold_; }

  void Offer(const Neighbour& found) {
    if (found.score <= threshold_) return;
    if (heap_.size() == k_) {
      std::pop_heap(heap_.begin(), heap_.end(), Better);
      heap_.back() = found;
    } else {
      heap_.push_back(found);
    }
    std::push_heap(heap_.begin(), heap_.end(), Better);
    if (heap_.size() == k_) threshold_ = heap_.front().score;
  }

  /// What was kept, in no particular order. The heap is empty afterwards.
  std::vector<Neighbour> Take() { return std::exchange(heap_, {}); }

 private:
  std::size_t k_;
  float threshold_ = -std::numeric_limits<float>::infinity();
  std::vector<Neighbour> heap_;
};

}  // namespace vitrine
