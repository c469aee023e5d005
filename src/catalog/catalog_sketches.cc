#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/try.h"
#include "catalog/sketch_code.h"
#include "catalog/sqlite_catalog.h"

namespace vitrine {
namespace {

constexpr std::size_t kSwatchBytes = 5;
constexpr float kShareUnits = 65535;

}  // namespace

std::string EncodePalette(const std::vector<Swatch>& palette) {
  std::string bytes;
  for (const Swatch& swatch : palette) {
    if (bytes.size() == kMaxSwatches * kSwatchBytes) break;
    const float share = swatch.share > 0 ? std::min(swatch.share, 1.0F) : 0.0F;
    const auto units = static_cast<std::uint32_t>(std::lround(share * kShareUnits));
    for (const std::uint32_t byte : {std::uint32_t{swatch.red}, std::uint32_t{swatch.green},
                                     std::uint32_t{swatch.blue}, units >> 8, units & 0xff}) {
      bytes += static_cast<char>(byte);
    }
  }
  return bytes;
}

std::size_t DecodePalette(std::string_view bytes, std::vector<Swatch>& palette) {
  const std::size_t count = std::min(bytes.size() / kSwatchBytes, kMaxSwatches);
  for (std::size_t i = 0; i < count; ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[i * kSwatchBytes + at]); };
    const auto units = static_cast<float>(byte(3) * 256 + byte(4));
    palette.push_back({.red = byte(0), .green = byte(1), .blue = byte(2), .share = units / kShareUnits});
  }
  return count;
}

Result<std::vector<SketchDue>> SqliteCatalog::AssetsWithoutSketch(std::size_t limit, AssetId after) {
  std::vector<SketchDue> due;
  Statement query = db_.Ask(
      "SELECT id, content FROM asset INDEXED BY asset_unsketched "
      "WHERE palette IS NULL AND id > ? AND paths > 0 ORDER BY id",
      static_cast<std::int64_t>(after));
  while (due.size() < limit) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) break;
    VITRINE_TRY_ASSIGN(const Sha256Digest content, DigestOf(query.Bytes(1)));
    due.push_back({.asset = AssetId{query.Int(0)}, .content = content});
  }
  return due;
}

Status StoreSketch(Database& db, AssetId asset, const Sketch& sketch) {
  const std::string palette = EncodePalette(sketch.palette);
  const float sharpness = std::isfinite(sketch.sharpness) ? std::max(sketch.sharpness, 0.0F) : 0.0F;
  return db
      .Ask("UPDATE asset SET palette = ?, hash = ?, sharpness = ? WHERE id = ?", Blob{palette},
           static_cast<std::int64_t>(sketch.hash), static_cast<double>(sharpness),
           static_cast<std::int64_t>(asset))
      .Run();
}

Status SqliteCatalog::StoreSketches(std::span<const std::pair<AssetId, Sketch>> sketches) {
  if (sketches.empty()) return {};
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  for (const auto& [asset, sketch] : sketches) VITRINE_TRY(StoreSketch(db_, asset, sketch));
  return transaction.Commit();
}

}  // namespace vitrine
