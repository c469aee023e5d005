// Zero-shot tags.
//
// Problem: a picture's cosine with "dog" says little by itself. Text vectors lie far from all picture
// vectors, some words (hubs) score high with every picture, and a bare noun is not the kind of sentence that
// a text tower was trained on. Idea: put each name into a few plain sentences and average (as CLIP's authors
// do: Radford et al., ICML 2021); take away half of what the term scores with the library at large; and let
// one logistic curve, fitted to photos whose captions say what is in them, turn the rest into a probability.
// Why half: the whole of it ranks terms better where every term is as frequent as any other, none of it where
// the vocabulary is far larger than what the pictures show; half loses to neither (docs/tags.md has the
// figures). One curve for all terms, because a curve for each would need labelled pictures for each; and
// because it is one, tags of a picture stand in the same order by score and by probability. Cost: a dot
// product of integers a picture and term, four terms a pass of the kernel, 64 pictures in the first cache
// meanwhile.
#include "query/tagging.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/try.h"
#include "index/kernels.h"
#include "query/log_odds.h"
#include "query/vector_math.h"

namespace vitrine {
namespace {

constexpr std::size_t kPiece = 64;

// Fitted to Flickr8k dev with the default vocabulary (bench/tags.py): a picture shows a term when one
// of its five captions names it.
constexpr double kSlope = 0.96;
constexpr double kAtMean = -5.44;

// '_' as a space: names of classes are often written so.
std::string Spoken(std::string_view name) {
  std::string spoken(name);
  std::ranges::replace(spoken, '_', ' ');
  return spoken;
}

bool BeginsWithVowel(std::string_view name) {
  return !name.empty() && std::string_view("aeiouAEIOU").find(name.front()) != std::string_view::npos;
}

void AddSentences(std::string_view name, Phrasing phrasing, std::vector<std::string>& sentences) {
  const std::string spoken = Spoken(name);
  sentences.push_back(spoken);
  if (phrasing == Phrasing::kPlain) return;
  const std::string one = (BeginsWithVowel(spoken) ? "an " : "a ") + spoken;
  sentences.insert(sentences.end(), {one, "a photo of " + one});
}

void AddTo(std::span<float> sum, std::span<const float> part) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
}

// The path without its last level; empty at the top.
std::string_view Above(std::string_view path) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\') {
      ++i;
    } else if (path[i] == '/') {
      end = i;
    }
  }
  return path.substr(0, end);
}

}  // namespace

Result<Matrix> EmbedNames(Embedder& embedder, std::span<const std::string> names, Phrasing phrasing) {
  std::vector<std::string> sentences;
  for (const std::string& name : names) AddSentences(name, phrasing, sentences);
  if (sentences.empty()) return Matrix(0, embedder.space().dimension);
  VITRINE_TRY_ASSIGN(Matrix vectors, embedder.EmbedTexts(sentences));
  if (phrasing == Phrasing::kPlain) return vectors;
  Matrix means(names.size(), vectors.columns());
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t s = 0; s < kNameSentences; ++s) AddTo(means.row(i), vectors.row(i * kNameSentences + s));
    Scale(means.row(i), 1);
  }
  return means;
}

Matrix TermVectors(const Vocabulary& vocabulary, std::span<const std::string> names, const Matrix& vectors) {
  std::unordered_map<std::string_view, std::size_t> row_of;
  for (std::size_t i = 0; i < names.size(); ++i) row_of.emplace(names[i], i);
  Matrix terms(vocabulary.terms.size(), vectors.columns());
  for (std::size_t t = 0; t < terms.rows(); ++t) {
    for (const std::string& name : vocabulary.terms[t].names) {
      if (const auto row = row_of.find(name); row != row_of.end()) {
        AddTo(terms.row(t), vectors.row(row->second));
      }
    }
    Scale(terms.row(t), 1);
  }
  return terms;
}

std::vector<float> MeanScores(const Matrix& terms, const Matrix& sample, const ScoreBackground& pack) {
  // The mean of dot products is the dot product with the mean.
  std::vector<float> centre(terms.columns());
  for (std::size_t i = 0; i < sample.rows(); ++i) AddTo(centre, sample.row(i));
  std::vector<float> means(terms.rows());
  for (std::size_t t = 0; t < terms.rows(); ++t) {
    means[t] = static_cast<float>((Dot(terms.row(t), centre) + kPriorPictures * pack.mean) /
                                  (static_cast<double>(sample.rows()) + kPriorPictures));
  }
  return means;
}

