// The arguments of `vitrine model` and its commands.
#pragma once

#include "cli/commands.h"

namespace CLI {
class App;
}  // namespace CLI

namespace vitrine {

/// Adds `model` with all below it to the program's commands; what is typed goes to `arguments`, which must
/// outlive the parsing.
CLI::App* AddModel(CLI::App& app, ModelArguments& arguments);

}  // namespace vitrine
