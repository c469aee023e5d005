#include <errno.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/try.h"

namespace vitrine {

Result<UniqueFd> MemoryFile(std::string_view bytes) {
  UniqueFd file(memfd_create("vitrine-bytes", MFD_CLOEXEC));
  if (!file) return ErrnoError("cannot make a file in memory", "bytes", errno);
  VITRINE_TRY(WriteAll(file.get(), bytes, "a file in memory"));
  return file;
}

}  // namespace vitrine
