// A tree of facts and exact words as a filter of the cluster: holds for the same pictures as query/filter.h.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "query/language.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Errors: kInvalidArgument, with the column, for what a cluster is not asked yet: board: and
/// is:duplicate.
Result<nlohmann::json> FilterOf(const QueryNode& node);

/// All of them; every picture for none.
Result<nlohmann::json> FilterOfAll(const std::vector<QueryNode>& nodes);

/// Pictures that hold any of these phrases in one of their texts.
nlohmann::json PhraseFilter(const std::vector<std::string>& phrases);

}  // namespace vitrine::cluster
