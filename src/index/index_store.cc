// One file, its readers, and the one writer.
//
// Problem: a structure that took minutes to build must survive a power cut at any moment, must not be trusted
// when anything is wrong with it, and must be replaced while others search through it. Idea: the file is a
// cache of the rows, so there is nothing to repair: it is whole and belongs to these rows, or it is built
// again. Why readers and the writer need no lock between them: a file is never changed. A new one is written
// beside it, synced and renamed over it; who has the old one mapped keeps it. A crash before the rename
// leaves the old file and a part that the next publish overwrites or removes. Rows that came after a file was
// written are scanned besides (layered_index.h), so a file that lags behind the rows costs time only.
#include "index/index_store.h"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "index/exact_scan.h"
#include "index/hnsw_index.h"
#include "index/inverted_index.h"
#include "index/inverted_lists.h"
#include "index/layered_index.h"
#include "index/sign_codes.h"

namespace vitrine {
namespace {

constexpr std::string_view kPrefix = "index-";
constexpr std::string_view kSuffix = ".vix";
constexpr std::string_view kPartSuffix = ".vix.part";

std::string PathOf(const SegmentIdentity& identity) {
  return JoinPath(identity.folder, FileOfGeneration(kPrefix, identity.generation, kSuffix));
}

IndexFileIdentity FileIdentityOf(const SegmentIdentity& identity) {
  return {identity.space, identity.dimension, identity.generation};
}

Status Check(const SegmentIdentity& identity, const RowTable& table, const IndexPolicy& policy) {
  if (identity.space.size() != 16 || identity.dimension != table.dimension()) {
    return Error(Code::kInvalidArgument, "an index of another space than its rows");
  }
  if (!(policy.recall > 0 && policy.recall <= 1)) {
    return Error(Code::kInvalidArgument,
                 "a recall of " + std::to_string(policy.recall) + ": above 0 and at most 1 is possible");
  }
  return {};
}

/// A structure that was built or opened, whatever its kind.
struct Structure {
  std::unique_ptr<VectorIndex> index;
  IndexKind kind = IndexKind::kExact;
  RowId covered = 0;
  std::uint64_t entries = 0;  ///< Rows that were alive when it was built.
  std::uint64_t bytes = 0;
  double recall = 1;
  std::shared_ptr<const IndexFile> file;  ///< Null when it was just built.
  std::span<const std::byte> lazy;        ///< What of the file is checked as searches first touch it.
};

Structure Describe(std::unique_ptr<InvertedIndex> index) {
  const InvertedLists& lists = *index->data();
  Structure structure;
  structure.kind = lists.lists() > 1 ? IndexKind::kIvf : IndexKind::kCompressed;
  structure.covered = index->covered_rows();
  structure.entries = lists.entries();
  structure.bytes = index->bytes();
  structure.recall = index->measured_recall();
  structure.file = lists.file;
  structure.lazy = {lists.blocks, lists.block_count() * SignLayout(lists.dimension).block_bytes()};
  structure.index = std::move(index);
  return structure;
}

Structure Describe(std::unique_ptr<HnswIndex> index) {
  Structure structure;
  structure.kind = IndexKind::kHnsw;
  structure.covered = index->covered_rows();
  structure.entries = index->entries();
  structure.bytes = index->bytes();
  structure.recall = index->measured_recall();
  structure.file = index->graph().file;
  structure.lazy = std::as_bytes(std::span(index->graph().base, std::size_t{structure.covered} * kBaseLinks));
  structure.index = std::move(index);
  return structure;
}

Result<Structure> OpenAsGraph(const SegmentIdentity& identity, const std::shared_ptr<const RowTable>& table,
                              double recall) {
  VITRINE_TRY_ASSIGN(auto index,
                     OpenHnsw(PathOf(identity), FileIdentityOf(identity), table, {.recall = recall}));
  return Describe(std::move(index));
}

Result<Structure> OpenAsLists(const SegmentIdentity& identity, const std::shared_ptr<const RowTable>& table,
                              double recall) {
  VITRINE_TRY_ASSIGN(auto index,
                     OpenInverted(PathOf(identity), FileIdentityOf(identity), table, {.recall = recall}));
  return Describe(std::move(index));
}

/// Opens the file whatever its kind, the wanted one first: its error is the one that matters.
Result<Structure> OpenFile(const SegmentIdentity& identity, const std::shared_ptr<const RowTable>& table,
                           const IndexPolicy& policy, IndexKind wanted) {
  const bool graph_first = wanted == IndexKind::kHnsw;
  auto found = (graph_first ? OpenAsGraph : OpenAsLists)(identity, table, policy.recall);
  if (found || found.error().code() != Code::kCorrupt) return found;
  auto other = (graph_first ? OpenAsLists : OpenAsGraph)(identity, table, policy.recall);
  return other ? std::move(other) : std::move(found);
}

/// True when a structure is of the kind asked for. Few rows make one list, which is the compressed kind.
bool IsOfKind(const Structure& found, IndexKind wanted) {
  return found.kind == wanted || (wanted == IndexKind::kIvf && found.kind == IndexKind::kCompressed &&
                                  ListsFor(static_cast<RowId>(found.entries)) == 1);
}

/// Why the file has to be built anew; empty when it may stay.
std::string ReasonToBuild(const Result<Structure>& found, IndexKind wanted, const RowTable& table,
                          const RowSet& live) {
  if (!found) {
    return found.error().code() == Code::kNotFound ? "there was no index yet" : found.error().message();
  }
  if (!IsOfKind(*found, wanted)) return "another kind is wanted";
  const std::uint64_t alive = live.CountBelow(found->covered);
  const auto dead = static_cast<RowId>(found->entries > alive ? found->entries - alive : 0);
  if (ShouldRebuild(found->kind, found->covered, table.row_count() - found->covered, dead))
    return "many rows came or went";
  if (const Status whole = found->file->Verify(found->lazy); !whole) return whole.error().message();
  return {};
}

VectorIndexReport ReportOfExact(const RowTable& table, std::string note) {
  VectorIndexReport report;
  report.rows = table.row_count();
  report.tail = table.row_count();
  report.note = std::move(note);
  return report;
}

VectorIndexReport ReportOf(const Structure& structure, const RowTable& table, std::string note) {
  VectorIndexReport report;
  report.kind = structure.kind;
  report.rows = table.row_count();
  report.covered = structure.covered;
  report.tail = table.row_count() - structure.covered;
  report.bytes = structure.bytes;
  report.recall = structure.recall;
  report.note = std::move(note);
  return report;
}

/// Builds the wanted kind and publishes it.
Result<Structure> BuildAndSave(const SegmentIdentity& identity, const std::shared_ptr<const RowTable>& table,
                               const RowSet& live, const IndexPolicy& policy, IndexKind wanted,
                               std::span<const float> sample_queries, std::span<const float> anchor) {
  VITRINE_TRY(table->Verify(0, table->row_count()));
  const std::string path = PathOf(identity);
  std::vector<float> samples(sample_queries.begin(), sample_queries.end());
  if (wanted == IndexKind::kHnsw) {
    VITRINE_TRY_ASSIGN(
        auto graph, BuildHnsw(table, &live, {.recall = policy.recall, .sample_queries = std::move(samples)}));
    VITRINE_TRY(SaveHnsw(*graph, FileIdentityOf(identity), path));
    return Describe(std::move(graph));
  }
  InvertedOptions options;
  options.lists =
      wanted == IndexKind::kIvf ? ListsFor(static_cast<RowId>(live.CountBelow(table->row_count()))) : 1;
  options.recall = policy.recall;
  options.sample_queries = std::move(samples);
  options.anchor.assign(anchor.begin(), anchor.end());
  VITRINE_TRY_ASSIGN(auto lists, BuildInverted(table, &live, options));
  VITRINE_TRY(SaveInverted(*lists, FileIdentityOf(identity), path));
  return Describe(std::move(lists));
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> OpenIndex(const SegmentIdentity& identity,
                                               std::shared_ptr<const RowTable> table,
                                               const IndexPolicy& policy, VectorIndexReport* report) {
  VITRINE_TRY(Check(identity, *table, policy));
  VectorIndexReport ignored;
  VectorIndexReport& said = report != nullptr ? *report : ignored;
  const IndexKind wanted = ChooseKind(policy, table->row_count(), table->dimension());
  if (wanted == IndexKind::kExact) {
    said = ReportOfExact(*table, "");
    return std::unique_ptr<VectorIndex>(std::make_unique<ExactScan>(std::move(table)));
  }
  auto found = OpenFile(identity, table, policy, wanted);
  if (!found) {
    const bool missing = found.error().code() == Code::kNotFound;
    said = ReportOfExact(
        *table, missing ? "there is no index yet, so all rows are scanned"
                        : found.error().message() + "; all rows are scanned until it is built again");
    return std::unique_ptr<VectorIndex>(std::make_unique<ExactScan>(std::move(table)));
  }
  const bool as_wanted = IsOfKind(*found, wanted);
  said = ReportOf(*found, *table,
                  as_wanted ? "" : "the index will be built again as " + std::string(NameOf(wanted)));
  return std::unique_ptr<VectorIndex>(
      std::make_unique<LayeredIndex>(std::move(found->index), std::move(table)));
}

Result<VectorIndexReport> PublishIndex(const SegmentIdentity& identity,
                                       const std::shared_ptr<const RowTable>& table, const RowSet& live,
                                       const IndexPolicy& policy, std::span<const float> sample_queries,
                                       std::span<const float> anchor, bool force) {
  VITRINE_TRY(Check(identity, *table, policy));
  const IndexKind wanted = ChooseKind(policy, table->row_count(), table->dimension());
  if (wanted == IndexKind::kExact || live.CountBelow(table->row_count()) == 0) {
    RemoveOthers(identity.folder, kPrefix, {kSuffix, kPartSuffix}, "");
    return ReportOfExact(*table, "");
  }
  auto found = OpenFile(identity, table, policy, wanted);
  const std::string reason = force ? "it was asked for" : ReasonToBuild(found, wanted, *table, live);
  if (reason.empty()) {
    RemoveOthers(identity.folder, kPrefix, {kSuffix, kPartSuffix},
                 FileOfGeneration(kPrefix, identity.generation, kSuffix));
    return ReportOf(*found, *table, "");
  }
  VITRINE_TRY(MakeFolders(identity.folder));
  const auto start = std::chrono::steady_clock::now();
  VITRINE_TRY_ASSIGN(const Structure built,
                     BuildAndSave(identity, table, live, policy, wanted, sample_queries, anchor));
  RemoveOthers(identity.folder, kPrefix, {kSuffix, kPartSuffix},
               FileOfGeneration(kPrefix, identity.generation, kSuffix));
  VectorIndexReport report = ReportOf(built, *table, "built because " + reason);
  report.build_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.built = true;
  return report;
}

}  // namespace vitrine
