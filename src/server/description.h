// openapi.json, inside the program.
#pragma once

#include <string_view>

namespace vitrine::server {

/// OpenAPI 3.1, as src/server/openapi.json has it.
std::string_view Description();

}  // namespace vitrine::server
