// A library on a cluster behind the part of the public interface that it answers.
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "base/lockdown.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/looking.h"
#include "cluster/understood.h"
#include "engine/active_model.h"
#include "engine/cluster_link.h"
#include "engine/cluster_query.h"
#include "engine/installation.h"
#include "engine/preview.h"
#include "engine/query_preparing.h"
#include "engine/query_vectors.h"
#include "engine/search_result.h"
#include "index/exact_scan.h"
#include "vitrine/cluster.h"
#include "vitrine/version.h"

namespace vitrine {
namespace {

using cluster::Cluster;
using Level = Finding::Level;

// What is the same for all searches once the cluster was found fit.
struct OpenedCluster {
  std::unique_ptr<Cluster> cluster;
  cluster::IndexMeta meta;
  OpenModel model;
  std::unique_ptr<VectorIndex> sample;
};

DecoderPoolOptions QueryDecoder(const LibraryOptions& options) {
  DecoderPoolOptions pool;
  pool.worker_program = options.worker_program.empty() ? DefaultWorkerProgram() : options.worker_program;
  pool.workers = 1;
  pool.allow_svg = options.allow_svg;
  return pool;
}

class ClusterLibrary final : public Searching {
 public:
  ClusterLibrary(LibraryOptions options, std::shared_ptr<ClusterLink> link)
      : options_(std::move(options)), link_(std::move(link)), decoder_(QueryDecoder(options_)) {}

  Status Open();
  Result<std::vector<SearchResult>> SearchMany(std::span<const Query> queries,
                                               const SearchOptions& options) override;
  Result<Preview> PreviewOf(const PathBytes& file, std::int32_t edge_px) override;
  Result<std::vector<SavedSearch>> SavedSearches() override {
    return Error(Code::kInvalidArgument, "saved searches stay with the library on this machine");
  }
  std::vector<Finding> Doctor() override;

 private:
  Status MakeReady();
  Result<std::vector<SearchResult>> Answer(std::span<const Query> queries, const SearchOptions& options);
  Result<OpenModel> ModelOf(const cluster::IndexMeta& meta) const;
  Result<PreparedQuery> Prepare(const Query& query, cluster::Looking& looking);

