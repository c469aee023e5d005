// Copies of picture files without what they say about the person who made them, their pixels untouched.
#pragma once

#include <string>
#include <string_view>

#include "vitrine/result.h"

namespace vitrine {

/// A JPEG, PNG or WebP with nothing beside its coded picture, its colours and how it stands upright. Errors:
/// kUnsupported (another format, or one where that cannot be had without decoding), kCorrupt.
Result<std::string> StripPrivate(std::string_view file);

}  // namespace vitrine
