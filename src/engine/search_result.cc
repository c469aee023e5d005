#include "engine/search_result.h"

#include <algorithm>
#include <utility>

#include "image/thumbnail_path.h"

namespace vitrine {
namespace {

constexpr std::size_t kNearestFew = 3;

void Shorten(Answer& answer) {
  const std::size_t kept = answer.above_cut == 0 ? kNearestFew : answer.above_cut;
  answer.matches.resize(std::min(kept, answer.matches.size()));
}

}  // namespace

Hit HitOf(const Match& match, const std::string& thumbs) {
  return {.id = match.asset.id,
          .paths = match.asset.paths,
          .score = match.score,
          .relevance = match.relevance,
          .below_cut = match.below_cut,
          .why = match.why,
          .grouped = match.grouped,
          .info = match.asset.info,
          .offline = match.asset.offline,
          .thumbnail_path = thumbs.empty() ? "" : ThumbnailPath(thumbs, match.asset.content)};
}

SearchResult ResultOf(Answer answer, const SearchOptions& options, const std::string& thumbs) {
  if (!options.all) Shorten(answer);
  SearchResult result;
  for (const Match& match : answer.matches) result.hits.push_back(HitOf(match, thumbs));
  result.total = answer.total;
  result.above_cut = answer.above_cut;
  result.nothing_matches = answer.nothing_matches;
  result.notes = std::move(answer.notes);
  result.plan = std::move(answer.plan);
  return result;
}

Status CheckLimit(const SearchOptions& options, std::size_t most) {
  if (options.limit > 0 && options.limit <= most) return {};
  return Error(Code::kInvalidArgument, "the number of hits must lie between 1 and " + std::to_string(most));
}

}  // namespace vitrine