  const LibraryOptions options_;
  const std::shared_ptr<ClusterLink> link_;
  LazyDecoder decoder_;
  std::mutex mutex_;  // One search at a time: the link takes one question at a time.
  OpenedCluster open_;
};

Status ClusterLibrary::Open() {
  VITRINE_TRY_ASSIGN(open_.cluster, Cluster::Open(link_->link, link_->address));
  const std::string alias = cluster::AliasName(link_->address);
  VITRINE_TRY_ASSIGN(open_.meta, cluster::ReadMeta(*open_.cluster, alias));
  return {};
}

// What searches need and a look at the cluster's health does not, which some shards may be missing for.
Status ClusterLibrary::MakeReady() {
  if (open_.sample) return {};
  VITRINE_TRY_ASSIGN(open_.model, ModelOf(open_.meta));
  cluster::Looking looking(*open_.cluster, cluster::AliasName(link_->address), open_.meta);
  VITRINE_TRY_ASSIGN(const EncodedRows sample, looking.Sample(kSampleRows));
  open_.sample = IndexInMemory(sample);
  return {};
}

// The pack that the library was made with, or the one that was asked for, if it gives vectors of the same
// space.
Result<OpenModel> ClusterLibrary::ModelOf(const cluster::IndexMeta& meta) const {
  const ModelPacks packs("", DefaultModelsFolder());
  const std::string wanted = options_.model.empty() ? meta.model_id : options_.model;
  EmbedderOptions embedding = EmbedderOptionsFor(options_);
  embedding.space_in_use = [space = meta.space](const std::string& other) { return other == space; };
  VITRINE_TRY_ASSIGN(embedding.pack_folder, packs.FolderOf(wanted));
  VITRINE_TRY_ASSIGN(std::unique_ptr<Embedder> model, OpenEmbedder(embedding));
  if (model->space().id != meta.space) {
    return Error(Code::kModel, "the library on the cluster holds vectors of the model " + Quoted(meta.model) +
                                   " (space " + Printable(meta.space) + "), here is " +
                                   Quoted(model->space().model) + " (space " + model->space().id +
                                   "); name the folder of that model with --model");
  }
  return OpenModel(std::make_shared<RememberingEmbedder>(std::move(model)));
}

Result<PreparedQuery> ClusterLibrary::Prepare(const Query& query, cluster::Looking& looking) {
  const auto id_of = [](const std::optional<cluster::PictureCopy>& known) {
    return known ? std::optional(known->asset.id) : std::nullopt;
  };
  return PrepareQuery(
      query,
      {.model = *open_.model,
       .decoder = decoder_,
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
  const std::lock_guard lock(mutex_);
  auto results = cluster::Understood(link_->address, [&] { return Answer(queries, options); });
  if (!results) return results;
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  for (SearchResult& result : *results) result.took_ms = took.count() / static_cast<double>(queries.size());
  return results;
}

Result<std::vector<SearchResult>> ClusterLibrary::Answer(std::span<const Query> queries,
                                                         const SearchOptions& options) {
  VITRINE_TRY(MakeReady());
  std::vector<SearchResult> results;
  for (const Query& query : queries) {
    cluster::Looking looking(*open_.cluster, cluster::AliasName(link_->address), open_.meta);
    VITRINE_TRY_ASSIGN(const PreparedQuery prepared, Prepare(query, looking));
    VITRINE_TRY_ASSIGN(vitrine::Answer answer, AnswerFromCluster({.looking = looking,
                                                                  .model = *open_.model,
                                                                  .sample = *open_.sample,
                                                                  .dimension = open_.meta.dimension},
                                                                 prepared,
                                                                 {.limit = options.limit,
                                                                  .diverse = options.diverse,
                                                                  .group = options.group,
                                                                  .explain = options.explain}));
    results.push_back(ResultOf(std::move(answer), options, ""));
  }
  return results;
}

Result<Searching::Preview> ClusterLibrary::PreviewOf(const PathBytes& file, std::int32_t edge_px) {
  return PreviewOfFile(decoder_, file, edge_px);
}

std::vector<Finding> ClusterLibrary::Doctor() {
  std::vector<Finding> findings;
  findings.push_back({Level::kOk, "program", std::string("vitrine ") + kVersion});
  findings.push_back(CanOpenInternetSocket()
                         ? Finding{Level::kProblem, "network", "this process could open an internet socket"}
                         : Finding{Level::kOk, "network",
                                   "locked: only vitrine-cluster connects, to the nodes of your settings"});
  findings.push_back({Level::kOk, "cluster",
                      link_->address.cluster() + ": OpenSearch " + open_.cluster->version() +
                          " with the k-NN plugin on every node"});
  const auto health = open_.cluster->Ask(
      cluster::Method::kGet, "/_cluster/health/" + cluster::AliasName(link_->address), "", 10'000);
  if (!health) {
    findings.push_back({Level::kProblem, "cluster", health.error().message()});
    return findings;
  }
  const std::string status = health->value("status", "");
  const std::string shards = std::to_string(health->value("active_primary_shards", 0)) + " shards, " +
                             std::to_string(health->value("active_shards", 0)) + " copies of shards on " +
                             std::to_string(health->value("number_of_data_nodes", 0)) + " nodes";
  if (status == "green") {
    findings.push_back({Level::kOk, "health", "green: " + shards});
  } else if (status == "yellow") {
    findings.push_back({Level::kNote, "health",
                        "yellow: " + shards +
                            "; everything is found, but some shards have no second copy: a lost "
                            "node would lose them. Bring the missing node back or add one"});
  } else {
    findings.push_back({Level::kProblem, "health",
                        "red: " + shards + "; some pictures are not found until their node is back"});
  }
  const std::string vectors =
      open_.meta.vectors == cluster::VectorKind::kByte ? "one byte a dimension" : "four bytes a dimension";
  findings.push_back(
      {open_.meta.complete ? Level::kOk : Level::kNote, "library",
       Quoted(link_->address.name) + ": " + std::to_string(open_.meta.pictures) + " pictures of the model " +
           open_.meta.model + ", searched by " + vectors +
           (open_.meta.complete ? "" : "; a copy has not ended: run vitrine library copy again")});
  return findings;
}

}  // namespace

bool NamesCluster(std::string_view library) { return cluster::IsClusterAddress(library); }

Result<std::shared_ptr<ClusterLink>> StartClusterLink(const std::string& address) {
  VITRINE_TRY_ASSIGN(cluster::Address read, cluster::ReadAddress(address));
  auto link = std::make_shared<ClusterLink>();
  VITRINE_TRY_ASSIGN(link->link, cluster::Link::Start(DefaultClusterProgram(), read));
  link->address = std::move(read);
  return link;
}

Result<std::unique_ptr<Searching>> OpenCluster(const LibraryOptions& options,
                                               std::shared_ptr<ClusterLink> link) {
  LibraryOptions complete = options;
  if (complete.threads == 0) complete.threads = std::max(1U, std::thread::hardware_concurrency());
  auto library = std::make_unique<ClusterLibrary>(std::move(complete), link);
  VITRINE_TRY(cluster::Understood(link->address, [&] { return library->Open(); }));
  return std::unique_ptr<Searching>(std::move(library));
}

}  // namespace vitrine
