#include "engine/tag_teaching.h"

#include <algorithm>
#include <optional>

#include "base/try.h"
#include "base/utf8.h"
#include "engine/tag_subjects.h"
#include "query/tagging.h"

namespace vitrine {
namespace {

/// Pictures at large: enough for their covariance to settle, few enough to be summed in a tenth of a second.
constexpr std::size_t kBackground = 1000;

std::vector<AssetId> InState(std::span<const MarkedAsset> marks, TagState state) {
  std::vector<AssetId> assets;
  for (const MarkedAsset& marked : marks) {
    if (marked.mark.state == state) assets.push_back(marked.asset);
  }
  return assets;
}

}  // namespace

TagSchool::TagSchool(const Snapshot& snapshot, TagWords& words, const std::string& space)
    : snapshot_(snapshot),
      words_(words),
      space_(space),
      teacher_(SampleVectors(*snapshot.rows, snapshot.live, kBackground)) {}

Result<Matrix> TagSchool::VectorsOf(std::span<const AssetId> assets) const {
  std::vector<RowId> rows;
  for (const AssetId asset : assets) {
    VITRINE_TRY_ASSIGN(const std::optional<RowId> row, snapshot_.catalog->RowOf(space_, asset));
    if (row && *row < snapshot_.rows->row_count()) rows.push_back(*row);
  }
  Matrix vectors(rows.size(), snapshot_.rows->dimension());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(snapshot_.rows->Vector(rows[i]), vectors.row(i).begin());
  }
  return vectors;
}

Result<std::vector<float>> TagSchool::WordsOf(const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::vector<std::string> levels, TagPath::Levels(path));
  const std::string& name = levels.back();
  VITRINE_TRY_ASSIGN(const Matrix vectors, words_.Vectors(std::span(&name, 1), nullptr));
  return std::vector<float>(vectors.row(0).begin(), vectors.row(0).end());
}

Result<LearntTag> TagSchool::Learn(Annotations& annotations, const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::vector<MarkedAsset> marks, annotations.MarksOf(path));
  TagExamples examples;
  VITRINE_TRY_ASSIGN(examples.accepted, VectorsOf(InState(marks, TagState::kAccepted)));
  VITRINE_TRY_ASSIGN(examples.rejected, VectorsOf(InState(marks, TagState::kRejected)));
  if (examples.accepted.rows() == 0) {
    return Error(Code::kInvalidArgument,
                 "nothing to learn " + Quoted(path) + " from: name a picture that carries it with --yes");
  }
  VITRINE_TRY_ASSIGN(examples.words, WordsOf(path));
  return LearntTag{.path = path,
                   .model = teacher_.Teach(examples),
                   .accepted = examples.accepted.rows(),
                   .rejected = examples.rejected.rows()};
}

Result<std::vector<LearntTag>> TagSchool::LearnAll(Annotations& annotations) {
  VITRINE_TRY_ASSIGN(const std::vector<TagCount> tags, annotations.Tags());
  std::vector<LearntTag> learnt;
  for (const TagCount& tag : tags) {
    if (tag.accepted < kLeastAccepted) continue;
    auto one = Learn(annotations, tag.path);
    // Accepted pictures without a vector in this space teach nothing.
    if (!one && one.error().code() == Code::kInvalidArgument) continue;
    if (!one) return std::move(one).error();
    learnt.push_back(*std::move(one));
  }
  return learnt;
}

}  // namespace vitrine
