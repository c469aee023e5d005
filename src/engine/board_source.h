// The pictures of a library as boards are drawn and exported from them.
#pragma once

#include <string>

#include "boards/picture_source.h"
#include "engine/lazy_decoder.h"
#include "engine/originals.h"
#include "engine/reader.h"
#include "engine/renditions.h"

namespace vitrine {

/// Thread-safe.
class LibraryPictureSource final : public PictureSource {
 public:
  /// @param decoder  outlives this.
  LibraryPictureSource(const std::string& library_folder, LazyDecoder& decoder)
      : thumbs_folder_(JoinPath(library_folder, "thumbs")),
        reader_(library_folder),
        decoder_(decoder),
        renditions_(thumbs_folder_, SourcesIn(reader_), decoder) {}

  Result<SourcePicture> Describe(const std::string& content) override;
  Result<UniqueFd> OpenOriginal(const std::string& content) override;
  Result<RgbImage> Pixels(const std::string& content, std::int32_t min_edge_px) override;
  Result<std::string> Jpeg(const std::string& content, std::int32_t edge_px) override;

 private:
  Result<AssetId> AssetOf(const std::string& content);
  Result<RgbImage> Decoded(UniqueFd file, std::int32_t min_edge_px);

  const std::string thumbs_folder_;
  SharedReader reader_;
  LazyDecoder& decoder_;
  Renditions renditions_;
};

}  // namespace vitrine
