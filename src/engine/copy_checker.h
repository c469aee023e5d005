// Looks at the pictures behind proposed pairs: thumbnails are decoded in the sandbox and laid over one
// another.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/copy_pictures.h"
#include "image/align.h"
#include "image/decoder.h"
#include "query/duplicates.h"
#include "vitrine/result.h"

namespace vitrine {

/// What a check works with; all of it outlives the checker.
struct CopyCheckRooms {
  CopyPicturesOf pictures;
  Decoder& decoder;
  std::string thumbs_folder;  ///< Of thumbnails; what has none there is looked at in its file.
  std::size_t threads = 1;
};

/// Not thread-safe; uses several threads itself. Memory: at most some 400 MB of pictures' shapes.
class CopyChecker {
 public:
  static constexpr std::size_t kPairsAtOnce = 256;  ///< What a call may well be given.

  explicit CopyChecker(const CopyCheckRooms& rooms) : rooms_(rooms) {}

  /// How each pair lies over one another; nothing for those that are not one shot, or cannot be looked at.
  /// Errors: those of the library.
  Result<std::vector<std::optional<Alignment>>> Check(std::span<const ProposedPair> pairs);

  /// Pictures that had neither a thumbnail nor a file.
  std::uint64_t unseen() const { return unseen_; }

 private:
  Status Load(std::span<const ProposedPair> pairs);
  std::unique_ptr<PictureShape> LoadOne(const CopyPicture& picture);

  CopyCheckRooms rooms_;
  std::map<RowId, std::unique_ptr<PictureShape>> shapes_;  // Null for what cannot be looked at.
  std::uint64_t unseen_ = 0;
};

}  // namespace vitrine
