#include "index/scan_pool.h"

namespace vitrine {

ScanPool::ScanPool(std::size_t helpers) {
  threads_.reserve(helpers);
  for (std::size_t i = 0; i < helpers; ++i) threads_.emplace_back([this] { Help(); });
}

ScanPool::~ScanPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wanted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ScanPool::Run(const std::function<void(std::size_t)>& work) {
  const std::unique_lock mine(running_, std::try_to_lock);
  if (!mine || threads_.empty()) return work(0);
  {
    const std::lock_guard lock(mutex_);
    work_ = &work;
    joined_ = 0;
    ++run_;
  }
  wanted_.notify_all();
  work(0);
  std::unique_lock lock(mutex_);
  work_ = nullptr;  // Whoever wakes from now on finds nothing to do.
  left_.wait(lock, [this] { return active_ == 0; });
}

void ScanPool::Help() {
  std::unique_lock lock(mutex_);
  std::uint64_t last_run = 0;
  while (true) {
    wanted_.wait(lock, [&] { return ending_ || (work_ != nullptr && run_ != last_run); });
    if (ending_) return;
    last_run = run_;
    const std::function<void(std::size_t)>& work = *work_;
    const std::size_t participant = ++joined_;
    ++active_;
    lock.unlock();
    work(participant);
    lock.lock();
    if (--active_ == 0) left_.notify_all();
  }
}

}  // namespace vitrine
