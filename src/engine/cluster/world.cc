#include "engine/cluster/world.h"

#include <algorithm>

#include "base/oklab.h"
#include "base/try.h"
#include "query/fact_rows.h"

namespace vitrine {
namespace {

std::shared_ptr<LibraryFacts> FactsOf(const std::vector<AssetRecord>& assets) {
  auto table = std::make_shared<FactTable>();
  table->row_count = static_cast<RowId>(assets.size());
  for (const AssetRecord& asset : assets) {
    const std::optional<std::string>& taken_at = asset.info.facts.taken_at;
    table->assets.push_back(asset.id);
    table->taken_at_s.push_back(taken_at ? LocalSeconds(*taken_at) : FactTable::kNoTime);
    table->hashes.push_back(asset.sketch.hash);
    for (const Swatch& swatch : asset.sketch.palette) table->palette.values.push_back(swatch);
    table->palette.starts.push_back(static_cast<std::uint32_t>(table->palette.values.size()));
  }
  auto facts = std::make_shared<LibraryFacts>();
  for (const Swatch& swatch : table->palette.values)
    facts->derived.colors.push_back(ToOkLab(swatch.red, swatch.green, swatch.blue));
  facts->table = std::move(table);
  return facts;
}

}  // namespace

ClusterWorld::ClusterWorld(std::span<const cluster::WayFound> found, std::size_t dimension,
                           std::size_t depth) {
  std::map<AssetId, const cluster::Proposed*> by_id;
  for (const cluster::WayFound& way : found) {
    for (const cluster::Proposed& proposed : way.nearest) by_id.emplace(proposed.picture.asset.id, &proposed);
    for (const cluster::Proposed& proposed : way.worded) by_id.emplace(proposed.picture.asset.id, &proposed);
  }
  EncodedRows rows{.dimension = dimension};
  for (const auto& [id, proposed] : by_id) {
    row_of_.emplace(id, static_cast<RowId>(assets_.size()));
    assets_.push_back(proposed->picture.asset);
    rows.Append(proposed->picture.vector, 0, 1);
  }
  live_ = RowSet(assets_.size(), true);
  facts_ = FactsOf(assets_);
  index_ = std::make_unique<ProposedIndex>(IndexInMemory(rows), depth);
}

Status ClusterWorld::Fill(Way& way, const cluster::WayFound& found, const CountedWay& counted,
                          const VectorIndex& sample) const {
  way.filtered = true;
  way.allowed = RowSet(assets_.size());
  way.allowed_count = counted.allowed;
  way.colors = FitOfColors(*facts_, counted.asked.colors);
  RowSet near(assets_.size());
  for (const cluster::Proposed& proposed : found.nearest) near.Insert(RowOf(proposed));
  way.allowed.UniteWith(near);
  if (way.meaning.empty()) {
    for (const cluster::Proposed& proposed : found.worded) way.allowed.Insert(RowOf(proposed));
    return {};
  }
  for (std::size_t i = 0; i < counted.words.size(); ++i) {
    way.words.words.push_back({counted.words[i], counted.weights[i], RowSet(assets_.size())});
  }
  if (!counted.words.empty()) way.words.by_row.resize(assets_.size());
  const auto hold = [&](const cluster::Proposed& proposed) {
    const RowId row = RowOf(proposed);
    way.allowed.Insert(row);
    float sum = 0;
    bool holds = false;
    for (const std::size_t word : proposed.words) {
      if (word >= counted.words.size()) continue;  // The cluster says what was not asked.
      holds = true;
      way.words.words[word].rows.Insert(row);
      sum += static_cast<float>(counted.weights[word]);
    }
    if (holds) way.words.by_row[row] = counted.worth.EvidenceOf(sum);
  };
  for (const cluster::Proposed& proposed : found.nearest) hold(proposed);
  for (const cluster::Proposed& proposed : found.worded) hold(proposed);
  JoinExtra(way);
  const std::size_t nearest = std::max<std::size_t>(near.Count(), 1);
  VITRINE_TRY_ASSIGN(auto scored, index_->Search(way.meaning, nearest, &near));
  way.nearest = std::move(scored.front());
  VITRINE_TRY_ASSIGN(const auto scores, sample.Search(way.meaning, kSampleRows, nullptr));
  Shape(way, scores.front());
  return {};
}

AnswerRooms ClusterWorld::Rooms(Embedder& embedder, std::uint64_t pictures) const {
  return {
      .embedder = embedder,
      .index = *index_,
      .live = live_,
      .pictures = pictures,
      .facts = [this]() -> Result<std::shared_ptr<const LibraryFacts>> {
        return std::shared_ptr<const LibraryFacts>(facts_);
      },
      .assets = [this](std::span<const RowId> rows) -> Result<std::vector<std::pair<RowId, AssetRecord>>> {
        std::vector<std::pair<RowId, AssetRecord>> found;
        for (const RowId row : rows) found.emplace_back(row, assets_[row]);
        return found;
      }};
}

}  // namespace vitrine
