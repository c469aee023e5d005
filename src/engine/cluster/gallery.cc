#include "engine/cluster/gallery.h"

#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "cluster/browsing.h"
#include "cluster/filter_json.h"
#include "cluster/understood.h"
#include "engine/cluster/facets.h"
#include "engine/cluster/kept_timelines.h"
#include "engine/cluster/listed_contents.h"
#include "engine/cluster/originals.h"
#include "engine/cluster/refusals.h"
#include "engine/installation.h"
#include "engine/renditions.h"
#include "query/language.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

Json Everything() { return {{"match_all", Json::object()}}; }

class ClusterGallery final : public Gallery {
 public:
  ClusterGallery(ClusterRoom& room, GallerySearch search, BoardsOf boards_of)
      : room_(room), search_(std::move(search)), boards_of_(std::move(boards_of)) {}

  Result<Listing> List(const ListOptions& options) override {
    return Understood([&](cluster::Browsing& browsing) { return ListFrom(browsing, options); });
  }
  Result<std::vector<Facet>> Facets(const std::string& query, std::size_t most) override {
    return Understood([&](cluster::Browsing& browsing) { return FacetsFrom(browsing, query, most); });
  }
  Result<std::vector<PictureDetails>> Details(std::span<const AssetId> ids) override {
    return Understood([&](cluster::Browsing& browsing) { return DetailsFrom(browsing, ids); });
  }
  Result<std::vector<PathBytes>> Paths(std::span<const AssetId> ids) override {
    return Understood([&](cluster::Browsing& browsing) { return browsing.Paths(ids); });
  }
  Result<std::string> Thumbnail(AssetId id) override { return renditions_.Thumbnail(id); }
  Result<std::string> Rendition(AssetId id, std::int32_t edge_px) override {
    return renditions_.Rendition(id, edge_px);
  }
  Result<OriginalFile> Original(AssetId id) override {
    VITRINE_TRY_ASSIGN(OpenOriginal original, OriginalOnCluster(room_, id));
    return std::move(original.file);
  }
  Result<AssetId> Add(const std::string&, const std::string&) override { return NotOnCluster(); }
  // Files that could not be read are told by the machine that indexed them.
  Result<std::vector<FileRecord>> Failures(std::size_t) override { return std::vector<FileRecord>(); }

 private:
  template <typename Ask>
  std::invoke_result_t<const Ask&, cluster::Browsing&> Understood(const Ask& ask) const {
    return cluster::Understood(room_.address(), [&] {
      cluster::Browsing browsing(room_.cluster(), room_.alias());
      return ask(browsing);
    });
  }

  Result<Json> FilterOfTimeline(const std::string& query) const;
  Result<Listing> ListFrom(cluster::Browsing& browsing, const ListOptions& options);
  Result<Listing> TimelineFrom(cluster::Browsing& browsing, const ListOptions& options,
                               std::uint64_t version);
  Result<Sha256Digest> ContentOf(AssetId id);
  Result<std::vector<Facet>> FacetsFrom(cluster::Browsing& browsing, const std::string& query,
                                        std::size_t most) const;
  Result<std::vector<PictureDetails>> DetailsFrom(cluster::Browsing& browsing,
                                                  std::span<const AssetId> ids) const;

  ClusterRoom& room_;
  const GallerySearch search_;
  const BoardsOf boards_of_;
  KeptTimelines timelines_;
  ListedContents contents_{
      [this](std::span<const AssetId> ids) {
        return Understood([&](cluster::Browsing& browsing) { return browsing.Contents(ids); });
      },
      2 * kMostOfTimeline};
  Renditions renditions_{JoinPath(DefaultCacheFolder(), "thumbs"),
                         {.content_of = [this](AssetId id) { return ContentOf(id); },
                          .original_of = [this](AssetId id) { return OriginalOnCluster(room_, id); }},
                         room_.decoder()};
};

Result<Json> ClusterGallery::FilterOfTimeline(const std::string& query) const {
  if (IsBlank(query)) return Everything();
  VITRINE_TRY_ASSIGN(const QueryNode tree, ParseQuery(query));
  return cluster::FilterOf(tree, room_.lookups());
}

