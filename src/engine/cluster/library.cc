// A library on a cluster behind the public interface: what it answers itself, and its rooms.
#include <chrono>
#include <mutex>
#include <thread>

#include "base/try.h"
#include "cluster/looking.h"
#include "cluster/understood.h"
#include "engine/boards.h"
#include "engine/cluster/board_library.h"
#include "engine/cluster/doctor.h"
#include "engine/cluster/duplicates.h"
#include "engine/cluster/gallery.h"
#include "engine/cluster/index.h"
#include "engine/cluster/info.h"
#include "engine/cluster/query.h"
#include "engine/cluster/refusals.h"
#include "engine/cluster/room.h"
#include "engine/cluster/saying.h"
#include "engine/cluster/tagging.h"
#include "engine/installation.h"
#include "engine/preview.h"
#include "engine/quarantine.h"
#include "engine/query_preparing.h"
#include "engine/search_result.h"
#include "index/exact_scan.h"
#include "vitrine/cluster.h"

namespace vitrine {
namespace {

class ClusterLibrary final : public RefusingLibrary {
 public:
  ClusterLibrary(std::unique_ptr<ClusterRoom> room, LibraryOptions options, std::shared_ptr<ClusterLink> link)
      : room_(std::move(room)),
        options_(std::move(options)),
        link_(std::move(link)),
        boards_(MakeBoards(
            MakeClusterBoardLibrary({.room = *room_,
                                     .prepare = [this](const Query& query) { return PrepareNow(query); },
                                     .run = [this](const PreparedQuery& query,
                                                   const RunOptions& how) { return RunNow(query, how); }}))),
        gallery_(MakeClusterGallery(
            *room_, [this](const Query& query, const SearchOptions& how) { return Search(query, how); },
            [this](const std::string& content) { return boards_->BoardsWith(content); })) {
    saying_.FinishWhatWasCutOff();
  }

  Result<std::vector<SearchResult>> SearchMany(std::span<const Query> queries,
                                               const SearchOptions& options) override;
  Result<Preview> PreviewOf(const PathBytes& file, std::int32_t edge_px) override {
    return PreviewOfFile(room_->decoder(), file, edge_px);
  }
  std::vector<Finding> Doctor() override { return LookAtCluster(*room_); }
  Result<IndexReport> Index(const IndexOptions& options, IndexObserver* observer,
                            const StopSignal& stop) override {
    return IndexIntoCluster(options_, link_, options, observer, stop);
  }
  Result<LibraryInfo> Info() override { return InfoOfCluster(*room_); }
  Result<DuplicateReport> FindDuplicates(const DuplicateOptions& options, VectorObserver* observer,
                                         const StopSignal& stop) override;
  Result<ActionReport> ActOnDuplicates(const std::vector<DuplicateGroup>& groups,
                                       const DuplicateAction& action) override;
  Gallery& gallery() override { return *gallery_; }
  Boards& boards() override { return *boards_; }
  Result<std::vector<SavedSearch>> SavedSearches() override { return saying_.SavedSearches(); }
  Status SaveSearch(const SavedSearch& search) override { return saying_.SaveSearch(search); }
  Status DropSearch(const std::string& name) override { return saying_.DropSearch(name); }
  Result<std::vector<JournalEntry>> Journal(std::size_t limit) override { return saying_.Journal(limit); }
  Result<JournalEntry> Undo() override { return saying_.Undo(); }
  Result<JournalEntry> Redo() override { return saying_.Redo(); }
  Result<std::uint64_t> Annotate(std::span<const PathBytes> pictures, const NoteChange& change) override {
    return saying_.Annotate(pictures, change);
  }
  Tagging& tags() override { return *tags_; }
  std::span<const std::string_view> Lacks() const override {
    return room_->meta().shared ? std::span<const std::string_view>(kNotOnCluster) : kNotOnCopy;
  }

 private:
  Result<std::vector<SearchResult>> Answer(std::span<const Query> queries, const SearchOptions& options);
  // Vectors of some pictures, asked for once.
  Result<std::shared_ptr<const VectorIndex>> Sample();
  cluster::Looking Look() const { return {room_->cluster(), room_->alias(), room_->meta()}; }
  Result<PreparedQuery> Prepare(const Query& query, Embedder& model, cluster::Looking& looking);
  Result<vitrine::Answer> Run(const PreparedQuery& query, Embedder& model, cluster::Looking& looking,
                              const RunOptions& options);
  // For boards, one query at a time.
  Result<PreparedQuery> PrepareNow(const Query& query);
  Result<vitrine::Answer> RunNow(const PreparedQuery& query, const RunOptions& options);

