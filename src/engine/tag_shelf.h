// The vectors of names, for each model that a library was used with.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/tag_words.h"
#include "model/embedder.h"

namespace vitrine {

/// Thread-safe.
class TagShelf {
 public:
  explicit TagShelf(std::string library_folder);

  /// What the model knows of names. It lives as long as the shelf, and keeps the model.
  TagWords& Of(const std::shared_ptr<Embedder>& model);

 private:
  struct Kept {
    std::shared_ptr<Embedder> model;
    TagWords words;
  };

  const std::string folder_;
  std::mutex mutex_;                                   // Guards what follows.
  std::map<std::string, std::unique_ptr<Kept>> kept_;  // By space.
};

}  // namespace vitrine