Result<Listing> ClusterGallery::ListFrom(cluster::Browsing& browsing, const ListOptions& options) {
  // Before the list: an answer may be newer than its number, never older.
  VITRINE_TRY_ASSIGN(const std::uint64_t version, browsing.Version());
  bool of_facts = options.pictures.empty();
  if (of_facts) {
    VITRINE_TRY_ASSIGN(of_facts, AsksForFactsAlone(options.query));
  }
  VITRINE_TRY_ASSIGN(Listing listing,
                     of_facts ? TimelineFrom(browsing, options, version) : RankedListing(options, search_));
  listing.version = version;
  contents_.Listed(version, listing.ids);
  return listing;
}

Result<Listing> ClusterGallery::TimelineFrom(cluster::Browsing& browsing, const ListOptions& options,
                                             std::uint64_t version) {
  VITRINE_TRY_ASSIGN(const Json filter, FilterOfTimeline(options.query));
  const std::string asked = Json{filter, options.order}.dump();
  if (std::optional<Listing> kept = timelines_.Find(version, asked)) return *std::move(kept);
  VITRINE_TRY_ASSIGN(cluster::Timeline timeline,
                     browsing.InOrder(filter, options.order, kMostOfTimeline, room_.meta().window));
  Listing listing;
  listing.version = version;
  for (std::size_t i = 0; i < timeline.ids.size(); ++i)
    listing.aspects.push_back(AspectOf(timeline.widths_px[i], timeline.heights_px[i]));
  listing.ids = std::move(timeline.ids);
  listing.taken_at_s = std::move(timeline.taken_at_s);
  listing.found.total = timeline.total;
  if (timeline.total > listing.ids.size() && listing.ids.size() == kMostOfTimeline) {
    listing.found.notes.push_back("the first " + std::to_string(listing.ids.size()) + " of " +
                                  std::to_string(timeline.total) + " pictures; a query narrows them");
  }
  if (browsing.missing().any()) {
    listing.found.notes.push_back(browsing.missing().InWords());
  } else {
    timelines_.Keep(asked, listing);
  }
  return listing;
}

Result<Sha256Digest> ClusterGallery::ContentOf(AssetId id) {
  if (const auto listed = contents_.Of(id); listed && *listed) return **listed;
  VITRINE_TRY_ASSIGN(const cluster::PictureCopy picture, PictureOnCluster(room_, id));
  return picture.asset.content;
}

Result<std::vector<Facet>> ClusterGallery::FacetsFrom(cluster::Browsing& browsing, const std::string& query,
                                                      std::size_t most) const {
  VITRINE_TRY_ASSIGN(const bool of_facts, AsksForFactsAlone(query));
  if (of_facts) {
    VITRINE_TRY_ASSIGN(const Json filter, FilterOfTimeline(query));
    return FacetsOnCluster(browsing, filter, most);
  }
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> hits, HitsAboveCut(query, search_));
  return FacetsOnCluster(browsing, cluster::PicturesFilter(hits), most);
}

Result<std::vector<PictureDetails>> ClusterGallery::DetailsFrom(cluster::Browsing& browsing,
                                                                std::span<const AssetId> ids) const {
  VITRINE_TRY_ASSIGN(std::vector<cluster::PictureCopy> pictures, browsing.Pictures(ids));
  std::vector<PictureDetails> all;
  for (cluster::PictureCopy& picture : pictures) {
    const FileStamp stamp = picture.stamps.empty() ? FileStamp() : picture.stamps.front();
    all.push_back(vitrine::DetailsFrom(std::move(picture.asset), stamp, picture.tags, std::move(picture.note),
                                       std::move(picture.picture_text)));
    all.back().boards = boards_of_(all.back().content);
  }
  return all;
}

}  // namespace

std::unique_ptr<Gallery> MakeClusterGallery(ClusterRoom& room, GallerySearch search, BoardsOf boards_of) {
  return std::make_unique<ClusterGallery>(room, std::move(search), std::move(boards_of));
}

}  // namespace vitrine
