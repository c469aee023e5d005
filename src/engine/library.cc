// Joins the rooms behind the public interface: the only place that knows both indexing and searching.
#include "vitrine/library.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <type_traits>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/active_model.h"
#include "engine/answering.h"
#include "engine/boards.h"
#include "engine/cluster/refusals.h"
#include "engine/compaction.h"
#include "engine/doctor.h"
#include "engine/duplicates.h"
#include "engine/gallery.h"
#include "engine/index_keeper.h"
#include "engine/installation.h"
#include "engine/journal.h"
#include "engine/lazy_decoder.h"
#include "engine/library_stats.h"
#include "engine/library_view.h"
#include "engine/local_board_library.h"
#include "engine/model_filling.h"
#include "engine/model_packs.h"
#include "engine/notes.h"
#include "engine/picture_texts.h"
#include "engine/preview.h"
#include "engine/quarantine.h"
#include "engine/query_preparing.h"
#include "engine/search_result.h"
#include "engine/sidecars.h"
#include "engine/snapshot.h"
#include "engine/snapshot_query.h"
#include "engine/tag_subjects.h"
#include "engine/tagging.h"
#include "engine/vector_exchange.h"
#include "engine/writer.h"
#include "image/decoder.h"
#include "ingest/pipeline.h"
#include "model/open.h"
#include "query/language.h"
#include "query/runner.h"
#include "vitrine/cluster.h"

