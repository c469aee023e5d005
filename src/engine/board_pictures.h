// From the content hashes that boards hold to the pictures of a library, and back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// 64 hexadecimal digits as bytes; none for anything else.
std::optional<Sha256Digest> ContentDigest(std::string_view hex);

/// Keeps a catalog open for reading and opens it anew when another file lies at its path. Not thread-safe.
class BoardPictures {
 public:
  explicit BoardPictures(std::string folder) : folder_(std::move(folder)) {}

  /// Fills in what an item lacks: the asset of a content, the content of an asset. A content that the library
  /// does not know leaves asset 0. Errors: kNotFound (no library; an asset without content that the library
  /// does not know).
  Status Resolve(BoardItem& item);
  Status Resolve(std::span<BoardItem> items);
  Status Resolve(std::vector<ItemChange>& changes);
  Status Resolve(EditResult& result);
  /// The asset of a content; 0 where it is not known.
  Result<AssetId> AssetOf(const std::string& content);
  /// The living pictures among these, in that order.
  Result<std::vector<AssetRecord>> Records(std::span<const AssetId> assets);
  /// The catalog, for questions about assets alone: never about rows. Errors: kNotFound (no library).
  Result<Catalog*> Open();

 private:
  const std::string folder_;
  std::unique_ptr<Catalog> catalog_;
  std::uint64_t device_ = 0, inode_ = 0;
};

}  // namespace vitrine
