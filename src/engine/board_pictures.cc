#include "engine/board_pictures.h"

#include <sys/stat.h>

#include <charconv>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {

std::optional<Sha256Digest> ContentDigest(std::string_view hex) {
  Sha256Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const std::string_view pair = hex.substr(2 * i, 2);
    const auto end = std::from_chars(pair.begin(), pair.end(), digest[i], 16);
    if (end.ec != std::errc{} || end.ptr != pair.end()) return std::nullopt;
  }
  return digest;
}

Result<Catalog*> BoardPictures::Open() {
  struct stat status{};
  if (stat(JoinPath(folder_, "catalog.sqlite").c_str(), &status) != 0) catalog_.reset();
  const bool same = catalog_ && status.st_dev == device_ && status.st_ino == inode_;
  if (same) return catalog_.get();
  catalog_.reset();
  VITRINE_TRY_ASSIGN(catalog_, Catalog::Open(folder_, CatalogMode::kRead));
  device_ = status.st_dev;
  inode_ = status.st_ino;
  return catalog_.get();
}

Result<AssetId> BoardPictures::AssetOf(const std::string& content) {
  const std::optional<Sha256Digest> digest = ContentDigest(content);
  if (!digest) return AssetId{};
  VITRINE_TRY_ASSIGN(Catalog * catalog, Open());
  VITRINE_TRY_ASSIGN(const std::optional<AssetId> asset, catalog->AssetOfContent(*digest));
  return asset.value_or(AssetId{});
}

Result<std::vector<AssetRecord>> BoardPictures::Records(std::span<const AssetId> assets) {
  VITRINE_TRY_ASSIGN(Catalog * catalog, Open());
  return catalog->AssetsOf(assets);
}

Status BoardPictures::Resolve(BoardItem& item) {
  if (item.kind != ItemKind::kPicture) return {};
  if (item.content.empty() && item.asset != AssetId{}) {
    VITRINE_TRY_ASSIGN(const std::vector<AssetRecord> records, Records(std::span(&item.asset, 1)));
    if (records.empty()) {
      return Error(Code::kNotFound, "item " + Quoted(item.id) + ": asset: there is no picture of id " +
                                        std::to_string(static_cast<std::int64_t>(item.asset)));
    }
    item.content = Hex(records.front().content);
    return {};
  }
  VITRINE_TRY_ASSIGN(item.asset, AssetOf(item.content));
  return {};
}

Status BoardPictures::Resolve(std::span<BoardItem> items) {
  for (BoardItem& item : items) VITRINE_TRY(Resolve(item));
  return {};
}

Status BoardPictures::Resolve(std::vector<ItemChange>& changes) {
  for (ItemChange& change : changes) {
    if (change.item) VITRINE_TRY(Resolve(*change.item));
  }
  return {};
}

Status BoardPictures::Resolve(EditResult& result) {
  VITRINE_TRY(Resolve(result.step.changes));
  for (BoardStep& step : result.missed) VITRINE_TRY(Resolve(step.changes));
  return {};
}

}  // namespace vitrine
