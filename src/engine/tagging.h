// Tags of a library: joins vocabulary, vectors and catalog behind include/vitrine/tags.h.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/snapshot.h"
#include "engine/tag_shelf.h"
#include "engine/writer.h"
#include "vitrine/tags.h"

namespace vitrine {

/// What the library lends to its tags. All of it outlives them.
struct TaggingHost {
  TagShelf& words;
  SharedWriter& writer;
  std::size_t threads = 1;
  std::mutex& mutex;  ///< Guards the two below; nobody waits for the writer under it but Teach().
  std::function<Result<const Snapshot*>(Checking)> snapshot;
  std::function<Result<std::vector<float>>(const PathBytes&, const Snapshot&)> embed_file;
};

std::unique_ptr<Tagging> MakeTagging(TaggingHost host);

}  // namespace vitrine
