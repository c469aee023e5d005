// The command line of vitrine-fetch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fetch/commands.h"

namespace vitrine::fetch {

enum class Command : std::uint8_t { kList, kGet, kVerify };

struct CommandLine {
  Command command = Command::kList;
  std::string catalogue;  ///< Empty: the one beside the program.
  ListArguments list;
  std::string model;  ///< Of `get`.
  GetOptions get;
  VerifyArguments verify;
};

/// Reads the words of a command line. Empty when there is nothing to run: help was asked for, or the words
/// make no sense and that was said; `exit` is what to end with.
std::optional<CommandLine> ReadCommandLine(int count, char** words, ExitCode& exit);

}  // namespace vitrine::fetch
