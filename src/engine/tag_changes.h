// Changes of tags, each one entry of the journal, wherever they are kept.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "catalog/annotations.h"
#include "vitrine/tags.h"

namespace vitrine {

/// @param pictures  those that the options name. Errors: as Tagging::Decide.
Result<TagChange> DecideTags(Annotations& annotations, const DecideOptions& options,
                             std::span<const AssetId> pictures);
Result<TagChange> RenameTag(Annotations& annotations, const std::string& from, const std::string& to);
Result<TagChange> DeleteTag(Annotations& annotations, const std::string& tag);
Result<std::vector<TagFacet>> ListTags(Annotations& annotations);

/// Puts suggestions in place of earlier ones of the same tags. Returns the journal's entry, 0 for none.
Result<std::int64_t> KeepSuggestions(Annotations& annotations, std::span<const SuggestedMarks> suggestions);

/// "12 pictures".
std::string PicturesText(std::size_t count);

}  // namespace vitrine
