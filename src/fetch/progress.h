// How far a fetch is, on standard error: a line that repaints itself on a terminal, a line a file elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace vitrine::fetch {

/// "visual/model.onnx: 120.3 MB of 334.7 MB, 12.0 MB/s, 18 s left".
/// @param total    bytes of the file, 0 when nobody knows.
/// @param fetched  bytes of this run, after `seconds` > 0.
std::string ProgressText(const std::string& path, std::uint64_t done, std::uint64_t total,
                         std::uint64_t fetched, double seconds);

class Progress {
 public:
  explicit Progress(bool silent);
  ~Progress();  ///< Clears the repainted line.

  /// A file begins, with `done` bytes of it already there.
  void Begin(const std::string& path, std::uint64_t done, std::uint64_t total);
  /// So many of its bytes are there now; may be less than before, when it had to begin anew.
  void Reach(std::uint64_t done);
  /// Something worth a line of its own.
  void Note(const std::string& text);
  /// Clears the line, so that something else can be said.
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;
  const bool silent_;
  const bool is_terminal_;
  std::string path_;
  std::uint64_t started_at_ = 0;
  std::uint64_t total_ = 0;
  Clock::time_point start_;
  Clock::time_point painted_;
  bool line_is_painted_ = false;
};

}  // namespace vitrine::fetch