namespace vitrine {
namespace {

constexpr std::size_t kMaxLimit = 100'000;
constexpr std::size_t kGalleryWorkers = 2;

double MillisecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

DecoderPoolOptions PoolOptions(const LibraryOptions& options, std::size_t workers) {
  DecoderPoolOptions pool;
  pool.worker_program = options.worker_program;
  pool.workers = workers;
  pool.allow_svg = options.allow_svg;
  return pool;
}

// Room for pictures at the size of large screens.
DecoderPoolOptions GalleryDecoders(const LibraryOptions& options) {
  DecoderPoolOptions pool = PoolOptions(options, kGalleryWorkers);
  pool.memory_bytes = std::uint64_t{2} << 30;
  pool.timeout_ms = std::chrono::milliseconds(30'000);
  return pool;
}

LibraryOptions WithDefaults(LibraryOptions options) {
  if (options.worker_program.empty()) options.worker_program = DefaultWorkerProgram();
  if (options.threads == 0) options.threads = std::max(1u, std::thread::hardware_concurrency());
  return options;
}

class LocalLibrary final : public Library {
 public:
  LocalLibrary(LibraryOptions options, std::unique_ptr<ActiveModel> models)
      : options_(std::move(options)), models_(std::move(models)) {}

  Result<IndexReport> Index(const IndexOptions& options, IndexObserver* observer,
                            const StopSignal& stop) override;
  Result<std::vector<SearchResult>> SearchMany(std::span<const Query> queries,
                                               const SearchOptions& options) override;
  Result<Preview> PreviewOf(const PathBytes& file, std::int32_t edge_px) override;
  Result<LibraryInfo> Info() override;
  Result<VectorIndexState> BuildIndex(const IndexPolicy& policy, VectorObserver* observer) override;
  Result<IndexPolicy> Policy() override;
  Result<LibraryStats> Stats(VectorObserver* observer) override;
  Result<CompactReport> Compact(VectorObserver* observer) override;
  Result<ExportReport> ExportVectors(const ExchangeOptions& options, VectorObserver* observer,
                                     const StopSignal& stop) override;
  Result<ImportReport> ImportVectors(const ExchangeOptions& options, VectorObserver* observer,
                                     const StopSignal& stop) override;
  Result<std::vector<SavedSearch>> SavedSearches() override;
  Status SaveSearch(const SavedSearch& search) override;
  Status DropSearch(const std::string& name) override;
  Result<std::vector<JournalEntry>> Journal(std::size_t limit) override;
  Result<JournalEntry> Undo() override;
  Result<JournalEntry> Redo() override;
  Result<std::uint64_t> Annotate(std::span<const PathBytes> pictures, const NoteChange& change) override;
  Tagging& tags() override { return *tagging_; }
  Boards& boards() override { return *boards_; }
  Gallery& gallery() override { return *gallery_; }
  Result<DuplicateReport> FindDuplicates(const DuplicateOptions& options, VectorObserver* observer,
                                         const StopSignal& stop) override;
  Result<ActionReport> ActOnDuplicates(const std::vector<DuplicateGroup>& groups,
                                       const DuplicateAction& action) override;
  Result<SidecarReport> SyncSidecars(const SidecarOptions& options, const StopSignal& stop) override;
  std::vector<Finding> Doctor() override { return RunDoctor(options_, *models_); }

 private:
  Result<AnsweringModels> ModelsOf(CatalogGate& gate);
  Status FillSecond(CatalogGate& gate, Embedder& second, const StopSignal& stop, IndexReport& report) const;
  Result<std::unique_ptr<Snapshot>> OpenWith(const AnsweringModels& models, Checking checking) const;
  Result<std::unique_ptr<Snapshot>> OpenNow(Checking checking = Checking::kOnFirstUse);
  Result<const Snapshot*> FreshSnapshot(Checking checking = Checking::kOnFirstUse);
  Result<TagView> TagsNow(bool checked);
  bool ModelWasSwapped(const Snapshot& snapshot);
  template <typename Use>
  std::invoke_result_t<Use, const Snapshot&> WithSnapshot(const Use& use);
  Result<std::vector<SearchResult>> Answer(std::span<const Query> queries, const SearchOptions& options,
                                           const Snapshot& snapshot);
  Error BusyHere() const;
  Result<std::unique_ptr<Catalog>> ReadExisting() const;
  QueryRooms RoomsOf(const Snapshot& snapshot);
  Result<std::shared_ptr<const LibraryFacts>> FactsOf(const Snapshot& snapshot);
  Hit ToHit(const Match& match) const;

  const LibraryOptions options_;
  const std::unique_ptr<ActiveModel> models_;
  const ModelLookup model_lookup_ = [this](Catalog& catalog) -> Result<OpenModel> {
    VITRINE_TRY_ASSIGN(AnsweringModels models, models_->Of(catalog));
    return std::move(models.first);
  };
  SharedWriter writer_{options_.folder};
  TagShelf words_{options_.folder};
  ViewKeeper views_{options_.folder, model_lookup_,
                    [this](const std::string& board) { return boards_->PicturesOn(board); }};
  std::mutex long_run_;  // Held by what only one thread does at a time: indexing, compacting, importing.
  LazyDecoder query_decoder_{PoolOptions(options_, 1)};
  std::mutex mutex_;  // Guards what follows: one search at a time touches the snapshot.
  std::unique_ptr<Snapshot> snapshot_;
  // Of snapshot_, by space; loaded by the first query that asks.
  std::map<std::string, std::shared_ptr<const LibraryFacts>> facts_;
  const std::unique_ptr<Tagging> tagging_ = MakeTagging(
      {.words = words_,
       .threads = options_.threads,
       .view = [this](bool checked) { return TagsNow(checked); },
       .say =
           [this](const SayWork& work) {
             return writer_.With([&](Catalog& catalog) { return work(catalog.annotations()); });
           },
       .embed_file = [this](const PathBytes& file,
                            Embedder& model) { return EmbedFile(file, CropBox{}, model, query_decoder_); }});
  const std::unique_ptr<EngineBoards> boards_ = MakeBoards(
      MakeLocalBoardLibrary({.folder = options_.folder,
                             .words = words_,
                             .mutex = mutex_,
                             .snapshot = [this](Checking checking) { return FreshSnapshot(checking); },
                             .rooms = [this](const Snapshot& snapshot) { return RoomsOf(snapshot); },
                             .prepare =
                                 [this](const Query& query, const Snapshot& snapshot) {
                                   return PrepareQueryIn(snapshot, query, query_decoder_);
                                 },
                             .hit = [this](const Match& match) { return ToHit(match); },
                             .decoders = GalleryDecoders(options_),
                             .add = [this](const std::string& bytes,
                                           const std::string& name) { return gallery_->Add(bytes, name); }}));
  const std::unique_ptr<Gallery> gallery_ = MakeGallery(
      {.folder = options_.folder,
       .model = model_lookup_,
       .writer = writer_,
       .views = views_,
       .decoders = GalleryDecoders(options_),
       .search = [this](const Query& query, const SearchOptions& options) { return Search(query, options); },
       .boards_of = [this](const std::string& content) { return boards_->BoardsWith(content); }});
};

Result<std::unique_ptr<DecoderPool>> StartDecoders(const LibraryOptions& options, std::size_t workers) {
  return DecoderPool::Start(PoolOptions(options, workers));
}

// The roots as absolute paths. One that is not there now is fine if the library remembers it: then it is
// offline.
Result<std::vector<PathBytes>> ResolveRoots(const std::vector<PathBytes>& roots, Catalog& catalog) {
  if (roots.empty()) return Error(Code::kInvalidArgument, "nothing to index: name a folder of pictures");
  VITRINE_TRY_ASSIGN(const std::vector<RootRecord> known, catalog.Roots());
  std::vector<PathBytes> resolved;
  for (const PathBytes& root : roots) {
    PathBytes path = ResolvedPath(root);
    std::error_code error;
    const bool remembered = std::any_of(known.begin(), known.end(),
                                        [&](const RootRecord& record) { return record.path == path; });
    if (!std::filesystem::exists(path, error) && !remembered) {
      return Error(Code::kNotFound, "there is no file or folder " + Quoted(root));
    }
    if (std::find(resolved.begin(), resolved.end(), path) == resolved.end())
      resolved.push_back(std::move(path));
  }
  return resolved;
}

// What an index run says of the vector index. That it could not be brought up is no reason to call the run
// failed: everything is recorded, searches are only slower.
void NoteIndex(const Result<VectorIndexState>& index, IndexReport& report) {
  if (!index) {
    report.notes.push_back("the vector index was not brought up to date (" + index.error().message() +
                           "); everything is found all the same");
  } else if (!index->note.empty()) {
    report.notes.push_back(index->built ? "the vector index was " + index->note : index->note);
  }
}

Result<IndexReport> LocalLibrary::Index(const IndexOptions& options, IndexObserver* observer,
                                        const StopSignal& stop) {
  const std::unique_lock alone(long_run_, std::try_to_lock);
  if (!alone) return BusyHere();
  VITRINE_TRY_ASSIGN(const WriterLease writer, writer_.Open(SharedWriter::Missing::kIsMade));
  CatalogGate& gate = writer.gate();
  VITRINE_TRY(gate.With([&](Catalog& catalog) { return SettleMoves(catalog, options_.folder); }));
  VITRINE_TRY_ASSIGN(std::vector<PathBytes> roots,
                     gate.With([&](Catalog& catalog) { return ResolveRoots(options.roots, catalog); }));
  VITRINE_TRY_ASSIGN(const AnsweringModels models, ModelsOf(gate));
  const OpenModel& model = models.first;
  const Space& space = model->space();
  VITRINE_TRY_ASSIGN(const std::uint64_t generation, gate.With([&](Catalog& catalog) {
    return catalog.EnsureSpace(space.id, space.model, space.dimension);
  }));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<DecoderPool> decoder, StartDecoders(options_, options_.threads));

  IngestOptions ingest;
  ingest.roots = std::move(roots);
  ingest.drawings = options_.allow_svg;
  ingest.retry_failed = options.retry_failed;
  ingest.decode_threads = options_.threads;
  ingest.batch = model->picture_batch();
  ingest.thumbs_folder = JoinPath(options_.folder, "thumbs");
  ingest.segments = IdentityOf(options_.folder, space, generation);
  VITRINE_TRY_ASSIGN(IndexReport report,
                     Ingest({.gate = gate, .decoder = *decoder, .embedder = *model}, ingest, observer, stop));
  if (report.stopped) return report;
  NoteIndex(KeepIndex(gate, options_.folder, *model, false, nullptr), report);
  if (models.second) VITRINE_TRY(FillSecond(gate, *models.second, stop, report));
  if (report.stopped) return report;
  VITRINE_TRY(ReadPictureTexts(gate, *decoder, options_, observer, stop, report));
  return report;
}

Result<AnsweringModels> LocalLibrary::ModelsOf(CatalogGate& gate) {
  return gate.With([&](Catalog& catalog) { return models_->Of(catalog); });
}

// Gives new pictures their vectors of the model that is mixed in. One that cannot be used is no reason to
// call the run failed: searches go on with the first.
Status LocalLibrary::FillSecond(CatalogGate& gate, Embedder& second, const StopSignal& stop,
                                IndexReport& report) const {
  const FillingWrite write = [&gate](const auto& work) { return work(gate); };
  const Result<FillOutcome> filled = FillModel(options_, second, write, {}, stop);
  const std::string& name = second.space().model;
  if (!filled && filled.error().code() != Code::kModel) return filled.error();
  if (!filled) {
    report.notes.push_back("no picture got a vector of " + name + ": " + filled.error().message());
    return {};
  }
  report.stopped = stop.requested();
  if (report.stopped) return {};
  NoteIndex(KeepIndex(gate, options_.folder, second, false, nullptr), report);
  if (filled->embedded > 0) {
    report.notes.push_back(name + ", which is mixed in, has seen " + std::to_string(filled->embedded) +
                           " more pictures");
  }
  if (filled->left_out > 0) {
    report.notes.push_back(std::to_string(filled->left_out) + " pictures could not be had for " + name +
                           "; the other model finds them");
  }
  return {};
}

std::string SpaceOf(const OpenModel& model) { return model ? model->space().id : ""; }

bool HaveSameSpaces(const AnsweringModels& a, const AnsweringModels& b) {
  return SpaceOf(a.first) == SpaceOf(b.first) && SpaceOf(a.second) == SpaceOf(b.second);
}

// The library in the spaces of some models.
Result<std::unique_ptr<Snapshot>> LocalLibrary::OpenWith(const AnsweringModels& models,
                                                         Checking checking) const {
  VITRINE_TRY_ASSIGN(std::unique_ptr<Snapshot> snapshot,
                     OpenSnapshot(options_.folder, models.first->space(), checking));
  snapshot->model = models.first;
  snapshot->second_problem = models.problem;
  if (!models.second) return snapshot;
  VITRINE_TRY_ASSIGN(snapshot->second, OpenSnapshot(options_.folder, models.second->space(), checking));
  snapshot->second->model = models.second;
  return snapshot;
}

// The library as it is now, in the spaces of its models.
Result<std::unique_ptr<Snapshot>> LocalLibrary::OpenNow(Checking checking) {
  for (bool again = false;; again = true) {
    // Taken before the model is looked up, so that a swap right after it shows.
    const CatalogStamp stamp = StampCatalog(options_.folder);
    if (stamp.database.inode == 0) return NoLibraryYet(options_.folder);
    VITRINE_TRY_ASSIGN(AnsweringModels models, models_->Now());
    auto opened = OpenWith(models, checking);
    if (opened) {
      (*opened)->stamp = stamp;
      return opened;
    }
    // Between the two others may have been taken into use, and the vectors of one removed.
    const auto now = models_->Now();
    if (!again && now && !HaveSameSpaces(*now, models)) continue;
    if (opened.error().code() != Code::kNotFound) return opened;
    return Error(Code::kNotFound, "the library has no vectors of the model " + models.first->space().model +
                                      " yet; vitrine model use makes them");
  }
}

Result<const Snapshot*> LocalLibrary::FreshSnapshot(Checking checking) {
  const bool checked =
      snapshot_ && (snapshot_->checking == checking || snapshot_->checking == Checking::kAll);
  if (checked && snapshot_->stamp == StampCatalog(options_.folder)) return snapshot_.get();
  snapshot_.reset();
  facts_.clear();
  VITRINE_TRY_ASSIGN(snapshot_, OpenNow(checking));
  return snapshot_.get();
}

// True when the library is searched with other models since: what a snapshot says may be of vectors that are
// gone.
bool LocalLibrary::ModelWasSwapped(const Snapshot& snapshot) {
  if (snapshot.stamp == StampCatalog(options_.folder)) return false;
  const auto now = models_->Now();
  return now && !HaveSameSpaces(*now, {.first = snapshot.model,
                                       .second = snapshot.second ? snapshot.second->model : nullptr,
                                       .problem = {}});
}

// A search that a swap of the model overtook is run again with the new one. Vector files are checked where a
// search reads them. One that finds damage is run again over files that were checked as a whole, with the
// catalog's vectors in place of the damaged ones.
template <typename Use>
std::invoke_result_t<Use, const Snapshot&> LocalLibrary::WithSnapshot(const Use& use) {
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, FreshSnapshot());
  auto answer = use(*snapshot);
  if (ModelWasSwapped(*snapshot)) {
    VITRINE_TRY_ASSIGN(snapshot, FreshSnapshot());
    answer = use(*snapshot);
  }
  const bool damaged = !answer && answer.error().code() == Code::kCorrupt;
  if (!damaged || snapshot->checking == Checking::kAll) return answer;
  VITRINE_TRY_ASSIGN(snapshot, FreshSnapshot(Checking::kAll));
  return use(*snapshot);
}

Hit LocalLibrary::ToHit(const Match& match) const {
  return HitOf(match, JoinPath(options_.folder, "thumbs"));
}

Result<std::vector<SearchResult>> LocalLibrary::SearchMany(std::span<const Query> queries,
                                                           const SearchOptions& options) {
  VITRINE_TRY(CheckLimit(options, kMaxLimit));
  const auto start = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  auto results = WithSnapshot([&](const Snapshot& snapshot) { return Answer(queries, options, snapshot); });
  if (!results) return results;
  const double took_ms = MillisecondsSince(start) / static_cast<double>(queries.size());
  for (SearchResult& result : *results) result.took_ms = took_ms;
  return results;
}

QueryRooms LocalLibrary::RoomsOf(const Snapshot& snapshot) {
  return {.embedder = *snapshot.model,
          .catalog = *snapshot.catalog,
          .index = *snapshot.index,
          .live = snapshot.live,
          .facts = [this, &snapshot]() { return FactsOf(snapshot); }};
}

// Those of the gallery where they are of the same moment: they are large.
Result<std::shared_ptr<const LibraryFacts>> LocalLibrary::FactsOf(const Snapshot& snapshot) {
  std::shared_ptr<const LibraryFacts>& known = facts_[snapshot.space().id];
  if (known) return known;
  const auto now = views_.Now();
  const bool same = now && now->stamp == snapshot.stamp && now->view->space == snapshot.space().id;
  if (same) return known = now->view->facts;
  auto facts = std::make_shared<LibraryFacts>();
  VITRINE_TRY_ASSIGN(facts->table, LoadFacts(*snapshot.catalog, snapshot.space().id));
  facts->derived = DeriveFacts(*facts->table);
  facts->boards = [this](const std::string& board) { return boards_->PicturesOn(board); };
  return known = std::move(facts);
}

Result<std::vector<SearchResult>> LocalLibrary::Answer(std::span<const Query> queries,
                                                       const SearchOptions& options,
                                                       const Snapshot& snapshot) {
  const AnsweringRooms rooms{.decoder = query_decoder_,
                             .rooms = [this](const Snapshot& space) { return RoomsOf(space); }};
  VITRINE_TRY_ASSIGN(auto answers, AnswerQueries(rooms, queries,
                                                 {.limit = options.limit,
                                                  .diverse = options.diverse,
                                                  .group = options.group,
                                                  .explain = options.explain},
                                                 snapshot));
  std::vector<SearchResult> results;
  for (vitrine::Answer& answer : answers) {
    SearchResult& result =
        results.emplace_back(ResultOf(std::move(answer), options, JoinPath(options_.folder, "thumbs")));
    const bool empty = snapshot.live.Count() == 0 && (!snapshot.second || snapshot.second->live.Count() == 0);
    if (empty)
      result.notes.emplace_back(
          "the library holds no pictures for this model yet; vitrine model list shows which "
          "model has seen how many");
    if (snapshot.checking == Checking::kAll && !snapshot.segments.damage.empty()) {
      result.notes.push_back(snapshot.segments.damage +
                             "; the catalog's vectors are used in their place, the next index run mends it");
    }
  }
  return results;
}

Result<Library::Preview> LocalLibrary::PreviewOf(const PathBytes& file, std::int32_t edge_px) {
  return PreviewOfFile(query_decoder_, file, edge_px);
}

Result<LibraryInfo> LocalLibrary::Info() {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, FreshSnapshot());
  VITRINE_TRY_ASSIGN(const CatalogCounts counts, snapshot->catalog->Counts());
  VITRINE_TRY_ASSIGN(const std::vector<RootRecord> roots, snapshot->catalog->Roots());
  LibraryInfo info{
      .folder = options_.folder,
      .model = snapshot->space().model + (snapshot->second ? " + " + snapshot->second->space().model : ""),
      .pictures = counts.assets,
      .files = counts.files,
      .failures = counts.failures,
      .vectors = snapshot->live.Count(),
      .roots = {},
      .offline_roots = {}};
  for (const RootRecord& root : roots) {
    info.roots.push_back(root.path);
    if (root.offline) info.offline_roots.push_back(root.path);
  }
  return info;
}

