#include "engine/gallery.h"

#include <sys/stat.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "engine/facets.h"
#include "engine/originals.h"
#include "engine/picture_adding.h"
#include "engine/renditions.h"
#include "query/fact_rows.h"
#include "query/filter.h"
#include "query/language.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostHits = 10'000;

bool IsBlank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

float AspectOf(float width_px, float height_px) {
  return width_px > 0 && height_px > 0 ? width_px / height_px : 1;
}

// The time as the columns have it.
std::int64_t TimeOf(std::int64_t taken_at_s) {
  return taken_at_s == FactTable::kNoTime ? Listing::kNoTime : taken_at_s;
}

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

Result<bool> AsksForFactsAlone(const std::string& query) {
  if (IsBlank(query)) return true;
  VITRINE_TRY_ASSIGN(const QueryNode tree, ParseQuery(query));
  return HoldsOnlyFacts(tree);
}

class LocalGallery final : public Gallery {
 public:
  explicit LocalGallery(GalleryHost host) : host_(std::move(host)) {}

  Result<Listing> List(const ListOptions& options) override;
  Result<std::vector<Facet>> Facets(const std::string& query, std::size_t most) override;
  Result<std::vector<PictureDetails>> Details(std::span<const AssetId> ids) override;
  Result<std::vector<PathBytes>> Paths(std::span<const AssetId> ids) override;
  Result<std::string> Thumbnail(AssetId id) override { return renditions_.Thumbnail(id); }
  Result<std::string> Rendition(AssetId id, std::int32_t edge_px) override {
    return renditions_.Rendition(id, edge_px);
  }
  Result<OriginalFile> Original(AssetId id) override;
  Result<AssetId> Add(const std::string& bytes, const std::string& name) override {
    return adder_.Add(bytes, name);
  }
  Result<std::vector<FileRecord>> Failures(std::size_t limit) override;

 private:
  // The rows of a query that asks for facts alone.
  static Result<RowSet> RowsOfTimeline(const LibraryView& view, const std::string& query);
  Result<Listing> Ranked(const ListOptions& options);
  Result<PictureDetails> DetailsOf(Catalog& catalog, AssetRecord record) const;

  const GalleryHost host_;
  SharedReader reader_{host_.folder};
  LazyDecoder decoder_{host_.decoders};
  Renditions renditions_{host_.folder, decoder_};
  PictureAdder adder_{{.library_folder = host_.folder,
                       .model = host_.model,
                       .writer = host_.writer,
                       .reader = reader_,
                       .decoder = decoder_}};
};

Result<RowSet> LocalGallery::RowsOfTimeline(const LibraryView& view, const std::string& query) {
  if (IsBlank(query)) return view.facts->derived.living;
  VITRINE_TRY_ASSIGN(const QueryNode tree, ParseQuery(query));
  return RowsOfFacts(*view.facts, tree);
}

Result<Listing> LocalGallery::Ranked(const ListOptions& options) {
  if (options.limit == 0 || options.limit > kMostHits) {
    return Error(Code::kInvalidArgument, "the number of hits must lie between 1 and 10000");
  }
  // Before the search: an answer may be newer than its number, never older.
  Listing listing{.ranked = true};
  VITRINE_TRY_ASSIGN(listing.version, host_.views.Version());
  VITRINE_TRY_ASSIGN(listing.found,
                     host_.search({.text = options.query, .pictures = {}, .picture_bytes = options.pictures},
                                  {.limit = options.limit,
                                   .all = true,
                                   .diverse = options.diverse,
                                   .group = options.group,
                                   .explain = options.explain}));
  for (const Hit& hit : listing.found.hits) {
    listing.ids.push_back(hit.id);
    listing.aspects.push_back(
        AspectOf(static_cast<float>(hit.info.width_px), static_cast<float>(hit.info.height_px)));
    listing.taken_at_s.push_back(TimeOf(LocalSeconds(hit.info.facts.taken_at.value_or(""))));
  }
  return listing;
}

Result<Listing> LocalGallery::List(const ListOptions& options) {
  if (!options.pictures.empty()) return Ranked(options);
  // While an index run changes the library all the time, a ranked list need not read all facts each time.
  VITRINE_TRY_ASSIGN(const bool of_facts, AsksForFactsAlone(options.query));
  if (!of_facts) return Ranked(options);
  VITRINE_TRY_ASSIGN(const ViewKeeper::Fresh now, host_.views.Now());
  VITRINE_TRY_ASSIGN(const RowSet rows, RowsOfTimeline(*now.view, options.query));
  const FactTable& facts = *now.view->facts->table;
  Listing listing;
  listing.version = now.view->version;
  const std::size_t count = rows.Count();
  listing.ids.reserve(count);
  listing.aspects.reserve(count);
  listing.taken_at_s.reserve(count);
  for (const RowId row : now.view->orders->In(options.order)) {
    if (!rows.Contains(row)) continue;
    listing.ids.push_back(facts.assets[row]);
    listing.aspects.push_back(AspectOf(facts.width_px[row], facts.height_px[row]));
    listing.taken_at_s.push_back(TimeOf(facts.taken_at_s[row]));
  }
  listing.found.total = count;
  return listing;
}

