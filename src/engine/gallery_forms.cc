#include "engine/gallery_forms.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "catalog/fact_table.h"
#include "query/filter.h"
#include "query/language.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostHits = 10'000;

PictureTag ToPublic(const AssetTag& tag) {
  PictureTag shown{.tag = tag.path};
  switch (tag.mark.state) {
    case TagState::kAccepted:
      break;
    case TagState::kSuggested:
      shown.state = PictureTag::State::kSuggested;
      break;
    case TagState::kRejected:
      shown.state = PictureTag::State::kRejected;
      break;
  }
  shown.probability = tag.mark.probability;
  shown.by_machine = tag.mark.origin == TagOrigin::kWords || tag.mark.origin == TagOrigin::kTaught;
  return shown;
}

std::vector<PictureTag> TagsInOrder(const std::vector<AssetTag>& tags) {
  std::vector<PictureTag> shown;
  for (const AssetTag& tag : tags) shown.push_back(ToPublic(tag));
  std::ranges::stable_sort(shown, [](const PictureTag& x, const PictureTag& y) {
    if (x.state != y.state) return x.state < y.state;
    return x.state == PictureTag::State::kSuggested && x.probability > y.probability;
  });
  return shown;
}

std::uint64_t SizeOf(const PathBytes& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

bool IsBlank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

float AspectOf(float width_px, float height_px) {
  return width_px > 0 && height_px > 0 ? width_px / height_px : 1;
}

Result<bool> AsksForFactsAlone(const std::string& query) {
  if (IsBlank(query)) return true;
  VITRINE_TRY_ASSIGN(const QueryNode tree, ParseQuery(query));
  return HoldsOnlyFacts(tree);
}

Result<Listing> RankedListing(const ListOptions& options, const GallerySearch& search) {
  if (options.limit == 0 || options.limit > kMostHits) {
    return Error(Code::kInvalidArgument, "the number of hits must lie between 1 and 10000");
  }
  Listing listing{.ranked = true};
  VITRINE_TRY_ASSIGN(listing.found,
                     search({.text = options.query, .pictures = {}, .picture_bytes = options.pictures},
                            {.limit = options.limit,
                             .all = true,
                             .diverse = options.diverse,
                             .group = options.group,
                             .explain = options.explain}));
  for (const Hit& hit : listing.found.hits) {
    listing.ids.push_back(hit.id);
    listing.aspects.push_back(
        AspectOf(static_cast<float>(hit.info.width_px), static_cast<float>(hit.info.height_px)));
    const std::int64_t taken = LocalSeconds(hit.info.facts.taken_at.value_or(""));
    listing.taken_at_s.push_back(taken == FactTable::kNoTime ? Listing::kNoTime : taken);
  }
  return listing;
}

Result<std::vector<AssetId>> HitsAboveCut(const std::string& query, const GallerySearch& search) {
  VITRINE_TRY_ASSIGN(const SearchResult found, search({.text = query, .pictures = {}, .picture_bytes = {}},
                                                      {.limit = ListOptions().limit, .all = true}));
  std::vector<AssetId> hits;
  for (std::size_t i = 0; i < std::min(found.above_cut, found.hits.size()); ++i)
    hits.push_back(found.hits[i].id);
  return hits;
}

PictureDetails DetailsFrom(AssetRecord record, const FileStamp& stamp, const std::vector<AssetTag>& tags,
                           Note note, std::string text) {
  PictureDetails details;
  details.id = record.id;
  details.content = Hex(record.content);
  details.paths = std::move(record.paths);
  details.offline = record.offline;
  details.size_bytes = stamp.size_bytes;
  // A file that was indexed just after it was written has no size to rely on.
  if (details.size_bytes == 0) details.size_bytes = SizeOf(details.paths.front());
  details.info = std::move(record.info);
  details.palette = std::move(record.sketch.palette);
  details.tags = TagsInOrder(tags);
  details.rating = note.rating;
  details.caption = std::move(note.caption);
  details.text = std::move(text);
  return details;
}

}  // namespace vitrine
