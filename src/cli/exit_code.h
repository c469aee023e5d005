// The exit codes of `vitrine` (docs/cli.md). Do not change the values: scripts depend on them.
#pragma once

#include "vitrine/result.h"

namespace vitrine {

enum class ExitCode : int {
  kDone = 0,           ///< Found, or done.
  kNothingFound = 1,   ///< The search worked and found nothing.
  kUsage = 2,          ///< The command line makes no sense, or names what does not exist.
  kPartial = 3,        ///< Done, but some files could not be read.
  kDamaged = 4,        ///< The library is damaged.
  kLocked = 5,         ///< Another process is indexing this library.
  kNoSpace = 6,        ///< The disk is full.
  kModel = 7,          ///< The model is missing, damaged or refused.
  kIo = 8,             ///< The operating system refused to read or write, for example a read-only library.
  kNewer = 9,          ///< The library was made by a newer Vitrine.
  kInternal = 70,      ///< A bug in Vitrine.
  kInterrupted = 130,  ///< SIGINT.
  kTerminated = 143,   ///< SIGTERM.
};

/// The exit code for an error that ended a command.
ExitCode ExitCodeFor(Code code);

}  // namespace vitrine
