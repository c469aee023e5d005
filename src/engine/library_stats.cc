// The index is measured against the exact scan with two kinds of query, because they are differently hard:
// vectors of the library's own pictures (which are left out of their own answers), and sentences, which lie
// far from all pictures.
#include "engine/library_stats.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/human.h"
#include "base/median.h"
#include "base/try.h"
#include "engine/index_keeper.h"
#include "index/recall.h"

namespace vitrine {
namespace {

constexpr std::size_t kSampled = 128;
constexpr std::size_t kBest = 10;

using Clock = std::chrono::steady_clock;

// Rows at even distances among those that are alive.
std::vector<RowId> SampleRows(const RowSet& live) {
  const std::size_t count = live.Count();
  const std::size_t wanted = std::min(kSampled, count);
  std::vector<RowId> rows;
  std::size_t seen = 0;
  for (RowId row = 0; row < live.size() && rows.size() < wanted; ++row) {
    if (!live.Contains(row)) continue;
    if (seen++ == rows.size() * count / wanted) rows.push_back(row);
  }
  return rows;
}

// The recall of all queries together, and the time of one, asked one by one.
Result<MeasuredSearch> Measure(const Snapshot& snapshot, const Matrix& queries, const RowSet& allowed) {
  MeasuredSearch measured{.queries = queries.rows()};
  if (queries.rows() == 0) return measured;
  std::vector<double> milliseconds;
  for (std::size_t i = 0; i < queries.rows(); ++i) {
    const Clock::time_point start = Clock::now();
    VITRINE_TRY(snapshot.index->Search(queries.row(i), kBest, &allowed));
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  measured.milliseconds = Median(std::move(milliseconds));
  measured.recall = MeasureRecall(*snapshot.index, *snapshot.rows, &allowed, queries.values(), kBest);
  return measured;
}

Status MeasureSearches(const Snapshot& snapshot, Embedder& embedder, LibraryStats& stats) {
  const std::vector<RowId> sample = SampleRows(snapshot.live);
  Matrix own(sample.size(), stats.dimension);
  RowSet others = snapshot.live;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    std::ranges::copy(snapshot.rows->Vector(sample[i]), own.row(i).begin());
    others.Erase(sample[i]);
  }
  VITRINE_TRY_ASSIGN(stats.pictures_search, Measure(snapshot, own, others));
  if (sample.empty()) return {};
  VITRINE_TRY_ASSIGN(const Matrix words, EmbedSampleCaptions(embedder));
  VITRINE_TRY_ASSIGN(stats.texts_search, Measure(snapshot, words, snapshot.live));
  return {};
}

std::string WhyAutomatic(const LibraryStats& stats, IndexKind without_limit) {
  const std::string vectors = Thousands(stats.rows) + (stats.rows == 1 ? " vector" : " vectors");
  if (stats.automatic != without_limit) {
    return vectors + " and the memory allowed; with more memory it would be " +
           std::string(NameOf(without_limit));
  }
  switch (stats.automatic) {
    case IndexKind::kExact:
      if (stats.policy.recall >= 1) return "a recall of 1 needs every vector to be scored";
      return vectors + ": few enough to score every one";
    case IndexKind::kCompressed:
      return vectors + ": too many to score every one, few enough to look at one bit a dimension of each";
    default:
      return vectors + ": too many to look at each";
  }
}

// What a search reads again and again: the rows of an exact scan, else the structure and the rows that it
// does not hold yet.
std::uint64_t WarmBytes(const Snapshot& snapshot) {
  const std::uint64_t row = snapshot.rows->stride() + sizeof(float);
  const VectorIndexReport& index = snapshot.index_report;
  return index.kind == IndexKind::kExact ? index.rows * row : index.bytes + index.tail * row;
}

}  // namespace

std::uint64_t BytesBelow(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) return std::filesystem::file_size(path, error);
  std::uint64_t bytes = 0;
  std::filesystem::recursive_directory_iterator files(path, error);
  for (; !error && files != std::filesystem::recursive_directory_iterator(); files.increment(error)) {
    std::error_code gone;
    const bool is_file = files->is_regular_file(gone);
    const std::uintmax_t size = is_file ? files->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

std::uint64_t CatalogBytes(const std::string& library_folder) {
  const std::string database = JoinPath(library_folder, "catalog.sqlite");
  return BytesBelow(database) + BytesBelow(database + "-wal");
}

Result<LibraryStats> MeasureLibrary(const std::string& library_folder, const Snapshot& snapshot,
                                    Embedder& embedder, VectorObserver* observer) {
  LibraryStats stats;
  stats.dimension = embedder.space().dimension;
  stats.rows = snapshot.rows->row_count();
  stats.pictures = snapshot.live.Count();
  stats.dead_rows = stats.rows - stats.pictures;
  stats.policy = snapshot.policy;
  stats.index = ToPublic(snapshot.index_report);
  if (stats.index.kind != IndexKind::kExact) {
    VITRINE_TRY_ASSIGN(stats.index.build_seconds, RememberedBuildSeconds(*snapshot.catalog));
  }
  IndexPolicy automatic = snapshot.policy;
  automatic.kind = IndexKind::kAuto;
  const auto rows = static_cast<RowId>(stats.rows);
  stats.automatic = ChooseKind(automatic, rows, stats.dimension);
  automatic.memory_bytes = ~std::uint64_t{0};
  stats.why = WhyAutomatic(stats, ChooseKind(automatic, rows, stats.dimension));
  stats.memory_bytes = WarmBytes(snapshot);
  stats.catalog_bytes = CatalogBytes(library_folder);
  stats.vectors_bytes = BytesBelow(JoinPath(library_folder, "vectors"));
  stats.thumbnails_bytes = BytesBelow(JoinPath(library_folder, "thumbs"));
  if (observer != nullptr) observer->OnStep("measuring searches", 0, 0);
  VITRINE_TRY(MeasureSearches(snapshot, embedder, stats));
  return stats;
}

}  // namespace vitrine
