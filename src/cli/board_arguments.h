// The arguments of `vitrine board` and its commands.
#pragma once

#include "cli/commands.h"

namespace CLI {
class App;
}  // namespace CLI

namespace vitrine {

/// Adds `board` with all below it to the program's commands; what is typed goes to `arguments`, which must
/// outlive the parsing.
CLI::App* AddBoard(CLI::App& app, BoardArguments& arguments);

}  // namespace vitrine
