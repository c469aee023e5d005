// How far indexing is, on standard error: a line that repaints itself on a terminal, a plain line now and
// then elsewhere.
#pragma once

#include <chrono>
#include <string>

#include "vitrine/library.h"

namespace vitrine {

/// "1,234 of 5,678 pictures, 92/s, 48 s left", with the count of failures when there are any.
/// @param seconds  since the run began, > 0.
std::string ProgressText(const IndexProgress& progress, double seconds);

/// Shows the progress of a run and, when asked, prints each recorded file as a line of JSON on standard
/// output.
class ProgressPrinter final : public IndexObserver {
 public:
  struct Options {
    bool silent = false;       ///< Show nothing while running.
    bool jsonl_files = false;  ///< One JSON object a recorded file on standard output.
  };
  explicit ProgressPrinter(Options options);
  ~ProgressPrinter() override;  ///< Clears the repainted line.

  void OnProgress(const IndexProgress& progress) override;
  void OnRecorded(std::span<const FileRecord> files) override;

 private:
  using Clock = std::chrono::steady_clock;
  const Options options_;
  const bool is_terminal_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point last_line_ = start_;
  bool line_is_painted_ = false;
};

}  // namespace vitrine
