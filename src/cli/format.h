// The template of --format: '{path}\t{score}'.
#pragma once

#include <string>
#include <string_view>

#include "vitrine/library.h"

namespace vitrine {

/// Fills a template for one hit. Fields: {path} {name} {folder} {score} {relevance} {id} {width} {height}
/// {format} {date} {camera} {lens}; what a picture does not say is empty. Escapes: \t \n \0 \\ and {{ }} for
/// braces. Errors: kInvalidArgument (an unknown field, with the known ones; a brace that does not close).
Result<std::string> FormatHit(std::string_view format, const Hit& hit);

}  // namespace vitrine