TagModels ModelsOfWords(const Vocabulary& vocabulary, const Matrix& terms, std::span<const float> means,
                        const ScoreBackground& pack) {
  TagModels models;
  models.weights = Matrix(terms.rows(), terms.columns());
  const double of_all =
      means.empty() ? 0
                    : std::accumulate(means.begin(), means.end(), 0.0) / static_cast<double>(means.size());
  const double slope = kSlope / pack.deviation;
  for (std::size_t t = 0; t < terms.rows(); ++t) {
    models.paths.push_back(vocabulary.terms[t].path);
    models.origins.push_back(TagOrigin::kWords);
    std::ranges::transform(terms.row(t), models.weights.row(t).begin(),
                           [&](float x) { return static_cast<float>(slope * static_cast<double>(x)); });
    const double zero = (static_cast<double>(means[t]) + of_all) / 2;
    models.biases.push_back(static_cast<float>(kAtMean - slope * zero));
  }
  return models;
}

Result<TagScan> TagScan::Make(const TagModels& models) {
  auto codes = EncodeQueries(models.weights.values(), models.weights.columns());
  if (!codes) return Error(Code::kInternal, "a tag's weights: " + codes.error().message());
  TagScan scan;
  scan.codes_ = *std::move(codes);
  scan.biases_ = models.biases;
  return scan;
}

void TagScan::Judge(const RowTable& table, std::span<const RowId> rows, std::span<float> log_odds) const {
  const Kernel& kernel = BestKernel();
  std::array<const std::int8_t*, kPiece> codes;
  std::array<float, kPiece> scales;
  std::array<std::int32_t, kPiece * kTileQueries> dots;
  const RowBlock* block = nullptr;
  for (std::size_t first = 0; first < rows.size(); first += kPiece) {
    const std::size_t count = std::min(kPiece, rows.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      const RowId row = rows[first + i];
      if (block == nullptr || row < block->first || row >= block->end()) block = &table.BlockOf(row);
      codes[i] = block->codes + std::size_t{row - block->first} * codes_.stride;
      scales[i] = block->scales[row - block->first];
    }
    for (std::size_t t = 0; t < tags();) {
      const std::size_t width = t + kTileQueries <= tags() ? kTileQueries : 1;
      (width == 1 ? kernel.dot1 : kernel.dot4)(codes_.query(t), codes.data(), count, codes_.stride,
                                               dots.data());
      for (std::size_t q = 0; q < width; ++q, ++t) {
        for (std::size_t i = 0; i < count; ++i) {
          const auto dot = static_cast<float>(dots[q * count + i]);
          log_odds[(first + i) * tags() + t] = scales[i] == 0
                                                   ? -std::numeric_limits<float>::infinity()
                                                   : dot * scales[i] * codes_.scales[t] + biases_[t];
        }
      }
    }
  }
}

TagPicker::TagPicker(std::span<const std::string> paths) : above_(paths.size()) {
  std::unordered_map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i < paths.size(); ++i) known.emplace(paths[i], i);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    above_[i] = i;
    for (std::string_view up = Above(paths[i]); !up.empty(); up = Above(up)) {
      const auto found = known.find(up);
      if (found == known.end()) continue;
      above_[i] = found->second;
      break;
    }
  }
}

std::vector<TagGuess> TagPicker::Pick(std::span<const float> log_odds, const GuessLimits& limits) const {
  const auto least = static_cast<float>(LogOddsOf(limits.at_least));
  std::vector<std::size_t> order;
  for (std::size_t t = 0; t < log_odds.size(); ++t) {
    if (std::isfinite(log_odds[t]) && log_odds[t] >= least) order.push_back(t);
  }
  // Those above others are dropped on the way: enough for that many levels are sorted.
  const std::size_t sorted =
      std::min(order.size(), limits.most > order.size() / 16 ? order.size() : limits.most * 16);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(sorted), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return log_odds[a] != log_odds[b] ? log_odds[a] > log_odds[b] : a < b;
                    });
  std::vector<TagGuess> picked;
  std::vector<bool> passed(log_odds.size());
  for (std::size_t i = 0; i < sorted && picked.size() < limits.most; ++i) {
    const std::size_t tag = order[i];
    if (passed[tag]) continue;
    picked.push_back({tag, ProbabilityOf(static_cast<double>(log_odds[tag]))});
    for (std::size_t at = tag; above_[at] != at; at = above_[at]) passed[above_[at]] = true;
  }
  return picked;
}

}  // namespace vitrine
