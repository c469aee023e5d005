// Answers as the public interface gives them.
#pragma once

#include <string>

#include "query/runner.h"
#include "vitrine/result.h"
#include "vitrine/search.h"

namespace vitrine {

/// @param thumbs  the library's folder of thumbnails; empty where there is none.
Hit HitOf(const Match& match, const std::string& thumbs);

/// Drops what lies past the cut where the options say so, save the nearest few when that is everything:
/// somebody has to see how far off. All but the time.
SearchResult ResultOf(Answer answer, const SearchOptions& options, const std::string& thumbs);

/// Errors: kInvalidArgument (no hits wanted, or more than `most`).
Status CheckLimit(const SearchOptions& options, std::size_t most);

}  // namespace vitrine