  const std::unique_ptr<ClusterRoom> room_;
  const LibraryOptions options_;
  const std::shared_ptr<ClusterLink> link_;
  ClusterSaying saying_{*room_};
  const std::unique_ptr<Tagging> tags_ = MakeClusterTagging(*room_, saying_, options_.threads);
  const std::unique_ptr<EngineBoards> boards_;
  const std::unique_ptr<Gallery> gallery_;
  std::mutex mutex_;  // Of what follows.
  std::shared_ptr<const VectorIndex> sample_;
};

Result<PreparedQuery> ClusterLibrary::Prepare(const Query& query, Embedder& model,
                                              cluster::Looking& looking) {
  const auto id_of = [](const std::optional<cluster::PictureCopy>& known) {
    return known ? std::optional(known->asset.id) : std::nullopt;
  };
  return PrepareQuery(
      query,
      {.model = model,
       .decoder = room_->decoder(),
       .asset_at = [&](const PathBytes& path) -> Result<std::optional<AssetId>> {
         VITRINE_TRY_ASSIGN(const auto known, looking.PictureWith("paths", cluster::PathKey(path)));
         return id_of(known);
       },
       .asset_of_content = [&](const Sha256Digest& content) -> Result<std::optional<AssetId>> {
         VITRINE_TRY_ASSIGN(const auto known, looking.PictureWithContent(content));
         return id_of(known);
       },
       .vector_of = [&](AssetId asset) -> Result<std::vector<float>> {
         VITRINE_TRY_ASSIGN(const auto known, looking.PictureWith("id", static_cast<std::int64_t>(asset)));
         if (!known || known->vector.scales.front() <= 0) {
           return Error(Code::kNotFound,
                        "there is no picture of id " + std::to_string(static_cast<std::int64_t>(asset)));
         }
         return TableInMemory(known->vector)->Vector(0);
       }});
}

Result<std::vector<SearchResult>> ClusterLibrary::SearchMany(std::span<const Query> queries,
                                                             const SearchOptions& options) {
  VITRINE_TRY(CheckLimit(options, cluster::kMostHits));
  const auto start = std::chrono::steady_clock::now();
  auto results = cluster::Understood(room_->address(), [&] { return Answer(queries, options); });
  if (!results) return results;
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  for (SearchResult& result : *results) result.took_ms = took.count() / static_cast<double>(queries.size());
  return results;
}

Result<DuplicateReport> ClusterLibrary::FindDuplicates(const DuplicateOptions& options,
                                                       VectorObserver* observer, const StopSignal& stop) {
  DuplicateOptions resolved = options;
  for (PathBytes& path : resolved.under) path = ResolvedPath(path);
  VITRINE_TRY_ASSIGN(const std::unique_ptr<DecoderPool> decoder,
                     DecoderPool::Start(DecodersFor(options_, options_.threads)));
  return cluster::Understood(room_->address(), [&] {
    return FindDuplicatesOnCluster(*room_, *decoder, options_.threads, resolved, observer, stop);
  });
}

Result<ActionReport> ClusterLibrary::ActOnDuplicates(const std::vector<DuplicateGroup>& groups,
                                                     const DuplicateAction& action) {
  if (!action.quarantine.empty()) {
    return Error(
        Code::kInvalidArgument,
        "copies of a library on a cluster are not put aside: other machines know their files by where "
        "they lie. Tag them, or list them with -0 and move them yourself, then index again");
  }
  if (action.tag.empty()) return ActionReport();
  ActionReport report;
  VITRINE_TRY(saying_.Say([&](Annotations& annotations) -> Status {
    VITRINE_TRY_ASSIGN(report, TagCopies(annotations, groups, action.tag));
    return {};
  }));
  return report;
}

Result<std::shared_ptr<const VectorIndex>> ClusterLibrary::Sample() {
  const std::lock_guard lock(mutex_);
  if (!sample_) {
    cluster::Looking looking = Look();
    VITRINE_TRY_ASSIGN(const EncodedRows rows, looking.Sample(kSampleRows));
    sample_ = IndexInMemory(rows);
  }
  return sample_;
}

Result<vitrine::Answer> ClusterLibrary::Run(const PreparedQuery& query, Embedder& model,
                                            cluster::Looking& looking, const RunOptions& options) {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<const VectorIndex> sample, Sample());
  return AnswerFromCluster({.looking = looking,
                            .lookups = room_->lookups(),
                            .model = model,
                            .sample = *sample,
                            .dimension = room_->meta().dimension},
                           query, options);
}

Result<PreparedQuery> ClusterLibrary::PrepareNow(const Query& query) {
  return cluster::Understood(room_->address(), [&]() -> Result<PreparedQuery> {
    VITRINE_TRY_ASSIGN(const OpenModel model, room_->Model());
    cluster::Looking looking = Look();
    return Prepare(query, *model, looking);
  });
}

Result<vitrine::Answer> ClusterLibrary::RunNow(const PreparedQuery& query, const RunOptions& options) {
  return cluster::Understood(room_->address(), [&]() -> Result<vitrine::Answer> {
    VITRINE_TRY_ASSIGN(const OpenModel model, room_->Model());
    cluster::Looking looking = Look();
    return Run(query, *model, looking, options);
  });
}

Result<std::vector<SearchResult>> ClusterLibrary::Answer(std::span<const Query> queries,
                                                         const SearchOptions& options) {
  VITRINE_TRY_ASSIGN(const OpenModel model, room_->Model());
  std::vector<SearchResult> results;
  for (const Query& query : queries) {
    cluster::Looking looking = Look();
    VITRINE_TRY_ASSIGN(const PreparedQuery prepared, Prepare(query, *model, looking));
    VITRINE_TRY_ASSIGN(vitrine::Answer answer, Run(prepared, *model, looking,
                                                   {.limit = options.limit,
                                                    .diverse = options.diverse,
                                                    .group = options.group,
                                                    .explain = options.explain}));
    results.push_back(ResultOf(std::move(answer), options, ""));
  }
  return results;
}

// A name under which there is no library yet: machines may index into it, and nothing else.
class NewClusterLibrary final : public RefusingLibrary {
 public:
  NewClusterLibrary(LibraryOptions options, std::shared_ptr<ClusterLink> link, const Error& none_yet)
      : RefusingLibrary(none_yet), options_(std::move(options)), link_(std::move(link)) {}

