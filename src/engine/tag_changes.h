// Changes of tags in the catalog, each one entry of its journal.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "vitrine/tags.h"

namespace vitrine {

/// Suggestions of one tag.
struct SuggestedMarks {
  std::string path;
  std::vector<MarkedAsset> marks;
};

/// @param pictures  those that the options name. Errors: as Tagging::Decide.
Result<TagChange> DecideTags(Catalog& catalog, const DecideOptions& options,
                             std::span<const AssetId> pictures);
Result<TagChange> RenameTag(Catalog& catalog, const std::string& from, const std::string& to);
Result<TagChange> DeleteTag(Catalog& catalog, const std::string& tag);
Result<std::vector<TagFacet>> ListTags(Catalog& catalog);

/// Puts suggestions in place of earlier ones of the same tags. Returns the journal's entry, 0 for none.
Result<std::int64_t> KeepSuggestions(Catalog& catalog, std::span<const SuggestedMarks> suggestions);

/// Within a change: the same for one tag.
Status ReplaceSuggestions(Change& change, bool had_suggestions, const SuggestedMarks& suggestions);

/// True when the catalog has suggestions of the tag now.
Result<bool> HasSuggestions(Catalog& catalog, const std::string& tag);

/// "12 pictures".
std::string PicturesText(std::size_t count);

}  // namespace vitrine
