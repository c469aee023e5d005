#include "base/scratch_folder.h"

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

}  // namespace

Result<ScratchFolder> ScratchFolder::Make(const std::string& parent) {
  VITRINE_TRY(MakeFolders(parent));
  std::string path = JoinPath(parent, "vitrine-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) return ErrnoError("cannot make a folder in", parent, errno);
  return ScratchFolder(std::move(path));
}

void ScratchFolder::RemoveAbandoned(const std::string& parent) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const auto now = fs::file_time_type::clock::now();
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    const auto changed = entry.last_write_time(ignored);
    if (!ignored && now - changed > kAbandoned) fs::remove_all(entry.path(), ignored);
  }
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace vitrine
