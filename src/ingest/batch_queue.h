// A queue between threads whose consumer works in batches: it takes up to so many items, and does not wait
// for a full batch when no more come.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace vitrine {

/// Holds at most so many items: a fast producer waits. Any number of producers, one consumer. Thread-safe.
template <typename T>
class BatchQueue {
 public:
  /// @param capacity  items held at most, >= 1.
  explicit BatchQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room. Drops the item once the queue is closed.
  void Push(T item) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return items_.size() < capacity_ || closed_; });
    if (closed_) return;
    items_.push_back(std::move(item));
    ready_.notify_one();
  }

  /// Appends to `batch` until it holds `most` items, or none came for `patience`.
  /// Returns false once the queue is closed and everything has been taken.
  bool Take(std::vector<T>& batch, std::size_t most, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    while (batch.size() < most) {
      const bool came = ready_.wait_for(lock, patience, [&] { return !items_.empty() || closed_; });
      if (!came) return true;
      if (items_.empty()) return false;
      batch.push_back(std::move(items_.front()));
      items_.pop_front();
      room_.notify_one();
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
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable ready_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace vitrine
