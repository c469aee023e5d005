// Timelines that were listed last, for as long as nothing changes on the cluster.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "vitrine/gallery.h"

namespace vitrine {

/// What a page opens with and comes back to. Some 20 bytes a picture. Thread-safe.
class KeptTimelines {
 public:
  static constexpr std::size_t kMost = 4;

  /// @param asked  what makes a timeline another one, as text: its filter and order.
  std::optional<Listing> Find(std::uint64_t version, const std::string& asked) const {
    const std::lock_guard lock(mutex_);
    const auto same = [&](const Kept& kept) {
      return kept.listing.version == version && kept.asked == asked;
    };
    const auto at = std::ranges::find_if(kept_, same);
    return at == kept_.end() ? std::nullopt : std::optional(at->listing);
  }

  /// In place of the one kept longest, and of all of another version.
  void Keep(const std::string& asked, const Listing& listing) {
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const Kept& kept) {
      return kept.listing.version != listing.version || kept.asked == asked;
    });
    kept_.push_front({.asked = asked, .listing = listing});
    if (kept_.size() > kMost) kept_.pop_back();
  }

 private:
  struct Kept {
    std::string asked;
    Listing listing;
  };
  mutable std::mutex mutex_;
  std::deque<Kept> kept_;  // Newest first.
};

}  // namespace vitrine
