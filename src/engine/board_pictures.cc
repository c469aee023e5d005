#include "engine/board_pictures.h"

#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {

Status BoardPictures::NeedLibrary() {
  return reader_.With([](Catalog&) { return Status(); });
}

Result<AssetId> BoardPictures::AssetOf(const std::string& content) {
  const std::optional<Sha256Digest> digest = DigestFromHex(content);
  if (!digest) return AssetId{};
  VITRINE_TRY_ASSIGN(const std::optional<AssetId> asset,
                     reader_.With([&](Catalog& catalog) { return catalog.AssetOfContent(*digest); }));
  return asset.value_or(AssetId{});
}

Result<std::vector<AssetRecord>> BoardPictures::Records(std::span<const AssetId> assets) {
  return reader_.With([&](Catalog& catalog) { return catalog.AssetsOf(assets); });
}

Result<std::vector<std::vector<std::string>>> BoardPictures::TagsOf(std::span<const AssetRecord> records) {
  using Tags = std::vector<std::vector<std::string>>;
  return reader_.With([&](Catalog& catalog) -> Result<Tags> {
    Tags tags(records.size());
    for (std::size_t i = 0; i < tags.size(); ++i) {
      VITRINE_TRY_ASSIGN(const std::vector<AssetTag> marks, catalog.annotations().TagsOf(records[i].id));
      for (const AssetTag& tag : marks) {
        if (tag.mark.state == TagState::kAccepted) tags[i].push_back(tag.path);
      }
    }
    return tags;
  });
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
