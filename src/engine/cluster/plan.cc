#include "engine/cluster/plan.h"

#include "base/file.h"
#include "base/hash.h"

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
    bunch_->files.push_back({path, stamp});
    ++plan_.roots.back().files;
    ++plan_.files;
    if (EndsBunch(NameOf(path))) bunch_ = nullptr;
    return !stop_.requested();
  }
  void OnSkipped(std::uint64_t count) override { plan_.skipped += count; }
  void OnUnreadable(const PathBytes& path, const std::string& reason) override {
    plan_.unreadable.push_back(path);
    plan_.failures.push_back({.path = path, .outcome = FileRecord::Outcome::kFailed, .reason = reason});
  }

 private:
  Plan& plan_;
  const StopSignal& stop_;
  Bunch* bunch_ = nullptr;  // The last one, while it takes more.
};

}  // namespace

std::string Bunch::Id(std::string_view library) const {
  std::string text(library);
  text.append(1, '\0').append(folder);
  for (const PlannedFile& file : files) {
    text.append(1, '\0').append(NameOf(file.path)).append(1, '\0');
    text.append(std::to_string(file.stamp.size_bytes)).append(1, ' ');
    text.append(std::to_string(file.stamp.mtime_ns));
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
