// Taking in pictures that lie nowhere yet: pasted, dropped, downloaded by a browser.
#pragma once

#include <mutex>
#include <string>

#include "engine/active_model.h"
#include "engine/lazy_decoder.h"
#include "engine/reader.h"
#include "engine/writer.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// A name for a file of that format under which a walk finds it again: the last component of `name` without
/// control characters and leading dots, at most 200 bytes, with an extension of the format.
/// @param format  as PictureInfo spells it.
std::string SafeName(const std::string& name, const std::string& format);

/// Thread-safe. All references outlive it.
class PictureAdder {
 public:
  struct Rooms {
    std::string library_folder;
    ModelLookup model;
    SharedWriter& writer;
    SharedReader& reader;
    LazyDecoder& decoder;
  };
  explicit PictureAdder(Rooms rooms);

  /// See Gallery::Add().
  Result<AssetId> Add(const std::string& bytes, const std::string& name);

 private:
  struct Prepared;

  Result<Prepared> Prepare(const std::string& bytes, OpenModel model) const;
  Result<PathBytes> Keep(const std::string& bytes, const std::string& name);
  Result<AssetId> Record(const PathBytes& path, Prepared prepared);

  const Rooms rooms_;
  const std::string folder_;
  std::mutex naming_;  // Names are looked for and taken by one thread at a time.
};

}  // namespace vitrine
