// A queue between threads that holds at most so much: a fast producer waits, so memory stays bounded.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace vitrine {

/// Any number of producers and consumers. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  /// @param capacity  items held at most, >= 1.
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room. Returns false, and drops the item, once the queue is closed.
  bool Push(T item) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return items_.size() < capacity_ || closed_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    ready_.notify_one();
    return true;
  }

  /// Waits for an item. Empty once the queue is closed and drained.
  std::optional<T> Pop() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return !items_.empty() || closed_; });
    return TakeFront();
  }

  /// An item if one is there now.
  std::optional<T> TryPop() {
    const std::lock_guard lock(mutex_);
    return TakeFront();
  }

  /// For a consumer that works in batches: appends to `batch` until it holds `most` items, or none came for
  /// `patience`. Returns false once the queue is closed and everything has been taken.
  bool PopBatch(std::vector<T>& batch, std::size_t most, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    while (batch.size() < most) {
      const bool came = ready_.wait_for(lock, patience, [&] { return !items_.empty() || closed_; });
      if (!came) return true;
      std::optional<T> item = TakeFront();
      if (!item) return false;
      batch.push_back(*std::move(item));
    }
    return true;
  }

  /// No more items go in; what is inside can still be taken.
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
    ready_.notify_all();
  }

 private:
  std::optional<T> TakeFront() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    room_.notify_one();
    return item;
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable ready_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace vitrine