// What only one thread of a process does at a time.
Error LocalLibrary::BusyHere() const {
  return Error(Code::kLocked, "the library " + Quoted(options_.folder) +
                                  " is being indexed or compacted by this process; wait for that to end, "
                                  "searching and tagging work meanwhile");
}

Result<VectorIndexState> LocalLibrary::BuildIndex(const IndexPolicy& policy, VectorObserver* observer) {
  const std::unique_lock alone(long_run_, std::try_to_lock);
  if (!alone) return BusyHere();
  VITRINE_TRY_ASSIGN(const WriterLease writer, writer_.Open());
  VITRINE_TRY_ASSIGN(const AnsweringModels models, ModelsOf(writer.gate()));
  VITRINE_TRY(writer.gate().With([&](Catalog& catalog) { return RememberPolicy(catalog, policy); }));
  if (models.second) VITRINE_TRY(KeepIndex(writer.gate(), options_.folder, *models.second, true, observer));
  return KeepIndex(writer.gate(), options_.folder, *models.first, true, observer);
}

Result<IndexPolicy> LocalLibrary::Policy() {
  auto catalog = Catalog::Open(options_.folder, CatalogMode::kRead);
  if (!catalog && catalog.error().code() == Code::kNotFound) return IndexPolicy();
  if (!catalog) return std::move(catalog).error();
  return RememberedPolicy(**catalog);
}

