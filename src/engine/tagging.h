// Tags of a library: joins vocabulary, vectors and what people said behind include/vitrine/tags.h.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/tag_pictures.h"
#include "engine/tag_shelf.h"
#include "vitrine/tags.h"

namespace vitrine {

/// The pictures as they are now.
struct TagView {
  std::unique_lock<std::mutex> alone;  ///< Of who keeps them as they are; may hold nothing.
  std::unique_ptr<TagPictures> pictures;
};

/// What is done with what people say; returns what became of it.
using SayWork = std::function<Status(Annotations&)>;

/// What a library lends to its tags. All of it outlives them.
struct TaggingHost {
  TagShelf& words;
  std::size_t threads = 1;
  /// @param checked  the vectors will all be read: they are known to be what was written.
  std::function<Result<TagView>(bool checked)> view;
  /// Calls it with what people say, to be changed; once more where somebody else was quicker. May be called
  /// while a view lives.
  std::function<Status(const SayWork&)> say;
  std::function<Result<std::vector<float>>(const PathBytes&, Embedder&)> embed_file;
};

/// Thread-safe as far as the host is.
std::unique_ptr<Tagging> MakeTagging(TaggingHost host);

}  // namespace vitrine
