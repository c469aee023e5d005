#include <algorithm>
#include <chrono>
#include <thread>

#include "cluster/link/node_caller.h"

namespace vitrine::cluster {
namespace {

constexpr std::uint64_t kFirstPauseMs = 100;
constexpr std::uint64_t kLongestPauseMs = 3'000;
constexpr std::uint64_t kLeastTryMs = 200;

bool IsWorthAnother(const Answer& answer) {
  if (answer.status != 0) return IsOverloaded(answer.status, answer.body);
  return answer.trouble == Trouble::kUnreachable || answer.trouble == Trouble::kTimeout;
}

}  // namespace

Pace RealPace() {
  return {.now_ms =
              [] {
                return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                                      std::chrono::steady_clock::now().time_since_epoch())
                                                      .count());
              },
          .sleep_ms = [](std::uint64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }};
}

Answer Tries::Ask(const Request& request) {
  const std::uint64_t end_ms = pace_.now_ms() + request.timeout_ms;
  std::uint64_t pause_ms = kFirstPauseMs;
  while (true) {
    Answer answer;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const std::size_t node = (first_ + i) % nodes_.size();
      const std::uint64_t now_ms = pace_.now_ms();
      const std::uint64_t left_ms = end_ms > now_ms ? end_ms - now_ms : 0;
      if (i > 0 && left_ms == 0) return answer;
      // A silent node must leave time for those behind it.
      const std::uint64_t share_ms = std::max(left_ms / (nodes_.size() - i), kLeastTryMs);
      answer = caller_.Call(nodes_[node], request, static_cast<std::uint32_t>(share_ms));
      if (IsWorthAnother(answer)) continue;
      first_ = node;
      return answer;
    }
    first_ = (first_ + 1) % nodes_.size();
    if (pace_.now_ms() + pause_ms >= end_ms) return answer;
    pace_.sleep_ms(pause_ms);
    pause_ms = std::min(2 * pause_ms, kLongestPauseMs);
  }
}

}  // namespace vitrine::cluster
