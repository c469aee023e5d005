#include "engine/tag_teaching.h"

#include <algorithm>

#include "base/try.h"
#include "base/utf8.h"
#include "query/tagging.h"

namespace vitrine {
namespace {

/// Pictures at large: enough for their covariance to settle, few enough to be summed in a tenth of a second.
constexpr std::size_t kBackground = 1000;

}  // namespace

struct TagSchool::Examples {
  Matrix vectors;
  std::size_t count = 0;  ///< Of those looked at and those passed over.
};

Result<TagSchool> TagSchool::Open(TagPictures& pictures, TagWords& words) {
  VITRINE_TRY_ASSIGN(const Matrix background, pictures.Sample(kBackground));
  if (background.rows() == 0) {
    return Error(Code::kInvalidArgument, "there are no pictures in the library to learn from");
  }
  return TagSchool(pictures, words, background);
}

Result<TagSchool::Examples> TagSchool::ExamplesIn(std::span<const MarkedAsset> marks, TagState state) {
  std::vector<AssetId> all;
  for (const MarkedAsset& marked : marks) {
    if (marked.mark.state == state) all.push_back(marked.asset);
  }
  std::vector<AssetId> some;
  const std::size_t count = std::min(all.size(), TagTeacher::kMostExamples);
  for (std::size_t i = 0; i < count; ++i) some.push_back(all[i * all.size() / count]);
  VITRINE_TRY_ASSIGN(Matrix vectors, pictures_.VectorsOf(some));
  const std::size_t lacking = some.size() - vectors.rows();
  return Examples{.vectors = std::move(vectors), .count = all.size() - lacking};
}

Result<std::vector<float>> TagSchool::WordsOf(const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::vector<std::string> levels, TagPath::Levels(path));
  const std::string& name = levels.back();
  VITRINE_TRY_ASSIGN(const Matrix vectors, words_.Vectors(std::span(&name, 1), nullptr));
  return std::vector<float>(vectors.row(0).begin(), vectors.row(0).end());
}

Result<LearntTag> TagSchool::Learn(const std::string& path, std::span<const MarkedAsset> marks) {
  VITRINE_TRY_ASSIGN(Examples accepted, ExamplesIn(marks, TagState::kAccepted));
  VITRINE_TRY_ASSIGN(Examples rejected, ExamplesIn(marks, TagState::kRejected));
  if (accepted.vectors.rows() == 0) {
    return Error(Code::kInvalidArgument,
                 "nothing to learn " + Quoted(path) + " from: name a picture that carries it with --yes");
  }
  TagExamples examples{.accepted = std::move(accepted.vectors), .rejected = std::move(rejected.vectors)};
  VITRINE_TRY_ASSIGN(examples.words, WordsOf(path));
  return LearntTag{.path = path,
                   .model = teacher_.Teach(examples),
                   .accepted = accepted.count,
                   .rejected = rejected.count};
}

Result<std::vector<LearntTag>> TagSchool::LearnAll() {
  VITRINE_TRY_ASSIGN(const std::vector<TagCount> tags, pictures_.said().Tags());
  std::vector<LearntTag> learnt;
  for (const TagCount& tag : tags) {
    if (tag.accepted < kLeastAccepted) continue;
    VITRINE_TRY_ASSIGN(const std::vector<MarkedAsset> marks, pictures_.said().MarksOf(tag.path));
    auto one = Learn(tag.path, marks);
    // Accepted pictures without a vector in this space teach nothing.
    if (!one && one.error().code() == Code::kInvalidArgument) continue;
    if (!one) return std::move(one).error();
    learnt.push_back(*std::move(one));
  }
  return learnt;
}

}  // namespace vitrine
