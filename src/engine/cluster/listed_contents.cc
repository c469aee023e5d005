#include "engine/cluster/listed_contents.h"

#include <algorithm>

#include "base/try.h"

namespace vitrine {

void ListedContents::Listed(std::uint64_t version, const std::vector<AssetId>& ids) {
  const std::lock_guard lock(mutex_);
  if (version != version_) {
    lists_.clear();
    contents_.clear();
    version_ = version;
  }
  std::erase(lists_, ids);
  lists_.push_front(ids);
  if (lists_.size() > kLists) lists_.pop_back();
}

Result<std::optional<Sha256Digest>> ListedContents::Of(AssetId id) {
  if (const auto known = Known(id)) return known;
  const std::lock_guard asking(asking_);
  if (const auto known = Known(id)) return known;
  const Neighbours around = Around(id);
  if (around.ids.empty()) return std::optional<Sha256Digest>();
  VITRINE_TRY_ASSIGN(const std::vector<Identity> pictures, ask_(around.ids));
  Remember(around.version, pictures);
  return Known(id);
}

std::optional<Sha256Digest> ListedContents::Known(AssetId id) const {
  const std::lock_guard lock(mutex_);
  const auto at = contents_.find(id);
  return at == contents_.end() ? std::nullopt : std::optional(at->second);
}

// The screen that it is on and the next ones.
ListedContents::Neighbours ListedContents::Around(AssetId id) const {
  const std::lock_guard lock(mutex_);
  for (const std::vector<AssetId>& list : lists_) {
    const auto at = static_cast<std::size_t>(std::ranges::find(list, id) - list.begin());
    if (at == list.size()) continue;
    const auto about = std::span(list).subspan(at / kTogether * kTogether);
    const auto some = about.first(std::min(kTogether, about.size()));
    return {.version = version_, .ids = {some.begin(), some.end()}};
  }
  return {};
}

void ListedContents::Remember(std::uint64_t version, std::span<const Identity> pictures) {
  const std::lock_guard lock(mutex_);
  if (version != version_) return;
  if (contents_.size() + pictures.size() > most_) contents_.clear();
  for (const Identity& picture : pictures) contents_.insert_or_assign(picture.first, picture.second);
}

}  // namespace vitrine