  Result<IndexReport> Index(const IndexOptions& options, IndexObserver* observer,
                            const StopSignal& stop) override {
    return IndexIntoCluster(options_, link_, options, observer, stop);
  }
  Result<std::vector<SearchResult>> SearchMany(std::span<const Query>, const SearchOptions&) override {
    return refusal();
  }
  Result<Preview> PreviewOf(const PathBytes&, std::int32_t) override { return refusal(); }
  std::vector<Finding> Doctor() override {
    return {{Finding::Level::kProblem, "library", refusal().message()}};
  }

 private:
  const LibraryOptions options_;
  const std::shared_ptr<ClusterLink> link_;
};

}  // namespace

bool NamesCluster(std::string_view library) { return cluster::IsClusterAddress(library); }

Result<std::shared_ptr<ClusterLink>> StartClusterLink(const std::string& address, std::size_t at_once) {
  VITRINE_TRY_ASSIGN(cluster::Address read, cluster::ReadAddress(address));
  auto link = std::make_shared<ClusterLink>();
  VITRINE_TRY_ASSIGN(link->link, cluster::Link::Start(DefaultClusterProgram(), read, at_once));
  link->address = std::move(read);
  return link;
}

Result<std::unique_ptr<Library>> OpenCluster(const LibraryOptions& options,
                                             std::shared_ptr<ClusterLink> link) {
  LibraryOptions complete = options;
  if (complete.threads == 0) complete.threads = std::max(1U, std::thread::hardware_concurrency());
  auto room = cluster::Understood(link->address, [&] { return ClusterRoom::Open(complete, link); });
  const bool none_yet = !room && room.error().code() == Code::kNotFound;
  if (none_yet)
    return std::unique_ptr<Library>(std::make_unique<NewClusterLibrary>(complete, link, room.error()));
  if (!room) return room.error();
  return std::unique_ptr<Library>(std::make_unique<ClusterLibrary>(*std::move(room), complete, link));
}

}  // namespace vitrine
