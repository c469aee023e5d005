#include "engine/preview.h"

#include <utility>

#include "base/file.h"
#include "base/try.h"

namespace vitrine {

Result<Library::Preview> PreviewOfFile(LazyDecoder& decoders, const PathBytes& file, std::int32_t edge_px) {
  VITRINE_TRY_ASSIGN(Decoder * decoder, decoders.Get());
  VITRINE_TRY_ASSIGN(UniqueFd fd, OpenRegularFile(file));
  VITRINE_TRY_ASSIGN(DecodedPicture decoded,
                     decoder->Decode(std::move(fd), {.min_edge_px = edge_px, .thumbnail_edge_px = 0}));
  return Library::Preview{.width_px = decoded.picture.width_px,
                          .height_px = decoded.picture.height_px,
                          .rgb = std::move(decoded.picture.pixels)};
}

}  // namespace vitrine
