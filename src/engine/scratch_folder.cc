#include "engine/scratch_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/try.h"

namespace vitrine {
namespace {

constexpr auto kAbandoned = std::chrono::hours(24);

void RemoveAbandoned(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const auto now = fs::file_time_type::clock::now();
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const auto changed = entry.last_write_time(ignored);
    if (!ignored && now - changed > kAbandoned) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

Result<ScratchFolder> ScratchFolder::Make(const std::string& library_folder) {
  const std::string folder = JoinPath(library_folder, "scratch");
  VITRINE_TRY(MakeFolders(folder));
  RemoveAbandoned(folder);
  std::string path = JoinPath(folder, "XXXXXX");
  if (mkdtemp(path.data()) == nullptr) return ErrnoError("cannot make a folder in", folder, errno);
  return ScratchFolder(std::move(path));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace vitrine
