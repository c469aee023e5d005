// From the marks in a catalog to tags that are taught.
#pragma once

#include <string>
#include <vector>

#include "engine/snapshot.h"
#include "engine/tag_words.h"
#include "query/taught_tag.h"
#include "vitrine/result.h"

namespace vitrine {

/// A tag as it was learnt.
struct LearntTag {
  std::string path;
  TaughtTag model;
  std::size_t accepted = 0, rejected = 0;
};

/// Teaches tags from what people and files said of them in a catalog.
class TagSchool {
 public:
  /// All outlive it.
  TagSchool(const Snapshot& snapshot, TagWords& words, const std::string& space);

  /// Learns a tag from the accepted and rejected marks that `annotations` holds of it.
  /// Errors: kInvalidArgument (no accepted picture that has a vector), kModel, those of the catalog.
  Result<LearntTag> Learn(Annotations& annotations, const std::string& path);

  /// Learns each tag that has at least kLeastAccepted accepted pictures, rejected ones or not.
  Result<std::vector<LearntTag>> LearnAll(Annotations& annotations);
  static constexpr std::size_t kLeastAccepted = 3;

 private:
  Result<Matrix> VectorsOf(std::span<const AssetId> assets) const;
  Result<std::vector<float>> WordsOf(const std::string& path);

  const Snapshot& snapshot_;
  TagWords& words_;
  const std::string space_;
  const TagTeacher teacher_;
};

}  // namespace vitrine
