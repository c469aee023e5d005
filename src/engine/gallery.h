// Looking at a library: joins catalog, facts, decoder and search behind include/vitrine/gallery.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/active_model.h"
#include "engine/library_view.h"
#include "engine/writer.h"
#include "image/decoder.h"
#include "vitrine/gallery.h"

namespace vitrine {

/// What the library lends to its gallery. All of it outlives the gallery, and all of it is thread-safe.
struct GalleryHost {
  std::string folder;
  ModelLookup model;
  SharedWriter& writer;
  ViewKeeper& views;
  DecoderPoolOptions decoders;  ///< Of workers of its own.
  std::function<Result<SearchResult>(const Query&, const SearchOptions&)> search;
  /// Ids of the boards that a picture lies on, by its content (64 hexadecimal digits). May be empty.
  std::function<std::vector<std::string>(const std::string& content)> boards_of;
};

std::unique_ptr<Gallery> MakeGallery(GalleryHost host);

}  // namespace vitrine