Result<LibraryStats> LocalLibrary::Stats(VectorObserver* observer) {
  const std::lock_guard lock(mutex_);
  return WithSnapshot([&](const Snapshot& snapshot) {
    return MeasureLibrary(options_.folder, snapshot, *snapshot.model, observer);
  });
}

Result<CompactReport> LocalLibrary::Compact(VectorObserver* observer) {
  const std::unique_lock alone(long_run_, std::try_to_lock);
  if (!alone) return BusyHere();
  VITRINE_TRY_ASSIGN(WriterLease writer, writer_.Open());
  VITRINE_TRY_ASSIGN(const std::set<std::string> on_boards, boards_->AllContents());
  VITRINE_TRY_ASSIGN(const AnsweringModels models, ModelsOf(writer.gate()));
  return CompactLibrary(std::move(writer), options_.folder, on_boards, *models.first, observer);
}

Result<ExportReport> LocalLibrary::ExportVectors(const ExchangeOptions& options, VectorObserver* observer,
                                                 const StopSignal& stop) {
  const std::lock_guard lock(mutex_);
  // Every vector is read: damage is better found before the first is written.
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, FreshSnapshot(Checking::kAll));
  return vitrine::ExportVectors(*snapshot, snapshot->space(), options, observer, stop);
}

Result<ImportReport> LocalLibrary::ImportVectors(const ExchangeOptions& options, VectorObserver* observer,
                                                 const StopSignal& stop) {
  const std::unique_lock alone(long_run_, std::try_to_lock);
  if (!alone) return BusyHere();
  VITRINE_TRY_ASSIGN(const WriterLease writer, writer_.Open(SharedWriter::Missing::kIsMade));
  VITRINE_TRY_ASSIGN(const AnsweringModels models, ModelsOf(writer.gate()));
  const OpenModel& model = models.first;
  const Space& space = model->space();
  VITRINE_TRY_ASSIGN(ImportReport report, writer.gate().With([&](Catalog& catalog) -> Result<ImportReport> {
    VITRINE_TRY(catalog.EnsureSpace(space.id, space.model, space.dimension));
    return vitrine::ImportVectors(catalog, space, options, observer, stop);
  }));
  if (report.stopped) {
    // The index can wait for the next run; without their files, searches would read the rows from the
    // catalog.
    VITRINE_TRY(
        writer.gate().With([&](Catalog& catalog) { return KeepSegments(catalog, options_.folder, space); }));
    return report;
  }
  VITRINE_TRY_ASSIGN(report.index, KeepIndex(writer.gate(), options_.folder, *model, false, observer));
  return report;
}

