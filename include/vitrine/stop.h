// Asking a long operation to end.
#pragma once

#include <atomic>
#include <cstdint>

namespace vitrine {

/// Set from any thread or from a signal handler (the store is lock-free). The first request lets work in
/// flight finish; the second abandons it. Both leave everything on disk sound.
class StopSignal {
 public:
  void Request() { level_.fetch_add(1, std::memory_order_relaxed); }
  bool requested() const { return level_.load(std::memory_order_relaxed) >= 1; }
  bool now() const { return level_.load(std::memory_order_relaxed) >= 2; }

 private:
  std::atomic<std::uint32_t> level_ = 0;
};

}  // namespace vitrine
