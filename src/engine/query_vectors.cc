#include "engine/query_vectors.h"

#include <algorithm>

#include "base/try.h"

namespace vitrine {

Result<Matrix> RememberingEmbedder::EmbedTexts(std::span<const std::string> texts) {
  if (texts.size() > kMostAtOnce) return inner_->EmbedTexts(texts);
  Matrix vectors(texts.size(), space().dimension);
  const std::vector<std::size_t> missing = FillKnown(texts, vectors);
  if (missing.empty()) return vectors;
  std::vector<std::string> asked;
  for (const std::size_t i : missing) asked.push_back(texts[i]);
  VITRINE_TRY_ASSIGN(const Matrix found, inner_->EmbedTexts(asked));
  if (found.rows() != asked.size() || found.columns() != vectors.columns()) {
    return Error(Code::kModel, "the model " + space().model + " gave vectors of another shape than its own");
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    std::ranges::copy(found.row(i), vectors.row(missing[i]).begin());
    Remember(asked[i], found.row(i));
  }
  return vectors;
}

// Fills in the rows of the texts that are remembered; returns which are not.
std::vector<std::size_t> RememberingEmbedder::FillKnown(std::span<const std::string> texts, Matrix& vectors) {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto known = by_text_.find(texts[i]);
    if (known == by_text_.end()) {
      missing.push_back(i);
      continue;
    }
    entries_.splice(entries_.begin(), entries_, known->second);
    std::ranges::copy(known->second->vector, vectors.row(i).begin());
  }
  return missing;
}

// With the lock held. Another thread may have been quicker.
void RememberingEmbedder::Remember(const std::string& text, std::span<const float> vector) {
  if (text.size() > kMostBytes || by_text_.contains(text)) return;
  if (entries_.size() >= capacity_) {
    by_text_.erase(entries_.back().text);
    entries_.pop_back();
  }
  entries_.push_front({text, {vector.begin(), vector.end()}});
  by_text_.emplace(entries_.front().text, entries_.begin());
}

}  // namespace vitrine
