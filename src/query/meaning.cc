#include "query/meaning.h"

#include <algorithm>

#include "base/try.h"
#include "query/vector_math.h"

namespace vitrine {
Result<Meanings> Meanings::Of(Embedder& embedder, std::span<const PreparedQuery> queries) {
  Meanings meanings;
  meanings.dimension_ = embedder.space().dimension;
  for (const PreparedQuery& query : queries) {
    for (const std::vector<float>& picture : query.pictures) {
      if (picture.size() != meanings.dimension_)
        return Error(Code::kInternal, "a query picture of another vector space");
    }
    for (const Branch& branch : query.plan.branches) {
      for (const std::vector<Likeness>* side : {&branch.wanted, &branch.unwanted}) {
        for (const Likeness& likeness : *side) {
          if (!likeness.is_picture()) meanings.texts_.push_back(likeness.text);
        }
      }
    }
  }
  std::sort(meanings.texts_.begin(), meanings.texts_.end());
  meanings.texts_.erase(std::unique(meanings.texts_.begin(), meanings.texts_.end()), meanings.texts_.end());
  if (meanings.texts_.empty()) return meanings;
  VITRINE_TRY_ASSIGN(meanings.vectors_, embedder.EmbedTexts(meanings.texts_));
  return meanings;
}

std::span<const float> Meanings::VectorOf(const PreparedQuery& query, const Likeness& likeness) const {
  if (likeness.is_picture()) return query.pictures[likeness.picture];
  const auto at = std::lower_bound(texts_.begin(), texts_.end(), likeness.text);
  return vectors_.row(static_cast<std::size_t>(at - texts_.begin()));
}

std::vector<float> Meanings::Blend(const PreparedQuery& query, std::span<const Likeness> likenesses) const {
  std::vector<float> sum(dimension_);
  for (const Likeness& likeness : likenesses) {
    const std::span<const float> part = VectorOf(query, likeness);
    const auto weight = static_cast<float>(likeness.weight);
    for (std::size_t i = 0; i < dimension_; ++i) sum[i] += weight * part[i];
  }
  Scale(sum, 1);
  return sum;
}

}  // namespace vitrine