Result<std::vector<Facet>> LocalGallery::Facets(const std::string& query, std::size_t most) {
  VITRINE_TRY_ASSIGN(const ViewKeeper::Fresh now, host_.views.Now());
  VITRINE_TRY_ASSIGN(const bool of_facts, AsksForFactsAlone(query));
  if (of_facts) {
    VITRINE_TRY_ASSIGN(const RowSet rows, RowsOfTimeline(*now.view, query));
    return FacetsOf(*now.view->facts, rows, most);
  }
  VITRINE_TRY_ASSIGN(const SearchResult found,
                     host_.search({.text = query, .pictures = {}, .picture_bytes = {}},
                                  {.limit = ListOptions().limit, .all = true}));
  std::unordered_set<AssetId> hits;
  for (std::size_t i = 0; i < std::min(found.above_cut, found.hits.size()); ++i) {
    hits.insert(found.hits[i].id);
  }
  const FactTable& facts = *now.view->facts->table;
  RowSet hit_rows(facts.row_count);
  for (RowId row = 0; row < facts.row_count; ++row) {
    if (facts.assets[row] != AssetId{} && hits.contains(facts.assets[row])) hit_rows.Insert(row);
  }
  return FacetsOf(*now.view->facts, hit_rows, most);
}

Result<PictureDetails> LocalGallery::DetailsOf(Catalog& catalog, AssetRecord record) const {
  PictureDetails details;
  details.id = record.id;
  details.content = Hex(record.content);
  details.paths = std::move(record.paths);
  details.offline = record.offline;
  VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, catalog.FileAt(details.paths.front()));
  if (file) details.size_bytes = file->stamp.size_bytes;
  // A file that was indexed just after it was written has no size to rely on.
  if (details.size_bytes == 0) details.size_bytes = SizeOf(details.paths.front());
  details.info = std::move(record.info);
  details.palette = std::move(record.sketch.palette);
  Annotations& annotations = catalog.annotations();
  VITRINE_TRY_ASSIGN(const std::vector<AssetTag> tags, annotations.TagsOf(details.id));
  details.tags = TagsInOrder(tags);
  VITRINE_TRY_ASSIGN(Note note, annotations.NoteOf(details.id));
  details.rating = note.rating;
  details.caption = std::move(note.caption);
  VITRINE_TRY_ASSIGN(details.text, catalog.PictureText(details.id));
  return details;
}

Result<std::vector<PictureDetails>> LocalGallery::Details(std::span<const AssetId> ids) {
  std::vector<PictureDetails> all;
  VITRINE_TRY(reader_.With([&](Catalog& catalog) -> Status {
    VITRINE_TRY_ASSIGN(std::vector<AssetRecord> records, catalog.AssetsOf(ids));
    for (AssetRecord& record : records) {
      VITRINE_TRY_ASSIGN(PictureDetails one, DetailsOf(catalog, std::move(record)));
      all.push_back(std::move(one));
    }
    return {};
  }));
  if (!host_.boards_of) return all;
  for (PictureDetails& details : all) details.boards = host_.boards_of(details.content);
  return all;
}

Result<std::vector<PathBytes>> LocalGallery::Paths(std::span<const AssetId> ids) {
  VITRINE_TRY_ASSIGN(std::vector<AssetRecord> records,
                     reader_.With([&](Catalog& catalog) { return catalog.AssetsOf(ids); }));
  std::vector<PathBytes> paths;
  paths.reserve(records.size());
  for (AssetRecord& record : records) paths.push_back(std::move(record.paths.front()));
  return paths;
}

Result<OriginalFile> LocalGallery::Original(AssetId id) {
  VITRINE_TRY_ASSIGN(OpenOriginal original, FindOriginal(reader_, id));
  return std::move(original.file);
}

Result<std::vector<FileRecord>> LocalGallery::Failures(std::size_t limit) {
  std::vector<FileRecord> failures;
  VITRINE_TRY(reader_.With([&](Catalog& catalog) {
    return catalog.ForEachFailure([&](const KnownFile& file) {
      if (failures.size() == limit) return;
      failures.push_back(
          {.path = file.path, .outcome = FileRecord::Outcome::kFailed, .reason = file.failure});
    });
  }));
  return failures;
}

}  // namespace

std::unique_ptr<Gallery> MakeGallery(GalleryHost host) {
  return std::make_unique<LocalGallery>(std::move(host));
}

}  // namespace vitrine