// A catalog for reading, where there is a library already.
Result<std::unique_ptr<Catalog>> LocalLibrary::ReadExisting() const {
  auto catalog = Catalog::Open(options_.folder, CatalogMode::kRead);
  if (!catalog && catalog.error().code() == Code::kNotFound) return NoLibraryYet(options_.folder);
  return catalog;
}

Result<std::vector<SavedSearch>> LocalLibrary::SavedSearches() {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Catalog> catalog, ReadExisting());
  return catalog->annotations().SavedSearches();
}

Status LocalLibrary::SaveSearch(const SavedSearch& search) {
  VITRINE_TRY(ParseQuery(search.query));  // Before the library is opened for writing.
  return writer_.With([&](Catalog& catalog) { return KeepSearch(catalog.annotations(), search); });
}

Status LocalLibrary::DropSearch(const std::string& name) {
  return writer_.With([&](Catalog& catalog) { return ForgetSearch(catalog.annotations(), name); });
}

Result<std::uint64_t> LocalLibrary::Annotate(std::span<const PathBytes> pictures, const NoteChange& change) {
  std::vector<AssetId> assets;
  {
    const std::lock_guard lock(mutex_);
    VITRINE_TRY_ASSIGN(const Snapshot* snapshot, FreshSnapshot());
    VITRINE_TRY_ASSIGN(assets, AssetsAt(pictures, KnownIn(*snapshot)));
  }
  return writer_.With([&](Catalog& catalog) { return ChangeNotes(catalog.annotations(), assets, change); });
}

