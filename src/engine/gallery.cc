#include "engine/gallery.h"

#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "engine/facets.h"
#include "engine/gallery_forms.h"
#include "engine/originals.h"
#include "engine/picture_adding.h"
#include "engine/renditions.h"
#include "query/fact_rows.h"
#include "query/filter.h"
#include "query/language.h"

namespace vitrine {
namespace {

// The time as the columns have it.
std::int64_t TimeOf(std::int64_t taken_at_s) {
  return taken_at_s == FactTable::kNoTime ? Listing::kNoTime : taken_at_s;
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
  Renditions renditions_{JoinPath(host_.folder, "thumbs"), SourcesIn(reader_), decoder_};
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
  // Before the search: an answer may be newer than its number, never older.
  VITRINE_TRY_ASSIGN(const std::uint64_t version, host_.views.Version());
  VITRINE_TRY_ASSIGN(Listing listing, RankedListing(options, host_.search));
  listing.version = version;
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
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> above, HitsAboveCut(query, host_.search));
  const std::unordered_set<AssetId> hits(above.begin(), above.end());
  const FactTable& facts = *now.view->facts->table;
  RowSet hit_rows(facts.row_count);
  for (RowId row = 0; row < facts.row_count; ++row) {
    if (facts.assets[row] != AssetId{} && hits.contains(facts.assets[row])) hit_rows.Insert(row);
  }
  return FacetsOf(*now.view->facts, hit_rows, most);
}

Result<PictureDetails> LocalGallery::DetailsOf(Catalog& catalog, AssetRecord record) const {
  VITRINE_TRY_ASSIGN(const std::optional<KnownFile> file, catalog.FileAt(record.paths.front()));
  Annotations& annotations = catalog.annotations();
  VITRINE_TRY_ASSIGN(const std::vector<AssetTag> tags, annotations.TagsOf(record.id));
  VITRINE_TRY_ASSIGN(Note note, annotations.NoteOf(record.id));
  VITRINE_TRY_ASSIGN(std::string text, catalog.PictureText(record.id));
  return DetailsFrom(std::move(record), file ? file->stamp : FileStamp(), tags, std::move(note),
                     std::move(text));
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
