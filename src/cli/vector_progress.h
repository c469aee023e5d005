// How far work on vectors is, on standard error.
#pragma once

#include <chrono>
#include <string>

#include "cli/context.h"
#include "vitrine/library.h"

namespace vitrine {

/// On a terminal a line that repaints itself; elsewhere a line for each step, and one now and then in long
/// ones.
class VectorProgress final : public VectorObserver {
 public:
  explicit VectorProgress(bool silent);
  ~VectorProgress() override;  ///< Clears the repainted line.

  void OnStep(std::string_view step, std::uint64_t done, std::uint64_t total) override;

 private:
  using Clock = std::chrono::steady_clock;
  const bool silent_;
  const bool is_terminal_;
  std::string step_;
  Clock::time_point last_line_ = Clock::now();
  bool line_is_painted_ = false;
};

/// "recording vectors: 120,000 of 1,000,000".
std::string StepText(std::string_view step, std::uint64_t done, std::uint64_t total);

}  // namespace vitrine