// Nobody searches while it lives.
Result<TagView> LocalLibrary::TagsNow(bool checked) {
  std::unique_lock lock(mutex_);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, FreshSnapshot());
  if (checked && !snapshot->rows->Verify(0, snapshot->rows->row_count())) {
    VITRINE_TRY_ASSIGN(snapshot, FreshSnapshot(Checking::kAll));
  }
  return TagView{.alone = std::move(lock), .pictures = PicturesIn(*snapshot)};
}

Result<std::vector<JournalEntry>> LocalLibrary::Journal(std::size_t limit) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Catalog> catalog, ReadExisting());
  return catalog->annotations().Journal(limit);
}

Result<JournalEntry> LocalLibrary::Undo() {
  return writer_.With([](Catalog& catalog) { return UndoNewest(catalog.annotations()); });
}

Result<JournalEntry> LocalLibrary::Redo() {
  return writer_.With([](Catalog& catalog) { return RedoOldest(catalog.annotations()); });
}

// A snapshot of its own, so that searches need not wait for it.
Result<DuplicateReport> LocalLibrary::FindDuplicates(const DuplicateOptions& options,
                                                     VectorObserver* observer, const StopSignal& stop) {
  DuplicateOptions resolved = options;
  for (PathBytes& path : resolved.under) path = ResolvedPath(path);
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Snapshot> snapshot, OpenNow());
  const std::string& space = snapshot->space().id;
  Catalog& catalog = *snapshot->catalog;
  VITRINE_TRY_ASSIGN(const std::shared_ptr<const FactTable> facts, LoadFacts(catalog, space));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<DecoderPool> decoder, StartDecoders(options_, options_.threads));
  VITRINE_TRY_ASSIGN(const std::vector<PathBytes> quarantines, QuarantinesOf(catalog));
  return vitrine::FindDuplicates({.check = {.pictures = CopyPicturesIn(catalog, space),
                                            .decoder = *decoder,
                                            .thumbs_folder = JoinPath(options_.folder, "thumbs"),
                                            .threads = options_.threads},
                                  .index = *snapshot->index,
                                  .live = snapshot->live,
                                  .facts = *facts,
                                  .quarantines = quarantines},
                                 resolved, observer, stop);
}

