#include "engine/tag_pictures.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/try.h"

namespace vitrine {
namespace {

constexpr std::size_t kBatch = 1024;

class SnapshotPictures final : public TagPictures {
 public:
  explicit SnapshotPictures(const Snapshot& snapshot) : snapshot_(snapshot) {}

  Result<std::shared_ptr<Embedder>> Model() override { return snapshot_.model; }
  Annotations& said() override { return snapshot_.catalog->annotations(); }
  Result<Matrix> Sample(std::size_t most) override {
    return SampleVectors(*snapshot_.rows, snapshot_.live, most);
  }
  Result<std::vector<PlacedPicture>> At(const PathBytes& path) override { return KnownIn(snapshot_)(path); }

  Result<Matrix> VectorsOf(std::span<const AssetId> pictures) override {
    VITRINE_TRY_ASSIGN(const std::vector<RowId> rows, RowsOfPictures(pictures));
    Matrix vectors(rows.size(), snapshot_.rows->dimension());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(snapshot_.rows->Vector(rows[i]), vectors.row(i).begin());
    }
    return vectors;
  }

  Status ForEach(const TagSubjects& subjects, const BatchVisit& visit) override {
    std::vector<RowId> rows;
    if (subjects.all) {
      rows = RowsOf(snapshot_.live, snapshot_.rows->row_count());
    } else {
      VITRINE_TRY_ASSIGN(rows, RowsOfPictures(subjects.pictures));
    }
    for (std::size_t first = 0; first < rows.size(); first += kBatch) {
      const auto some = std::span(rows).subspan(first, std::min(kBatch, rows.size() - first));
      const auto pictures = [&](std::span<const RowId> which) { return PicturesOfRows(which); };
      VITRINE_TRY_ASSIGN(const bool goes_on,
                         visit({.table = *snapshot_.rows, .rows = some, .pictures = pictures}));
      if (!goes_on) return {};
    }
    return {};
  }

 private:
  const std::string& space() const { return snapshot_.space().id; }

  Result<std::vector<RowId>> RowsOfPictures(std::span<const AssetId> pictures) const {
    std::vector<RowId> rows;
    for (const AssetId picture : pictures) {
      VITRINE_TRY_ASSIGN(const std::optional<RowId> row, snapshot_.catalog->RowOf(space(), picture));
      if (row && *row < snapshot_.rows->row_count()) rows.push_back(*row);
    }
    return rows;
  }

  Result<std::vector<PlacedPicture>> PicturesOfRows(std::span<const RowId> rows) const {
    VITRINE_TRY_ASSIGN(auto assets, snapshot_.catalog->AssetsOfRows(space(), rows));
    std::vector<PlacedPicture> pictures(rows.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (next == assets.size() || assets[next].first != rows[i]) continue;
      AssetRecord& asset = assets[next++].second;
      pictures[i] = {.id = asset.id, .paths = std::move(asset.paths)};
    }
    return pictures;
  }

  const Snapshot& snapshot_;
};

}  // namespace

std::unique_ptr<TagPictures> PicturesIn(const Snapshot& snapshot) {
  return std::make_unique<SnapshotPictures>(snapshot);
}

Matrix SampleVectors(const RowTable& table, const RowSet& from, std::size_t most) {
  const std::vector<RowId> rows = RowsOf(from, table.row_count());
  const std::size_t count = std::min(most, rows.size());
  Matrix sample(count, table.dimension());
  for (std::size_t i = 0; i < count; ++i) {
    std::ranges::copy(table.Vector(rows[i * rows.size() / count]), sample.row(i).begin());
  }
  return sample;
}

}  // namespace vitrine
