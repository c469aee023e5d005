// The sections of a published inverted index (docs/formats/index.md). Everything but the blocks is checked
// when the file is opened; blocks are when a search first reads them.
#include <cmath>
#include <cstring>

#include "base/try.h"
#include "index/inverted_index.h"
#include "index/inverted_lists.h"

namespace vitrine {
namespace {

constexpr char kSettings[] = "settings";
constexpr char kCurve[] = "curve";
constexpr char kAnchor[] = "anchor";
constexpr char kCentroids[] = "centroids";
constexpr char kScales[] = "scales";
constexpr char kCounts[] = "counts";
constexpr char kBlocks[] = "blocks";

struct RawSettings {
  std::uint32_t query_bits;
  std::uint32_t lists;
  std::uint64_t blocks;
};
static_assert(sizeof(RawSettings) == 16);
static_assert(sizeof(RecallPoint) == 16);

constexpr std::size_t kMostLists = std::size_t{1} << 24;
constexpr std::size_t kMostPoints = 64;

template <typename T>
std::span<const std::byte> BytesOf(const std::vector<T>& items) {
  return std::as_bytes(std::span(items));
}

Error Unsound(const std::string& path) {
  return Error(Code::kCorrupt, "the search index \"" + path + "\" has parts that do not fit each other");
}

/// A checked section as items. Errors: kCorrupt (its length is no multiple of an item's, or not `count` of
/// them).
template <typename T>
Result<std::vector<T>> ItemsOf(const IndexFile& file, const char* name, std::size_t least, std::size_t most,
                               const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::span<const std::byte> bytes, file.Section(name));
  const std::size_t count = bytes.size() / sizeof(T);
  if (bytes.size() % sizeof(T) != 0 || count < least || count > most) return Unsound(path);
  std::vector<T> items(count);
  if (count > 0) std::memcpy(items.data(), bytes.data(), bytes.size());
  return items;
}

bool AllFinite(std::span<const float> numbers) {
  for (const float x : numbers) {
    if (!std::isfinite(x)) return false;
  }
  return true;
}

Status ReadCentroids(const IndexFile& file, const std::string& path, std::size_t count, const RowTable& table,
                     InvertedLists& lists) {
  const std::size_t bytes = count * table.stride();
  lists.centroids.dimension = table.dimension();
  lists.centroids.stride = table.stride();
  VITRINE_TRY_ASSIGN(lists.centroids.codes, ItemsOf<std::int8_t>(file, kCentroids, bytes, bytes, path));
  VITRINE_TRY_ASSIGN(lists.centroids.scales, ItemsOf<float>(file, kScales, count, count, path));
  return AllFinite(lists.centroids.scales) ? Status() : Unsound(path);
}

Result<std::shared_ptr<InvertedLists>> ReadLists(const std::string& path,
                                                 const std::shared_ptr<const IndexFile>& file,
                                                 const RowTable& table) {
  auto lists = std::make_shared<InvertedLists>();
  lists->dimension = table.dimension();
  lists->covered = file->covered();
  VITRINE_TRY_ASSIGN(const auto settings, ItemsOf<RawSettings>(*file, kSettings, 1, 1, path));
  const RawSettings& raw = settings.front();
  if (raw.query_bits < kLeastPlanes || raw.query_bits > kMostPlanes || raw.lists == 0 ||
      raw.lists > kMostLists) {
    return Unsound(path);
  }
  lists->query_bits = raw.query_bits;
  VITRINE_TRY_ASSIGN(lists->curve, ItemsOf<RecallPoint>(*file, kCurve, 1, kMostPoints, path));
  for (const RecallPoint& point : lists->curve) {
    if (point.probes == 0 || point.probes_100 < point.probes || point.rescored == 0 ||
        !(point.recall >= 0 && point.recall <= 1))
      return Unsound(path);
  }
  VITRINE_TRY_ASSIGN(lists->anchor,
                     ItemsOf<float>(*file, kAnchor, table.dimension(), table.dimension(), path));
  if (!AllFinite(lists->anchor)) return Unsound(path);
  VITRINE_TRY_ASSIGN(lists->counts, ItemsOf<std::uint32_t>(*file, kCounts, raw.lists, raw.lists, path));
  lists->first_block.assign(1, 0);
  for (const std::uint32_t count : lists->counts) {
    lists->first_block.push_back(lists->first_block.back() + BlocksFor(count));
  }
  VITRINE_TRY(ReadCentroids(*file, path, raw.lists, table, *lists));
  VITRINE_TRY_ASSIGN(const std::span<const std::byte> blocks, file->UncheckedSection(kBlocks));
  const std::size_t block_bytes = SignLayout(table.dimension()).block_bytes();
  if (lists->entries() > lists->covered || raw.blocks != lists->block_count() ||
      blocks.size() != lists->block_count() * block_bytes) {
    return Unsound(path);
  }
  lists->blocks = blocks.data();
  lists->owner = file;
  lists->file = file;
  return lists;
}

}  // namespace

Status SaveInverted(const InvertedIndex& index, const IndexFileIdentity& identity, const std::string& path) {
  const InvertedLists& lists = *index.data();
  const RowTable& table = index.table();
  const std::size_t block_bytes = SignLayout(table.dimension()).block_bytes();
  const std::span blocks(lists.blocks, lists.block_count() * block_bytes);
  if (lists.file) VITRINE_TRY(lists.file->Verify(blocks));
  const std::vector<RawSettings> settings = {{static_cast<std::uint32_t>(lists.query_bits),
                                              static_cast<std::uint32_t>(lists.lists()),
                                              lists.block_count()}};
  const std::vector<IndexSection> sections = {
      {kSettings, {BytesOf(settings)}},
      {kCurve, {BytesOf(lists.curve)}},
      {kAnchor, {BytesOf(lists.anchor)}},
      {kCounts, {BytesOf(lists.counts)}},
      {kCentroids, {BytesOf(lists.centroids.codes)}},
      {kScales, {BytesOf(lists.centroids.scales)}},
      {kBlocks, {blocks}},
  };
  return WriteIndexFile(path, IndexFileKind::kInverted, identity, table, lists.covered, sections);
}

Result<std::unique_ptr<InvertedIndex>> OpenInverted(const std::string& path,
                                                    const IndexFileIdentity& identity,
                                                    std::shared_ptr<const RowTable> table,
                                                    const InvertedOpenOptions& options) {
  VITRINE_TRY_ASSIGN(const auto file, IndexFile::Open(path, IndexFileKind::kInverted, identity, *table));
  VITRINE_TRY_ASSIGN(auto lists, ReadLists(path, file, *table));
  if (lists->lists() == 1) FetchSoon(file->UncheckedSection(kBlocks).value());  // Each search reads all.
  return std::make_unique<InvertedIndex>(std::move(table), std::move(lists), options.recall, options.threads);
}

}  // namespace vitrine
