#include "engine/tag_shelf.h"

#include <utility>

namespace vitrine {

TagShelf::TagShelf(std::string library_folder) : folder_(std::move(library_folder)) {}

TagWords& TagShelf::Of(const std::shared_ptr<Embedder>& model) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Kept>& kept = kept_[model->space().id];
  if (!kept) kept.reset(new Kept{model, TagWords(folder_, *model)});
  return kept->words;
}

}  // namespace vitrine
