// A tree of facts and exact words as a filter of the cluster: holds for the same pictures as query/filter.h.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "query/language.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine::cluster {

/// What no document says of its picture, and who is asked for it when a query wants to know. What is empty is
/// refused.
struct FilterLookups {
  /// The pictures of `is:duplicate`. Errors: any; the message is for people.
  std::function<Result<std::vector<AssetId>>()> duplicates;
  /// Contents of the pictures of a board, by its id or name. Errors: any; the message is for people.
  std::function<Result<std::vector<std::string>>(const std::string& board)> boards;
};

/// Errors: kInvalidArgument, with the column, for what nobody can be asked, and for a board that is none;
/// those of the lookups.
Result<nlohmann::json> FilterOf(const QueryNode& node, const FilterLookups& lookups);

/// All of them; every picture for none.
Result<nlohmann::json> FilterOfAll(const std::vector<QueryNode>& nodes, const FilterLookups& lookups);

/// These pictures. A cluster takes no more than 100 MB a request: some million pictures.
nlohmann::json PicturesFilter(std::span<const AssetId> pictures);

/// Pictures that hold any of these phrases in one of their texts.
nlohmann::json PhraseFilter(const std::vector<std::string>& phrases);

}  // namespace vitrine::cluster
