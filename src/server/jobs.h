// Long work beside the requests: indexing, looking for copies, learning names, exporting and importing
// boards. Each job has a thread; at most one of a kind runs at a time. Pages follow it by events.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/events.h"
#include "server/reply.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine::server {

/// What a job says of itself while it works. Thread-safe.
class JobReport {
 public:
  virtual ~JobReport() = default;
  virtual void Step(std::string_view step, std::uint64_t done, std::uint64_t total) = 0;
  virtual void Count(const Json& counts) = 0;  ///< Named numbers, in place of earlier ones.
};

/// A VectorObserver that hands on to a job.
class JobSteps final : public VectorObserver {
 public:
  explicit JobSteps(JobReport& report) : report_(report) {}
  void OnStep(std::string_view step, std::uint64_t done, std::uint64_t total) override {
    report_.Step(step, done, total);
  }

 private:
  JobReport& report_;
};

/// What a job ended with: for the pages, as JSON; `stopped` when it was asked to end early.
struct JobOutcome {
  Json result;
  std::vector<std::string> notes;
  bool stopped = false;
};

using JobWork = std::function<Result<JobOutcome>(JobReport& report, const StopSignal& stop)>;

/// Thread-safe.
class Jobs {
 public:
  explicit Jobs(EventHub& events);
  ~Jobs();

  /// Starts a job and returns it as JSON. Errors: kLocked (one of its kind is running), kCancelled (after
  /// StopAll()).
  Result<Json> Start(const std::string& kind, JobWork work);
  /// The newest last; of ended ones the last 32.
  Json List() const;
  /// Asks it to end; returns it. Errors: kNotFound.
  Result<Json> Stop(const std::string& id);
  bool IsRunning(const std::string& kind) const;
  /// Asks all to end and waits for them. No other can be started from then on.
  void StopAll();

 private:
  struct Job;
  class Reporter;

  static Json Form(const Job& job);
  void Run(Job& job, const JobWork& work);
  void Tell(Job& job, bool always);

  EventHub& events_;
  mutable std::mutex mutex_;  // Guards the jobs and all that is in them, but the stop signals.
  std::vector<std::unique_ptr<Job>> jobs_;
  std::int64_t next_id_ = 1;
  bool is_closed_ = false;
};

}  // namespace vitrine::server
