#include "fetch/copy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/file.h"
#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "fetch/part_file.h"

namespace vitrine::fetch {
namespace {

std::string FirstMissing(const std::string& folder, const CatalogueModel& model) {
  for (const CatalogueFile& file : model.files) {
    std::string path = JoinPath(folder, file.path);
    if (access(path.c_str(), R_OK) != 0) return path;
  }
  return {};
}

Error Refused(const CatalogueFile& wanted, const std::string& source, const std::string& why) {
  return Error(Code::kModel, Quoted(JoinPath(source, wanted.path)) + " is refused: " + why +
                                 "; copy the file anew, or fetch the model without --from");
}

// At most the file's limit; one byte more is enough to know that it is another file.
Status CopyBytes(int from, const std::string& name, std::uint64_t limit, PartFile& to, Progress& progress,
                 const StopSignal& stop) {
  std::vector<char> buffer(1 << 20);
  while (to.size() <= limit) {
    if (stop.requested()) return Error(Code::kCancelled, "stopped");
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError("cannot read", name, errno);
    if (got == 0) return {};
    VITRINE_TRY(to.Append({buffer.data(), static_cast<std::size_t>(got)}));
    progress.Reach(to.size());
  }
  return {};
}

}  // namespace

Result<std::string> FindSource(const std::string& folder, const CatalogueModel& model) {
  const std::string missing = FirstMissing(folder, model);
  if (missing.empty()) return folder;
  std::string inner = JoinPath(folder, model.name);
  const std::string missing_inside = FirstMissing(inner, model);
  if (missing_inside.empty()) return inner;
  struct stat status{};
  const bool has_inner = stat(inner.c_str(), &status) == 0;
  return Error(Code::kModel, "no " + model.name + " in " + Quoted(folder) + ": " +
                                 Quoted(has_inner ? missing_inside : missing) +
                                 " is missing; the folder must hold the files as the hub lays them out");
}

void TakePins(const std::string& source, Manifest& manifest) {
  const Result<Manifest> there = ReadManifest(source);
  if (!there || there->model != manifest.model || there->base != manifest.base) return;
  for (ManifestFile& file : manifest.files) {
    const ManifestFile* known = there->Find(file.path);
    if (file.sha256.empty() && known != nullptr) file.sha256 = known->sha256;
  }
}

Status Copy(const std::string& source, const CatalogueFile& wanted, const std::string& path,
            ManifestFile& entry, Progress& progress, const StopSignal& stop) {
  const std::string from = JoinPath(source, wanted.path);
  VITRINE_TRY_ASSIGN(const UniqueFd fd, OpenRegularFile(from));
  VITRINE_TRY_ASSIGN(PartFile file, PartFile::Open(path, 0));
  progress.Begin(wanted.path, 0, wanted.bytes);
  VITRINE_TRY(CopyBytes(fd.get(), from, wanted.LimitBytes(), file, progress, stop));
  progress.Clear();
  if (file.size() > wanted.LimitBytes() || (wanted.exact && file.size() != wanted.bytes)) {
    unlink(path.c_str());
    return Refused(wanted, source,
                   "it has " + Thousands(file.size()) + " bytes or more, and the catalogue has " +
                       Thousands(wanted.bytes));
  }
  VITRINE_TRY(file.Sync());
  VITRINE_TRY_ASSIGN(std::string found, file.Sha256());
  if (!entry.sha256.empty() && found != entry.sha256) {
    unlink(path.c_str());
    const char* who = entry.pin == Pin::kCatalogue ? "the catalogue says " : "at the first fetch it was ";
    return Refused(wanted, source, "its SHA-256 is " + found + " and " + who + entry.sha256);
  }
  if (entry.sha256.empty()) entry.pin = Pin::kFirstFetch;
  entry.sha256 = std::move(found);
  entry.bytes = file.size();
  entry.whole = true;
  entry.validator.clear();
  return {};
}

}  // namespace vitrine::fetch
