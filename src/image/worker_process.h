// One decode worker seen from the main process: started, asked, and buried.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/file.h"
#include "image/decoder.h"
#include "vitrine/result.h"

namespace vitrine {

/// Memory shared with a worker: sized once, sealed against shrinking and growing, mapped read-only on this
/// side.
class Arena {
 public:
  /// Errors: kIo (no memory).
  static Result<Arena> Make(std::uint64_t bytes);

  Arena() = default;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  ~Arena();

  int fd() const { return fd_.get(); }
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  UniqueFd fd_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// How an exchange with a worker ended when it brought no picture and no reason: the worker is of no more
/// use.
enum class Demise : std::uint8_t { kCrashed, kTimedOut, kLied };

/// What one exchange brought.
struct Exchange {
  Result<DecodedPicture> result;      ///< The picture, the worker's own reason, or words for its demise.
  std::optional<Demise> demise = {};  ///< Set when the worker is dead.
  bool retiring = false;              ///< The worker answered and ends now.
};

/// Owns the process: killed and reaped on destruction. One exchange at a time.
class WorkerProcess {
 public:
  /// Starts `options.worker_program`; Greet() comes next.
  /// The process dies with the *thread* that calls this (PR_SET_PDEATHSIG): call it from one that lives as
  /// long as the pool. Errors: kNotFound (no such program), kIo (it cannot be started).
  static Result<std::unique_ptr<WorkerProcess>> Start(const DecoderPoolOptions& options);

  /// Waits until the worker reports itself warm and locked down. Errors: kIo.
  Status Greet();

  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();

  /// Hands over a file and waits for the answer, at most `options.timeout_ms`.
  Exchange Decode(int file, const DecodeRequest& request, const DecoderPoolOptions& options);

 private:
  WorkerProcess(pid_t pid, UniqueFd channel) : pid_(pid), channel_(std::move(channel)) {}

  Status EnsureArena(const DecodeRequest& request);
  bool Await(std::chrono::milliseconds timeout) const;
  Exchange Bury(Demise demise, const std::string& words);
  Exchange BuryCrashed();
  int Reap();

  pid_t pid_;
  UniqueFd channel_;
  Arena arena_;
  std::uint64_t next_id_ = 1;
};

}  // namespace vitrine
