#include "server/jobs.h"

#include <algorithm>

#include "base/utc_now.h"

namespace vitrine::server {
namespace {

constexpr std::size_t kMostEnded = 32;
constexpr std::chrono::milliseconds kBetweenEvents{100};

}  // namespace

struct Jobs::Job {
  std::string id, kind, state = "running", step, started;
  std::uint64_t done = 0, total = 0;
  Json counts = Json::object(), result;
  std::vector<std::string> notes;
  std::optional<Error> error;
  std::chrono::steady_clock::time_point told{};
  StopSignal stop;
  std::thread thread;
};

class Jobs::Reporter final : public JobReport {
 public:
  Reporter(Jobs& jobs, Job& job) : jobs_(jobs), job_(job) {}

  void Step(std::string_view step, std::uint64_t done, std::uint64_t total) override {
    const std::lock_guard lock(jobs_.mutex_);
    const bool is_new = job_.step != step;
    job_.step = step;
    job_.done = done;
    job_.total = total;
    jobs_.Tell(job_, is_new);
  }

  void Count(const Json& counts) override {
    const std::lock_guard lock(jobs_.mutex_);
    job_.counts = counts;
    jobs_.Tell(job_, false);
  }

 private:
  Jobs& jobs_;
  Job& job_;
};

Jobs::Jobs(EventHub& events) : events_(events) {}

Jobs::~Jobs() { StopAll(); }

Json Jobs::Form(const Job& job) {
  Json json = {{"id", job.id},           {"kind", job.kind},     {"state", job.state},
               {"step", job.step},       {"done", job.done},     {"total", job.total},
               {"started", job.started}, {"counts", job.counts}, {"notes", job.notes}};
  json["error"] = nullptr;
  if (job.error) json["error"] = Json::parse(Problem(*job.error).body)["error"];
  json["result"] = job.result;
  return json;
}

void Jobs::Tell(Job& job, bool always) {
  const auto now = std::chrono::steady_clock::now();
  if (!always && now - job.told < kBetweenEvents) return;
  job.told = now;
  events_.Publish("job", Form(job).dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<Json> Jobs::Start(const std::string& kind, JobWork work) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return Error(Code::kCancelled, "the gallery is being closed");
  std::size_t ended = 0;
  for (const auto& job : jobs_) {
    if (job->state != "running") {
      ++ended;
    } else if (job->kind == kind) {
      return Error(Code::kLocked, "one is under way already: wait for it, or stop it");
    }
  }
  for (auto it = jobs_.begin(); it != jobs_.end() && ended > kMostEnded;) {
    if ((*it)->state == "running") {
      ++it;
      continue;
    }
    (*it)->thread.join();
    it = jobs_.erase(it);
    --ended;
  }
  Job& job = *jobs_.emplace_back(std::make_unique<Job>());
  job.id = std::to_string(next_id_++);
  job.kind = kind;
  job.started = UtcNow();
  Json form = Form(job);
  job.thread = std::thread([this, &job, work = std::move(work)] { Run(job, work); });
  return form;
}

void Jobs::Run(Job& job, const JobWork& work) {
  Reporter reporter(*this, job);
  Result<JobOutcome> outcome = work(reporter, job.stop);
  const std::lock_guard lock(mutex_);
  if (!outcome) {
    job.state = outcome.error().code() == Code::kCancelled ? "stopped" : "failed";
    job.error = std::move(outcome).error();
  } else {
    job.state = outcome->stopped ? "stopped" : "done";
    job.result = std::move(outcome->result);
    job.notes = std::move(outcome->notes);
  }
  Tell(job, true);
}

Json Jobs::List() const {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (const auto& job : jobs_) list.push_back(Form(*job));
  return list;
}

bool Jobs::IsRunning(const std::string& kind) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [&](const auto& job) { return job->kind == kind && job->state == "running"; });
}

Result<Json> Jobs::Stop(const std::string& id) {
  const std::lock_guard lock(mutex_);
  for (const auto& job : jobs_) {
    if (job->id != id) continue;
    if (job->state == "running") job->stop.Request();
    return Form(*job);
  }
  return Error(Code::kNotFound, "there is no job " + id);
}

void Jobs::StopAll() {
  std::vector<std::unique_ptr<Job>> ending;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    for (const auto& job : jobs_) job->stop.Request();
    ending.swap(jobs_);
  }
  for (const auto& job : ending) {
    if (job->thread.joinable()) job->thread.join();
  }
}

}  // namespace vitrine::server
