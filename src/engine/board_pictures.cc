#include "engine/board_pictures.h"

#include <map>
#include <string>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

using Items = std::vector<BoardItem*>;

Error NoAsset(const BoardItem& item) {
  return Error(Code::kNotFound, "item " + Quoted(item.id) + ": asset: there is no picture of id " +
                                    std::to_string(static_cast<std::int64_t>(item.asset)));
}

Status FillContents(BoardLibrary& library, const Items& items) {
  std::vector<AssetId> assets;
  for (const BoardItem* item : items) assets.push_back(item->asset);
  VITRINE_TRY_ASSIGN(const std::vector<AssetRecord> records, library.Records(assets));
  std::map<AssetId, const AssetRecord*> known;
  for (const AssetRecord& record : records) known.emplace(record.id, &record);
  for (BoardItem* item : items) {
    const auto record = known.find(item->asset);
    if (record == known.end()) return NoAsset(*item);
    item->content = Hex(record->second->content);
  }
  return {};
}

Status FillAssets(BoardLibrary& library, const Items& items) {
  std::vector<std::string> contents;
  for (const BoardItem* item : items) contents.push_back(item->content);
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> assets, library.AssetsOf(contents));
  for (std::size_t i = 0; i < items.size(); ++i) items[i]->asset = assets[i];
  return {};
}

Status ResolveAll(BoardLibrary& library, const Items& items) {
  Items lack_content, lack_asset;
  for (BoardItem* item : items) {
    if (item->kind != ItemKind::kPicture) continue;
    const bool by_asset = item->content.empty() && item->asset != AssetId{};
    (by_asset ? lack_content : lack_asset).push_back(item);
  }
  if (!lack_content.empty()) VITRINE_TRY(FillContents(library, lack_content));
  if (!lack_asset.empty()) VITRINE_TRY(FillAssets(library, lack_asset));
  return {};
}

void Add(std::vector<ItemChange>& changes, Items& items) {
  for (ItemChange& change : changes) {
    if (change.item) items.push_back(&*change.item);
  }
}

}  // namespace

Status Resolve(BoardLibrary& library, std::span<BoardItem> items) {
  Items all;
  for (BoardItem& item : items) all.push_back(&item);
  return ResolveAll(library, all);
}

Status Resolve(BoardLibrary& library, std::vector<ItemChange>& changes) {
  Items items;
  Add(changes, items);
  return ResolveAll(library, items);
}

Status Resolve(BoardLibrary& library, std::vector<BoardStep>& steps) {
  Items items;
  for (BoardStep& step : steps) Add(step.changes, items);
  return ResolveAll(library, items);
}

Status Resolve(BoardLibrary& library, EditResult& result) {
  Items items;
  Add(result.step.changes, items);
  for (BoardStep& step : result.missed) Add(step.changes, items);
  return ResolveAll(library, items);
}

}  // namespace vitrine
