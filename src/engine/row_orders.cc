#include "engine/row_orders.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/natural_order.h"

namespace vitrine {
namespace {

std::vector<RowId> AllRows(const FactTable& facts) {
  std::vector<RowId> rows(facts.row_count);
  std::iota(rows.begin(), rows.end(), RowId{0});
  return rows;
}

// Equal keys get equal ranks.
std::vector<std::uint32_t> RanksOf(const std::vector<std::string>& keys) {
  std::vector<std::uint32_t> order(keys.size()), ranks(keys.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t x, std::uint32_t y) { return keys[x] < keys[y]; });
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && keys[order[i]] != keys[order[i - 1]]) ++rank;
    ranks[order[i]] = rank;
  }
  return ranks;
}

bool SamePlaces(const ListColumn<PlacedName>& x, const ListColumn<PlacedName>& y) {
  return x.starts == y.starts &&
         std::ranges::equal(x.values, y.values, [](const PlacedName& a, const PlacedName& b) {
           return a.folder == b.folder && a.name_at == b.name_at && a.name_bytes == b.name_bytes;
         });
}

}  // namespace

bool RowOrders::AreSame(const FactTable& x, const FactTable& y) {
  return x.assets == y.assets && x.taken_at_s == y.taken_at_s && x.names == y.names &&
         x.folders == y.folders && SamePlaces(x.places, y.places);
}

// By folder, then by name; a picture with several paths stands where its first one does.
void RowOrders::RankPaths() const {
  if (path_ranks_.size() == facts_->row_count) return;
  std::vector<std::string> folder_keys;
  for (const PathBytes& folder : facts_->folders) folder_keys.push_back(NaturalKey(folder));
  const std::vector<std::uint32_t> folder_ranks = RanksOf(folder_keys);
  std::vector<std::string> name_keys(facts_->row_count);
  std::vector<std::uint32_t> folders(facts_->row_count);
  for (RowId row = 0; row < facts_->row_count; ++row) {
    const auto places = facts_->places.Of(row);
    if (places.empty()) continue;
    name_keys[row] = NaturalKey(facts_->NameOf(places.front()));
    folders[row] = folder_ranks[places.front().folder];
  }
  name_ranks_ = RanksOf(name_keys);
  std::vector<RowId> rows = AllRows(*facts_);
  std::ranges::sort(rows, [&](RowId x, RowId y) {
    if (folders[x] != folders[y]) return folders[x] < folders[y];
    return name_ranks_[x] != name_ranks_[y] ? name_ranks_[x] < name_ranks_[y] : x < y;
  });
  path_ranks_.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) path_ranks_[rows[i]] = static_cast<std::uint32_t>(i);
}

std::vector<RowId> RowOrders::Sorted(Order order) const {
  std::vector<RowId> rows = AllRows(*facts_);
  if (order == Order::kAdded) {
    std::ranges::sort(rows, [&](RowId x, RowId y) { return facts_->assets[x] > facts_->assets[y]; });
    return rows;
  }
  RankPaths();
  const std::vector<std::uint32_t>& path = path_ranks_;
  if (order == Order::kName) {
    std::ranges::sort(rows, [&](RowId x, RowId y) {
      return name_ranks_[x] != name_ranks_[y] ? name_ranks_[x] < name_ranks_[y] : path[x] < path[y];
    });
    return rows;
  }
  const std::vector<std::int64_t>& taken = facts_->taken_at_s;
  const bool newest = order == Order::kNewest;
  std::ranges::sort(rows, [&](RowId x, RowId y) {
    if (taken[x] == taken[y]) return path[x] < path[y];
    if (taken[x] == FactTable::kNoTime || taken[y] == FactTable::kNoTime) return taken[x] > taken[y];
    return newest ? taken[x] > taken[y] : taken[x] < taken[y];
  });
  return rows;
}

std::span<const RowId> RowOrders::In(Order order) const {
  const std::lock_guard lock(mutex_);
  std::vector<RowId>& rows = orders_[static_cast<std::size_t>(order) % orders_.size()];
  if (rows.size() != facts_->row_count) rows = Sorted(order);
  return rows;
}

}  // namespace vitrine
