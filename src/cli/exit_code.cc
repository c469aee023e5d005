#include "cli/exit_code.h"

namespace vitrine {

ExitCode ExitCodeFor(Code code) {
  switch (code) {
    case Code::kNotFound:
    case Code::kInvalidArgument:
      return ExitCode::kUsage;
    case Code::kCorrupt:
      return ExitCode::kDamaged;
    case Code::kUnsupported:
      return ExitCode::kNewer;
    case Code::kIo:
    case Code::kTimeout:
      return ExitCode::kIo;
    case Code::kNoSpace:
      return ExitCode::kNoSpace;
    case Code::kLocked:
      return ExitCode::kLocked;
    case Code::kModel:
      return ExitCode::kModel;
    case Code::kCancelled:
      return ExitCode::kInterrupted;
    case Code::kInternal:
      break;
  }
  return ExitCode::kInternal;
}

}  // namespace vitrine
