// Helpers for one big scan at a time: threads that wait, join in, and leave.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace vitrine {

/// A few persistent threads. Thread-safe.
class ScanPool {
 public:
  /// @param helpers  threads besides the caller's own; 0 is fine.
  explicit ScanPool(std::size_t helpers);
  ~ScanPool();
  ScanPool(const ScanPool&) = delete;
  ScanPool& operator=(const ScanPool&) = delete;

  /// Threads that may take part in one Run(), the caller's included.
  std::size_t participants() const { return threads_.size() + 1; }

  /// Runs `work(participant)` on the calling thread as participant 0 and on every helper that comes in time
  /// as 1, 2, ... The work divides itself (by a shared counter): one participant alone must be able to finish
  /// it. Returns when all who began have ended. While the helpers serve another caller, this one works alone:
  /// with several searches at once each has a core of its own already.
  void Run(const std::function<void(std::size_t)>& work);

 private:
  void Help();

  std::mutex running_;  ///< Held by the caller whom the helpers serve.
  std::mutex mutex_;    ///< Guards what follows.
  std::condition_variable wanted_;
  std::condition_variable left_;
  const std::function<void(std::size_t)>* work_ = nullptr;  ///< Null between runs.
  std::uint64_t run_ = 0;   ///< Counts runs, so that a helper takes part in each at most once.
  std::size_t joined_ = 0;  ///< Helpers that began this work.
  std::size_t active_ = 0;  ///< Those of them still at it.
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace vitrine
