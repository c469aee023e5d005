// The arguments of `vitrine tags` and its commands.
#pragma once

#include "cli/commands.h"

namespace CLI {
class App;
}  // namespace CLI

namespace vitrine {

/// Adds `tags` with all below it to the program's commands; what is typed goes to `arguments`, which must
/// outlive the parsing.
CLI::App* AddTags(CLI::App& app, TagsArguments& arguments);

}  // namespace vitrine
