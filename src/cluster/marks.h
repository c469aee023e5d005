// Tags on pictures as documents hold them: as they are, and as what they are looked up and counted by.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "catalog/annotations.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// A tag on a picture as documents write it.
nlohmann::json TagJson(const AssetTag& tag);
AssetTag TagOf(const nlohmann::json& json);

/// A tag on a picture as the field `marks` holds it: its folded path, its state, its path as it is spelled,
/// with kLevelEnd between. Those of a tag begin with MarksOf(tag), those of tags below with MarksBelow(tag).
std::string MarkText(const AssetTag& tag);
std::string MarksOf(const std::string& path);
std::string MarksBelow(const std::string& path);
/// Its inverse, but for the mark's origin. Errors: kCorrupt.
Result<AssetTag> TagOfMark(const std::string& text);

}  // namespace vitrine::cluster
