// The graph in its file (docs/formats/index.md), kind 2:
//
//   shape   RawShape, the rows of each level above the base (uint32), the measured points (RawPoint)
//   upper   for each level above the base, the lowest first: its rows (uint32), then their links
//   base    the base's links as they are searched: [covered, kBaseLinks] row numbers (uint32)
//
// Shape and upper levels are small and are checked and read when the file is opened. Base links are used as
// they are mapped, each after its checksum, and each only when it names a covered row (hnsw_graph.cc).
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/try.h"
#include "index/hnsw_index.h"

namespace vitrine {
namespace {

struct RawShape {
  std::uint32_t entries;
  std::uint32_t entry;
  std::uint32_t base_links;
  std::uint32_t upper_links;
  std::uint32_t levels;
  std::uint32_t points;
};
static_assert(sizeof(RawShape) == 24);

struct RawPoint {
  std::uint32_t expansion;
  float scored;
  float recall;
};
static_assert(sizeof(RawPoint) == 12);

constexpr std::size_t kMostLevels = 32;
constexpr std::size_t kMostPoints = 64;

Error Nonsense() { return Error(Code::kCorrupt, "the graph of the index makes no sense"); }

/// Takes values off the front of a section.
class Input {
 public:
  explicit Input(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// False when there are fewer left.
  template <typename T>
  bool Take(std::size_t count, std::vector<T>& values) {
    if (count > bytes_.size() / sizeof(T)) return false;
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data(), count * sizeof(T));
    bytes_ = bytes_.subspan(count * sizeof(T));
    return true;
  }

  bool done() const { return bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
};

bool IsSound(const RawPoint& point) {
  return point.expansion > 0 && std::isfinite(point.scored) && point.scored >= 0 && point.recall >= 0 &&
         point.recall <= 1;
}

/// What the section `shape` says, once it was found to make sense.
struct Shape {
  RawShape raw;
  std::vector<std::uint32_t> level_rows;
  std::vector<HnswPoint> curve;
};

Result<Shape> ReadShape(std::span<const std::byte> bytes, RowId covered) {
  Input input(bytes);
  std::vector<RawShape> raw;
  if (!input.Take(1, raw)) return Nonsense();
  Shape shape{raw[0], {}, {}};
  const bool empty = shape.raw.entries == 0;
  const bool sound = shape.raw.entries <= covered && shape.raw.base_links == kBaseLinks &&
                     shape.raw.upper_links == kUpperLinks && shape.raw.levels <= kMostLevels &&
                     shape.raw.points > 0 && shape.raw.points <= kMostPoints &&
                     (empty ? shape.raw.entry == kNoRow : shape.raw.entry < covered);
  std::vector<RawPoint> points;
  if (!sound || !input.Take(shape.raw.levels, shape.level_rows) || !input.Take(shape.raw.points, points) ||
      !input.done()) {
    return Nonsense();
  }
  for (const RawPoint& point : points) {
    if (!IsSound(point)) return Nonsense();
    shape.curve.push_back({point.expansion, point.scored, point.recall});
  }
  return shape;
}

Result<std::vector<GraphLevel>> ReadLevels(std::span<const std::byte> bytes, const Shape& shape,
                                           RowId covered) {
  Input input(bytes);
  std::vector<GraphLevel> levels(shape.level_rows.size());
  const auto exists = [&](RowId row) { return row == kNoRow || row < covered; };
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::size_t rows = shape.level_rows[i];
    GraphLevel& level = levels[i];
    if (!input.Take(rows, level.rows) || !input.Take(rows * kUpperLinks, level.links) ||
        !std::is_sorted(level.rows.begin(), level.rows.end()) ||
        !std::all_of(level.links.begin(), level.links.end(), exists)) {
      return Nonsense();
    }
  }
  if (!input.done()) return Nonsense();
  return levels;
}

template <typename T>
std::span<const std::byte> BytesOf(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

}  // namespace

Status SaveHnsw(const HnswIndex& index, const IndexFileIdentity& identity, const std::string& path) {
  const HnswGraph& graph = index.graph();
  const std::span<const RowId> base(graph.base, std::size_t{graph.covered} * kBaseLinks);
  if (graph.file) VITRINE_TRY(graph.file->Verify(std::as_bytes(base)));
  const RawShape shape{graph.entries,
                       graph.entry,
                       kBaseLinks,
                       kUpperLinks,
                       static_cast<std::uint32_t>(graph.levels.size()),
                       static_cast<std::uint32_t>(index.curve().size())};
  std::vector<std::uint32_t> level_rows;
  IndexSection upper{"upper", {}};
  for (const GraphLevel& level : graph.levels) {
    level_rows.push_back(static_cast<std::uint32_t>(level.rows.size()));
    upper.pieces.push_back(BytesOf(level.rows));
    upper.pieces.push_back(BytesOf(level.links));
  }
  std::vector<RawPoint> points;
  for (const HnswPoint& point : index.curve())
    points.push_back({point.expansion, point.scored, point.recall});
  const std::vector<IndexSection> sections = {
      {"shape", {std::as_bytes(std::span(&shape, 1)), BytesOf(level_rows), BytesOf(points)}},
      std::move(upper),
      {"base", {std::as_bytes(base)}}};
  return WriteIndexFile(path, IndexFileKind::kHnsw, identity, index.table(), graph.covered, sections);
}

Result<std::unique_ptr<HnswIndex>> OpenHnsw(const std::string& path, const IndexFileIdentity& identity,
                                            std::shared_ptr<const RowTable> table,
                                            const HnswOpenOptions& options) {
  VITRINE_TRY_ASSIGN(std::shared_ptr<const IndexFile> file,
                     IndexFile::Open(path, IndexFileKind::kHnsw, identity, *table));
  HnswGraph graph;
  graph.covered = file->covered();
  VITRINE_TRY_ASSIGN(const auto shape_bytes, file->Section("shape"));
  VITRINE_TRY_ASSIGN(Shape shape, ReadShape(shape_bytes, graph.covered));
  VITRINE_TRY_ASSIGN(const auto upper, file->Section("upper"));
  VITRINE_TRY_ASSIGN(graph.levels, ReadLevels(upper, shape, graph.covered));
  VITRINE_TRY_ASSIGN(const auto base, file->UncheckedSection("base"));
  if (base.size() != std::size_t{graph.covered} * kBaseLinks * sizeof(RowId)) return Nonsense();
  graph.entries = shape.raw.entries;
  graph.entry = shape.raw.entry;
  graph.base = reinterpret_cast<const RowId*>(base.data());
  graph.owner = file;
  graph.file = std::move(file);
  return std::make_unique<HnswIndex>(std::move(table), std::make_shared<const HnswGraph>(std::move(graph)),
                                     std::move(shape.curve), options.recall, options.threads);
}

}  // namespace vitrine