Result<ActionReport> LocalLibrary::ActOnDuplicates(const std::vector<DuplicateGroup>& groups,
                                                   const DuplicateAction& action) {
  DuplicateAction resolved = action;
  if (!resolved.quarantine.empty()) resolved.quarantine = ResolvedPath(resolved.quarantine);
  return writer_.With(
      [&](Catalog& catalog) { return ActOnCopies(catalog, options_.folder, groups, resolved); });
}

Result<SidecarReport> LocalLibrary::SyncSidecars(const SidecarOptions& options, const StopSignal& stop) {
  if (options.write) {
    VITRINE_TRY_ASSIGN(const WriterLease writer, writer_.Open());
    return vitrine::SyncSidecars(writer.gate(), options, stop);
  }
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Catalog> catalog, ReadExisting());
  CatalogGate gate(*catalog);
  return vitrine::SyncSidecars(gate, options, stop);
}

}  // namespace

Result<std::unique_ptr<Library>> Library::Open(const LibraryOptions& options) {
  if (options.folder.empty()) return Error(Code::kInvalidArgument, "no library folder was named");
  if (NamesCluster(options.folder)) return NotOnCluster();
  LibraryOptions complete = WithDefaults(options);
  complete.folder = ResolvedPath(complete.folder);
  const ModelPacks packs(complete.folder, DefaultModelsFolder());
  ModelIds asked;
  if (!options.model.empty()) {
    VITRINE_TRY_ASSIGN(asked, ModelsAsked(packs, options.model));
  }
  complete.model = asked.first.empty() ? JoinPath(DefaultModelsFolder(), kDefaultModel) : asked.first;
  auto models = std::make_unique<ActiveModel>(complete.folder, packs, asked, EmbedderOptionsFor(complete));
  // What is wrong with the library itself is told by whoever uses it.
  const auto model = models->Now();
  if (!model && model.error().code() == Code::kModel) return model.error();
  return std::unique_ptr<Library>(std::make_unique<LocalLibrary>(std::move(complete), std::move(models)));
}

Result<SearchResult> Library::Search(const Query& query, const SearchOptions& options) {
  VITRINE_TRY_ASSIGN(std::vector<SearchResult> results, SearchMany(std::span(&query, 1), options));
  return std::move(results.front());
}

}  // namespace vitrine
