// What vitrine-fetch says, and the numbers it ends with.
#pragma once

#include <string_view>

#include "vitrine/result.h"

namespace vitrine::fetch {

/// The exit codes; those of `vitrine` (docs/cli.md) where they mean the same. Do not change the values.
enum class ExitCode : int {
  kDone = 0,
  kUsage = 2,          ///< The command line makes no sense, or names what does not exist.
  kLocked = 5,         ///< Another vitrine-fetch is at work on this model.
  kNoSpace = 6,        ///< The disk is full.
  kModel = 7,          ///< A file is missing, damaged or refused, or the catalogue is.
  kIo = 8,             ///< The network, or the operating system, refused.
  kInternal = 70,      ///< A bug.
  kInterrupted = 130,  ///< SIGINT.
  kTerminated = 143,   ///< SIGTERM.
};

ExitCode ExitCodeFor(Code code);

/// "vitrine-fetch: <message>" on standard error.
void Say(std::string_view message);

/// Says the error and returns its exit code.
ExitCode Fail(const Error& error);

/// Writes to standard output. False when it could not.
bool Print(std::string_view bytes);

}  // namespace vitrine::fetch
