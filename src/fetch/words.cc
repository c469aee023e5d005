#include "fetch/words.h"

#include <cstdio>
#include <string>

namespace vitrine::fetch {

ExitCode ExitCodeFor(Code code) {
  switch (code) {
    case Code::kNotFound:
    case Code::kInvalidArgument:
      return ExitCode::kUsage;
    case Code::kCorrupt:
    case Code::kModel:
      return ExitCode::kModel;
    case Code::kUnsupported:
    case Code::kIo:
    case Code::kTimeout:
      return ExitCode::kIo;
    case Code::kNoSpace:
      return ExitCode::kNoSpace;
    case Code::kLocked:
      return ExitCode::kLocked;
    case Code::kCancelled:
      return ExitCode::kInterrupted;
    case Code::kInternal:
      break;
  }
  return ExitCode::kInternal;
}

void Say(std::string_view message) {
  const std::string line = "vitrine-fetch: " + std::string(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

ExitCode Fail(const Error& error) {
  Say(error.message());
  return ExitCodeFor(error.code());
}

bool Print(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0;
}

}  // namespace vitrine::fetch
