#include "engine/cluster/plan.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "ingest/fingerprint.h"
#include "ingest/sidecars.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostFiles = 128;
constexpr std::uint64_t kEndsEvery = 64;  // Files, on average.

bool EndsBunch(std::string_view name) {
  return Checksum64(std::as_bytes(std::span(name.data(), name.size()))) % kEndsEvery == 0;
}

class Planner final : public WalkVisitor {
 public:
  Planner(Plan& plan, const StopSignal& stop) : plan_(plan), stop_(stop) {}

  void StartRoot(const PathBytes& root) {
    plan_.roots.push_back({.path = root});
    bunch_ = nullptr;
  }

  bool OnPicture(const PathBytes& path, const FileStamp& stamp) override {
    const PathBytes& root = plan_.roots.back().path;
    const PathBytes folder = path == root ? path : PathBytes(FolderOf(path));
    if (bunch_ == nullptr || bunch_->folder != folder || bunch_->files.size() >= kMostFiles)
      bunch_ = &plan_.bunches.emplace_back(Bunch{.root = root, .folder = folder, .files = {}});
    bunch_->files.push_back({path, stamp, SidecarsBeside(path)});
    ++plan_.roots.back().files;
    ++plan_.files;
    if (EndsBunch(NameOf(path))) bunch_ = nullptr;
    return !stop_.requested();
  }
  void OnSidecars(const std::vector<std::string>& names) override { sidecars_ = names; }
  void OnSkipped(std::uint64_t count) override { plan_.skipped += count; }
  void OnUnreadable(const PathBytes& path, const std::string& reason) override {
    plan_.unreadable.push_back(path);
    plan_.failures.push_back({.path = path, .outcome = FileRecord::Outcome::kFailed, .reason = reason});
  }

 private:
  std::vector<PlannedSidecar> SidecarsBeside(const PathBytes& picture) const {
    std::vector<PlannedSidecar> sidecars;
    if (sidecars_.empty()) return sidecars;
    for (const std::string& name : SidecarsOf(NameOf(picture), sidecars_)) {
      PathBytes path = JoinPath(FolderOf(picture), name);
      struct stat status{};
      if (lstat(path.c_str(), &status) == 0) sidecars.push_back({std::move(path), StampOf(status)});
    }
    return sidecars;
  }

  Plan& plan_;
  const StopSignal& stop_;
  Bunch* bunch_ = nullptr;             // The last one, while it takes more.
  std::vector<std::string> sidecars_;  // Of the folder that the walk is in.
};

}  // namespace

std::string Bunch::Id(std::string_view library) const {
  std::string text(library);
  text.append(1, '\0').append(folder);
  const auto append = [&](const PathBytes& path, const FileStamp& stamp) {
    text.append(1, '\0').append(NameOf(path)).append(1, '\0');
    text.append(std::to_string(stamp.size_bytes)).append(1, ' ').append(std::to_string(stamp.mtime_ns));
  };
  for (const PlannedFile& file : files) {
    append(file.path, file.stamp);
    for (const PlannedSidecar& sidecar : file.sidecars) append(sidecar.path, sidecar.stamp);
  }
  return Hex(Sha256(text));
}

Plan PlanWork(const std::vector<PathBytes>& roots, bool drawings, const StopSignal& stop) {
  Plan plan;
  Planner planner(plan, stop);
  Walker walker(drawings);
  for (const PathBytes& root : CleanRoots(roots)) {
    if (stop.requested()) break;
    planner.StartRoot(root);
    plan.roots.back().end = walker.Walk(root, planner);
  }
  return plan;
}

}  // namespace vitrine
