#include "fetch/get.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "base/human.h"
#include "base/lockdown.h"
#include "base/try.h"
#include "base/utf8.h"
#include "fetch/address.h"
#include "fetch/copy.h"
#include "fetch/download.h"
#include "fetch/model_folder.h"
#include "fetch/plan.h"
#include "fetch/sandbox.h"

namespace vitrine::fetch {
namespace {

void Sleep(std::uint32_t milliseconds, const StopSignal& stop) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (!stop.requested() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// A folder that is there: true when it is whole and right, so that nothing is left to do; false when there is
// none, or it was made a part folder again to be mended.
Result<bool> IsThere(const CatalogueModel& model, const GetOptions& options, const std::string& folder) {
  const Occupant occupant = OccupantOf(folder);
  if (occupant == Occupant::kNothing) return false;
  if (occupant == Occupant::kOther) {
    return Error(Code::kInvalidArgument, Quoted(folder) +
                                             " is there already and was not made by vitrine-fetch; "
                                             "name another folder with --to");
  }
  const Result<Manifest> there = ReadManifest(folder);
  std::string fault = there ? std::string() : there.error().message();
  if (there) {
    const Manifest wanted = MergeManifest(model, *there);
    for (const ManifestFile& file : wanted.files) {
      if (!fault.empty()) break;
      if (!file.whole) {
        fault = Quoted(file.path) + " is not what the catalogue has now";
        continue;
      }
      VITRINE_TRY_ASSIGN(const std::string wrong, FaultOf(folder, file));
      if (!wrong.empty()) fault = Quoted(JoinPath(folder, file.path)) + " " + wrong;
    }
  }
  if (fault.empty()) return true;
  if (!options.repair) {
    return Error(Code::kModel, fault + "; the same command with --repair fetches what is wrong anew");
  }
  VITRINE_TRY(Unpublish(options.to, model.name));
  return false;
}

class Run {
 public:
  Run(const CatalogueModel& model, const GetOptions& options, const StopSignal& stop, PartFolder part)
      : model_(model), options_(options), stop_(stop), part_(std::move(part)), progress_(options.quiet) {}

  // `source`: the folder to copy from, or empty.
  Result<GetReport> Go(std::string folder, const std::string& source) {
    VITRINE_TRY(GoOnFromBefore(source));
    const bool is_restricted = GiveUpRights(source);
    VITRINE_TRY(DistrustOldFiles());
    const auto known =
        static_cast<std::size_t>(std::count_if(manifest_.files.begin(), manifest_.files.end(),
                                               [](const auto& file) { return !file.sha256.empty(); }));
    const Plan plan =
        MakePlan(model_, manifest_, [&](const std::string& file) { return part_.SizeOf(file); });
    VITRINE_TRY(part_.CheckRoom(plan.bytes_needed));
    VITRINE_TRY(Record());
    VITRINE_TRY(source.empty() ? DownloadAll(plan) : CopyAll(plan, source));
    part_.RemoveStrays(manifest_);
    VITRINE_TRY(Record());
    VITRINE_TRY(part_.Publish());
    GetReport report{std::move(folder), false, 0, manifest_.files.size(), known, is_restricted};
    for (const ManifestFile& file : manifest_.files) report.bytes += file.bytes;
    return report;
  }

 private:
  Status GoOnFromBefore(const std::string& source) {
    Result<Manifest> before = ReadManifest(part_.path());
    if (!before && before.error().code() != Code::kNotFound && before.error().code() != Code::kModel) {
      return std::move(before).error();
    }
    manifest_ = MergeManifest(model_, before ? *before : Manifest{});
    if (!source.empty()) TakePins(source, manifest_);
    return {};
  }

  bool GiveUpRights(const std::string& source) const {
    if (!source.empty()) static_cast<void>(DenyInternetSockets().has_value());
    OpenPlaces places{part_.path(), options_.to, {}};
    if (!source.empty()) places.readable.push_back(source);
    return RestrictFiles(places);
  }

  // Files that an earlier run finished may have been damaged since.
  Status DistrustOldFiles() {
    for (ManifestFile& file : manifest_.files) {
      if (!file.whole) continue;
      VITRINE_TRY_ASSIGN(const std::string fault, FaultOf(part_.path(), file));
      if (fault.empty()) continue;
      progress_.Note(Quoted(file.path) + " " + fault + "; it is fetched anew");
      file.whole = false;
      file.bytes = 0;
    }
    return {};
  }

  Status DownloadAll(const Plan& plan) {
    VITRINE_TRY_ASSIGN(const std::unique_ptr<Transfer> transfer,
                       MakeCurlTransfer({options_.proxy, options_.stall_s, &stop_}));
    const DownloadContext context{*transfer,
                                  progress_,
                                  [this] { return Record(); },
                                  [this](std::uint32_t ms) { Sleep(ms, stop_); },
                                  {options_.retries, &stop_}};
    for (const Step& step : plan.steps) {
      const CatalogueFile& wanted = model_.files[step.file];
      Status done = Download(context, wanted, AddressOf(model_.base, wanted.path), part_.File(wanted.path),
                             step.offset, manifest_.files[step.file]);
      if (!done) return WithAdvice(std::move(done).error());
    }
    return {};
  }

  Status CopyAll(const Plan& plan, const std::string& source) {
    for (const Step& step : plan.steps) {
      const CatalogueFile& wanted = model_.files[step.file];
      manifest_.files[step.file].bytes = 0;
      VITRINE_TRY(Record());
      Status done =
          Copy(source, wanted, part_.File(wanted.path), manifest_.files[step.file], progress_, stop_);
      if (!done) return WithAdvice(std::move(done).error());
      VITRINE_TRY(Record());
    }
    return {};
  }

  Error WithAdvice(Error error) const {
    if (error.code() == Code::kCancelled) {
      return Error(error.code(), "stopped; " + Quoted(part_.path()) +
                                     " keeps what has come, and the same command goes on from there");
    }
    if (error.code() != Code::kNoSpace) return error;
    return Error(error.code(), error.message() +
                                   "; free some space and run the same command again, which goes on "
                                   "from here, or name another folder with --to");
  }

  Status Record() const { return WriteManifest(part_.path(), manifest_); }

  const CatalogueModel& model_;
  const GetOptions& options_;
  const StopSignal& stop_;
  const PartFolder part_;
  Progress progress_;
  Manifest manifest_;
};

}  // namespace

Result<GetReport> Get(const CatalogueModel& model, const GetOptions& options, const StopSignal& stop) {
  std::string folder = JoinPath(options.to, model.name);
  VITRINE_TRY_ASSIGN(const bool is_there, IsThere(model, options, folder));
  if (is_there) return GetReport{std::move(folder), true, model.Bytes(), model.files.size()};
  std::string source;
  if (!options.from.empty()) {
    VITRINE_TRY_ASSIGN(source, FindSource(options.from, model));
  }
  VITRINE_TRY_ASSIGN(PartFolder part, PartFolder::Open(options.to, model.name));
  return Run(model, options, stop, std::move(part)).Go(std::move(folder), source);
}

}  // namespace vitrine::fetch
