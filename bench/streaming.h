// What the benches measure with: a clock and what the memory delivers.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <thread>
#include <vector>

namespace vitrine {

inline double MillisecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// Processor time of this process so far, all threads together.
inline double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// GB/s at which all cores together read a buffer much larger than the caches: the best of three passes.
inline double StreamingGigabytesPerSecond() {
  constexpr std::size_t kWords = (256u << 20) / sizeof(std::uint64_t);
  const std::vector<std::uint64_t> buffer(kWords, 1);
  const std::size_t threads = std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
  std::vector<std::uint64_t> sums(threads);
  const auto pass = [&] {
    std::vector<std::thread> readers;
    for (std::size_t t = 0; t < threads; ++t) {
      readers.emplace_back([&, t] {
        const auto part = std::span(buffer).subspan(t * (kWords / threads), kWords / threads);
        std::uint64_t sum[4] = {};
        for (std::size_t i = 0; i + 4 <= part.size(); i += 4) {
          for (std::size_t j = 0; j < 4; ++j) sum[j] += part[i + j];
        }
        sums[t] = sum[0] + sum[1] + sum[2] + sum[3];
      });
    }
    for (std::thread& reader : readers) reader.join();
  };
  double best_ms = MillisecondsOf(pass);
  for (int i = 0; i < 2; ++i) best_ms = std::min(best_ms, MillisecondsOf(pass));
  if (std::accumulate(sums.begin(), sums.end(), std::uint64_t{0}) == 0) return 0;
  return static_cast<double>(buffer.size() * sizeof(std::uint64_t)) / best_ms / 1e6;
}

}  // namespace vitrine
