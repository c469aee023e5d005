// Long work, and what came of it: indexing, copies, files to fetch.
#include <cmath>

#include "server/app.h"
#include "server/forms.h"
#include "server/limits.h"
#include "server/names_job.h"
#include "server/reply.h"
#include "server/routes.h"

namespace vitrine::server {
namespace {

constexpr std::chrono::seconds kBetweenLooks{2};

// Hands an index run's progress to its job, and tells the pages now and then that there is more to see.
class IndexFollower final : public IndexObserver {
 public:
  IndexFollower(App& app, JobReport& report) : app_(app), report_(report) {}

  void OnProgress(const IndexProgress& progress) override {
    report_.Count({{"seen", progress.seen},
                   {"indexed", progress.indexed},
                   {"reused", progress.reused},
                   {"failed", progress.failed},
                   {"texts", progress.texts}});
    const std::uint64_t done = progress.indexed + progress.reused + progress.failed;
    report_.Step(progress.walk_done ? "looking at pictures" : "looking for pictures", done,
                 progress.walk_done ? progress.seen : 0);
  }

  void OnRecorded(std::span<const FileRecord>) override {
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < kBetweenLooks) return;
    told_ = now;
    app_.Changed();
  }

 private:
  App& app_;
  JobReport& report_;
  std::chrono::steady_clock::time_point told_{};
};

Response JobReply(const Result<Json>& job, int status) {
  if (!job) return Problem(job.error());
  Json json = NewAnswer();
  json.update(*job);
  return Reply(json, status);
}

Json IndexResult(const IndexReport& report) {
  return {{"seen", report.seen},
          {"indexed", report.indexed},
          {"reused", report.reused},
          {"removed", report.removed},
          {"failed", report.failed},
          {"skipped", report.skipped},
          {"seconds", std::round(report.seconds * 1e3) / 1e3}};
}

Json FileForm(const CopyFile& file) {
  Json json = {{"id", static_cast<std::int64_t>(file.id)}};
  PutPath(json, "path", file.path);
  json["width_px"] = file.info.width_px;
  json["height_px"] = file.info.height_px;
  json["size_bytes"] = file.size_bytes;
  json["format"] = file.info.format;
  json["offline"] = file.offline;
  return json;
}

Json GroupForm(const DuplicateGroup& group) {
  Json others = Json::array();
  for (const Copy& copy : group.others) {
    Json other = FileForm(copy.file);
    other["kind"] = NameOf(copy.kind);
    other["agreement"] = std::round(copy.agreement * 1e3) / 1e3;
    other["shown"] = std::round(copy.shown * 1e3) / 1e3;
    other["why"] = copy.why;
    others.push_back(std::move(other));
  }
  return {{"keep", FileForm(group.keep)}, {"why_keep", group.why_keep}, {"others", std::move(others)}};
}

}  // namespace

Response GetJobs(App& app, const Request&) {
  Json json = NewAnswer();
  json["jobs"] = app.jobs().List();
  return Reply(json);
}

Response PostIndex(App& app, const Request& request) {
  Fields fields(request.body);
  IndexOptions options{.retry_failed = fields.FlagOr("retry_failed", false)};
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  // Only what the owner indexed before: no address takes a path.
  Result<LibraryInfo> info = app.library().Info();
  if (!info) return Problem(info.error());
  options.roots = info->roots;
  if (options.roots.empty()) {
    return Problem(404, "not_found", "no folder was indexed yet; type: vitrine index FOLDER-OF-PICTURES");
  }
  return JobReply(
      app.jobs().Start("index",
                       [&app, options](JobReport& report, const StopSignal& stop) -> Result<JobOutcome> {
                         IndexFollower follower(app, report);
                         auto done = app.library().Index(options, &follower, stop);
                         app.Changed();
                         if (!done) return std::move(done).error();
                         if (!done->stopped) StartLearningNames(app);
                         return JobOutcome{
                             .result = IndexResult(*done), .notes = done->notes, .stopped = done->stopped};
                       }),
      202);
}

Response PostFindDuplicates(App& app, const Request& request) {
  Fields fields(request.body);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  return JobReply(app.jobs().Start("duplicates",
                                   [&app](JobReport& report, const StopSignal& stop) -> Result<JobOutcome> {
                                     JobSteps steps(report);
                                     auto found = app.library().FindDuplicates({}, &steps, stop);
                                     if (!found) return std::move(found).error();
                                     JobOutcome outcome{.result = {{"groups", found->groups.size()}},
                                                        .stopped = found->stopped};
                                     app.KeepDuplicates(*std::move(found));
                                     return outcome;
                                   }),
                  202);
}

Response PostStopJob(App& app, const Request& request) {
  Fields fields(request.body);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  return JobReply(app.jobs().Stop(request.parts.at("id")), 200);
}

Response GetDuplicates(App& app, const Request&) {
  const auto report = app.duplicates();
  Json json = NewAnswer();
  json["state"] = app.jobs().IsRunning("duplicates") ? "running" : report ? "ready" : "none";
  json["groups"] = Json::array();
  if (report) {
    for (const DuplicateGroup& group : report->groups) json["groups"].push_back(GroupForm(group));
  }
  return Reply(json);
}

Response PostTagDuplicates(App& app, const Request& request) {
  Fields fields(request.body);
  DecideOptions options{.word = TagWord::kAdd};
  options.tag = fields.Text("tag");
  std::vector<AssetId> ids;
  for (const Json& group : fields.List("groups")) {
    Fields one(group, "a group");
    one.Whole("keep");
    const std::vector<AssetId> others = one.Ids("others", kMaxIds);
    if (const Status fine = one.Done(); !fine) return Problem(fine.error());
    ids.insert(ids.end(), others.begin(), others.end());
  }
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  auto paths = PathsOf(app.library(), ids);
  if (!paths) return Problem(paths.error());
  options.pictures = *std::move(paths);
  return ChangeReply(app, app.library().tags().Decide(options));
}

Response GetDownload(App& app, const Request& request) {
  const Result<Download> download = app.Fetch(request.parts.at("token"));
  if (!download) return Problem(download.error());
  Response response;
  response.content_type = download->content_type;
  response.Set("Content-Disposition", Attachment(download->name));
  response.Set("Content-Security-Policy", "default-src 'none'; sandbox");
  response.file = FileBody{.path = download->path, .size_bytes = download->size_bytes};
  return response;
}

}  // namespace vitrine::server
