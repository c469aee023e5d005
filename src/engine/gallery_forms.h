// What galleries say of pictures, wherever the library lies.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "vitrine/gallery.h"
#include "vitrine/result.h"

namespace vitrine {

/// The search of a library.
using GallerySearch = std::function<Result<SearchResult>(const Query&, const SearchOptions&)>;

bool IsBlank(const std::string& query);

/// Whether a query asks for facts alone, so that its pictures stand in the order of a timeline.
/// Errors: kInvalidArgument (it cannot be read).
Result<bool> AsksForFactsAlone(const std::string& query);

/// 1 where it is not known.
float AspectOf(float width_px, float height_px);

/// What Gallery::List() gives for a ranked query, without a version. Errors: kInvalidArgument (a limit
/// outside of 1..10,000), those of the search.
Result<Listing> RankedListing(const ListOptions& options, const GallerySearch& search);

/// The hits whose facets Gallery::Facets() gives for a ranked query. Errors: those of the search.
Result<std::vector<AssetId>> HitsAboveCut(const std::string& query, const GallerySearch& search);

/// All but the boards. @param stamp  of the first path, when it was indexed.
PictureDetails DetailsFrom(AssetRecord record, const FileStamp& stamp, const std::vector<AssetTag>& tags,
                           Note note, std::string text);

}  // namespace vitrine
