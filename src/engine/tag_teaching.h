// From what people said of a tag to what a machine knows of it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/tag_pictures.h"
#include "engine/tag_words.h"
#include "query/taught_tag.h"
#include "vitrine/result.h"

namespace vitrine {

/// A tag as it was learnt.
struct LearntTag {
  std::string path;
  TaughtTag model;
  std::size_t accepted = 0, rejected = 0;  ///< Pictures with a vector that it was learnt from.
};

/// Teaches tags from what people and files said of them in a library.
class TagSchool {
 public:
  /// Both outlive it. Errors: kInvalidArgument (a library without pictures), those of TagPictures.
  static Result<TagSchool> Open(TagPictures& pictures, TagWords& words);

  /// Learns a tag from the accepted and rejected ones among its marks. Of more than
  /// TagTeacher::kMostExamples of a kind an even share is looked at.
  /// Errors: kInvalidArgument (no accepted picture that has a vector), kModel, those of TagPictures.
  Result<LearntTag> Learn(const std::string& path, std::span<const MarkedAsset> marks);

  /// Learns each tag that has at least kLeastAccepted accepted pictures, rejected ones or not.
  Result<std::vector<LearntTag>> LearnAll();
  static constexpr std::size_t kLeastAccepted = 3;

 private:
  TagSchool(TagPictures& pictures, TagWords& words, const Matrix& background)
      : pictures_(pictures), words_(words), teacher_(background) {}

  struct Examples;
  Result<Examples> ExamplesIn(std::span<const MarkedAsset> marks, TagState state);
  Result<std::vector<float>> WordsOf(const std::string& path);

  TagPictures& pictures_;
  TagWords& words_;
  TagTeacher teacher_;
};

}  // namespace vitrine
