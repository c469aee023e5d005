// From the content hashes that boards hold to the pictures of a library, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "engine/reader.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe.
class BoardPictures {
 public:
  explicit BoardPictures(std::string library_folder) : reader_(std::move(library_folder)) {}

  /// Errors: kNotFound (there is no library).
  Status NeedLibrary();

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
  /// The accepted tags of each, in order of path.
  Result<std::vector<std::vector<std::string>>> TagsOf(std::span<const AssetRecord> records);
  SharedReader& reader() { return reader_; }

 private:
  SharedReader reader_;
};

}  // namespace vitrine
