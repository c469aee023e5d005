// The pictures of a library as boards are drawn and exported from them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "boards/picture_source.h"
#include "catalog/catalog.h"
#include "engine/lazy_decoder.h"
#include "engine/originals.h"
#include "engine/renditions.h"

namespace vitrine {

/// What a library knows of a picture that lies on a board.
struct KnownPicture {
  AssetRecord record;  ///< Without paths where its files are gone.
  std::string caption;
};

/// Where such pictures come from; all of it thread-safe.
struct BoardPictureRooms {
  /// None where the library does not know the content.
  std::function<Result<std::optional<KnownPicture>>(const Sha256Digest&)> known;
  RenditionSources files;
  std::string thumbs_folder;
};

/// Thread-safe.
class LibraryPictureSource final : public PictureSource {
 public:
  /// @param decoder  outlives this.
  LibraryPictureSource(BoardPictureRooms rooms, LazyDecoder& decoder)
      : rooms_(std::move(rooms)),
        decoder_(decoder),
        renditions_(rooms_.thumbs_folder, rooms_.files, decoder) {}

  Result<SourcePicture> Describe(const std::string& content) override;
  Result<UniqueFd> OpenOriginal(const std::string& content) override;
  Result<RgbImage> Pixels(const std::string& content, std::int32_t min_edge_px) override;
  Result<std::string> Jpeg(const std::string& content, std::int32_t edge_px) override;

 private:
  Result<KnownPicture> Known(const std::string& content);
  Result<RgbImage> Decoded(UniqueFd file, std::int32_t min_edge_px);

  const BoardPictureRooms rooms_;
  LazyDecoder& decoder_;
  Renditions renditions_;
};

}  // namespace vitrine
