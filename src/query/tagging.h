// Tags by their words: which terms of a vocabulary a picture shows, with a probability for each.
//
// Whatever a machine knows of a tag, from its words or from pictures it was taught with (taught_tag.h), is a
// line: the log-odds that a picture of vector x carries the tag are weights . x + bias. So a library is
// judged for thousands of tags by one scan of its int8 rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "catalog/annotations.h"
#include "index/quantise.h"
#include "index/row_table.h"
#include "model/embedder.h"
#include "query/vocabulary.h"
#include "vitrine/result.h"

namespace vitrine {

/// In how many sentences a name is put; their vectors are averaged.
enum class Phrasing : std::uint8_t {
  kFull,   ///< kNameSentences of them: what ranks best.
  kPlain,  ///< The name alone: a third of the time, for vocabularies of tens of thousands of names.
};
inline constexpr std::size_t kNameSentences = 3;

/// Vectors of names, [names, dimension], each of length 1: the mean over the sentences ("a dog", "a photo of
/// a dog", ...). '_' counts as a space. Cost: one call of the text tower a sentence. Errors: kModel.
Result<Matrix> EmbedNames(Embedder& embedder, std::span<const std::string> names, Phrasing phrasing);

/// Vectors of terms, [terms, dimension], each of length 1: the mean over a term's names.
/// @param names, vectors  NamesOf(vocabulary) and a row for each.
Matrix TermVectors(const Vocabulary& vocabulary, std::span<const std::string> names, const Matrix& vectors);

/// What a machine knows of some tags.
struct TagModels {
  std::vector<std::string> paths;
  std::vector<TagOrigin> origins;  ///< kWords or kTaught.
  Matrix weights;                  ///< [tags, dimension].
  std::vector<float> biases;

  std::size_t count() const { return paths.size(); }
};

/// The mean score of each term over pictures at large, [terms].
/// @param sample  vectors of pictures of the library, evenly taken; may be empty.
/// What few pictures say is mixed with what the pack says of unrelated pictures (kPriorPictures of them).
std::vector<float> MeanScores(const Matrix& terms, const Matrix& sample, const ScoreBackground& pack);
inline constexpr double kPriorPictures = 50;

/// The terms as tags by their words. A term's score counts from half-way between its own mean over pictures
/// at large and that of all terms: some words lie near every picture (hubs: Radovanovic, Nanopoulos and
/// Ivanovic, JMLR 2010) and would be everybody's tag. The log-odds are that distance, in deviations of the
/// pack's background, times a slope that was fitted once (tagging.cc).
TagModels ModelsOfWords(const Vocabulary& vocabulary, const Matrix& terms, std::span<const float> means,
                        const ScoreBackground& pack);

/// The models, coded for the int8 kernels. Thread-safe.
class TagScan {
 public:
  /// Errors: kInternal (weights that are no numbers).
  static Result<TagScan> Make(const TagModels& models);

  std::size_t tags() const { return biases_.size(); }

  /// log_odds[i * tags() + t] of rows[i] and tag t; -infinity for a row that holds no vector. What rounding
  /// rows to int8 moves is some 0.0003 of a score. REQUIRES: rows < table.row_count(), verified by the
  /// caller.
  void Judge(const RowTable& table, std::span<const RowId> rows, std::span<float> log_odds) const;

 private:
  EncodedQueries codes_;
  std::vector<float> biases_;
};

/// A tag that a picture may carry.
struct TagGuess {
  std::size_t tag = 0;  ///< In the models.
  double probability = 0;
};

/// Which guesses to keep.
struct GuessLimits {
  std::size_t most = 10;
  double at_least = 0;  ///< Probability.
};

/// Picks the likeliest tags of pictures. Knows which tags lie above which, so that "animals" is not said of a
/// picture beside a likelier "animals/dog". Thread-safe.
class TagPicker {
 public:
  explicit TagPicker(std::span<const std::string> paths);

  /// @param log_odds  of one picture, one for each path. @return best first, ties in the order of the tags.
  std::vector<TagGuess> Pick(std::span<const float> log_odds, const GuessLimits& limits) const;

 private:
  std::vector<std::size_t> above_;  ///< The nearest tag above each; its own number for none.
};

}  // namespace vitrine
