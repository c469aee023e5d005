#include "engine/snapshot_query.h"

#include <string>
#include <vector>

#include "base/try.h"

namespace vitrine {
namespace {

Result<std::vector<float>> VectorOfAsset(AssetId asset, const Snapshot& snapshot) {
  VITRINE_TRY_ASSIGN(const auto row, snapshot.catalog->RowOf(snapshot.space().id, asset));
  if (!row || *row >= snapshot.rows->row_count()) {
    return Error(Code::kNotFound,
                 "there is no picture of id " + std::to_string(static_cast<std::int64_t>(asset)));
  }
  VITRINE_TRY(snapshot.rows->Verify(*row, *row + 1));
  return snapshot.rows->Vector(*row);
}

}  // namespace

Result<PreparedQuery> PrepareQueryIn(const Snapshot& snapshot, const Query& query, LazyDecoder& decoder) {
  return PrepareQuery(query, {.model = *snapshot.model,
                              .decoder = decoder,
                              .asset_at = [&](const PathBytes& path) -> Result<std::optional<AssetId>> {
                                VITRINE_TRY_ASSIGN(const std::optional<KnownFile> known,
                                                   snapshot.catalog->FileAt(path));
                                return known ? known->asset : std::nullopt;
                              },
                              .asset_of_content =
                                  [&](const Sha256Digest& content) {
                                    return snapshot.catalog->AssetByContent(content, snapshot.space().id);
                                  },
                              .vector_of = [&](AssetId asset) { return VectorOfAsset(asset, snapshot); }});
}

}  // namespace vitrine
