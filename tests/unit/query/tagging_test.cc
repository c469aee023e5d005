#include "query/tagging.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "index/quantise.h"
#include "query/log_odds.h"
#include "support/fake_embedder.h"

namespace vitrine {
namespace {

Matrix RandomUnitRows(std::size_t rows, std::size_t columns, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Matrix matrix(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    float squares = 0;
    for (float& x : matrix.row(i)) {
      x = normal(random);
      squares += x * x;
    }
    for (float& x : matrix.row(i)) x /= std::sqrt(squares);
  }
  return matrix;
}

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

TagModels RandomModels(std::size_t tags, std::size_t dimension) {
  TagModels models;
  models.weights = RandomUnitRows(tags, dimension, 7);
  for (float& weight : models.weights.values()) weight *= 20;
  for (std::size_t t = 0; t < tags; ++t) {
    models.paths.push_back("tag " + std::to_string(t));
    models.origins.push_back(TagOrigin::kWords);
    models.biases.push_back(static_cast<float>(t) - 3);
  }
  return models;
}

// The integer scan against sums in double, over all numbers of tags around the kernel's four.
TEST(TagScan, AgreesWithTheSumsItStandsFor) {
  constexpr std::size_t kDimension = 96;
  // Weights of length 20 in 8 bits: an error of some 0.014 a product (a step's 1/sqrt(12)), 4,000 products.
  constexpr double kSlack = 0.1;
  const Matrix pictures = RandomUnitRows(150, kDimension, 11);
  const auto table = TableInMemory(Encode(pictures));
  std::vector<RowId> rows;
  for (RowId row = 150; row-- > 0;) rows.push_back(row);  // Any order will do.
  for (const std::size_t tags : {1u, 3u, 4u, 9u}) {
    const TagModels models = RandomModels(tags, kDimension);
    std::vector<float> log_odds(rows.size() * tags);
    TagScan::Make(models)->Judge(*table, rows, log_odds);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t t = 0; t < tags; ++t) {
        const double expected =
            Dot(models.weights.row(t), pictures.row(rows[i])) + static_cast<double>(models.biases[t]);
        EXPECT_NEAR(static_cast<double>(log_odds[i * tags + t]), expected, kSlack) << rows[i] << " " << t;
      }
    }
  }
}

TEST(TagScan, RowWithoutVectorCarriesNothing) {
  const auto table = TableInMemory(Encode(Matrix(1, 16)));
  const TagModels models = RandomModels(2, 16);
  std::vector<float> log_odds(2);
  const RowId only = 0;
  TagScan::Make(models)->Judge(*table, std::span(&only, 1), log_odds);
  EXPECT_TRUE(TagPicker(models.paths).Pick(log_odds, {.most = 5, .at_least = 0}).empty());
}

TEST(TagPicker, BestFirstTiesInOrderNoMoreThanAsked) {
  const std::vector<std::string> paths = {"a", "b", "c", "d"};
  const std::vector<float> log_odds = {0, 2, 2, -1};
  const TagPicker picker(paths);
  const auto all = picker.Pick(log_odds, {.most = 10, .at_least = 0});
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].tag, 1u);
  EXPECT_EQ(all[1].tag, 2u);
  EXPECT_EQ(all[2].tag, 0u);
  EXPECT_DOUBLE_EQ(all[2].probability, 0.5);
  EXPECT_EQ(picker.Pick(log_odds, {.most = 2, .at_least = 0}).size(), 2u);
  EXPECT_EQ(picker.Pick(log_odds, {.most = 10, .at_least = 0.5}).size(), 3u);
  EXPECT_TRUE(picker.Pick(log_odds, {.most = 10, .at_least = 0.99}).empty());
}

TEST(TagPicker, TagAboveALikelierOneSaysNothingNew) {
  const std::vector<std::string> paths = {
      "animals", "animals/dog", "animals/dog/poodle", "animals/cat", "a\\/b", "a\\/b/c", "a"};
  const TagPicker picker(paths);
  const auto pick = [&](std::vector<float> log_odds) {
    std::vector<std::size_t> tags;
    for (const TagGuess& guess : picker.Pick(log_odds, {.most = 10, .at_least = 0.5}))
      tags.push_back(guess.tag);
    return tags;
  };
  constexpr float kNo = -9;
  EXPECT_EQ(pick({1, 2, kNo, kNo, kNo, kNo, kNo}), (std::vector<std::size_t>{1}));
  EXPECT_EQ(pick({3, 2, kNo, kNo, kNo, kNo, kNo}), (std::vector<std::size_t>{0, 1})) << "surer of the group";
  EXPECT_EQ(pick({1, kNo, 2, kNo, kNo, kNo, kNo}), (std::vector<std::size_t>{2})) << "two levels up";
  EXPECT_EQ(pick({kNo, kNo, kNo, kNo, 1, 2, 1}), (std::vector<std::size_t>{5, 6})) << "an escaped slash";
}

// Dropping what stands above others never costs one of the tags that were asked for.
TEST(TagPicker, FindsAsManyAsAskedInADeepTree) {
  std::vector<std::string> paths;
  std::string path;
  for (int level = 0; level < 16; ++level) paths.push_back(path += (level == 0 ? "n" : "/n"));
  for (int i = 0; i < 8; ++i) paths.push_back("flat " + std::to_string(i));
  std::vector<float> log_odds(paths.size(), 0.0F);
  for (std::size_t i = 0; i < 16; ++i) log_odds[i] = static_cast<float>(i + 1);
  EXPECT_EQ(TagPicker(paths).Pick(log_odds, {.most = 5, .at_least = 0}).size(), 5u);
}

TEST(EmbedNames, SentencesAreAveragedAndUnderlinesAreSpaces) {
  FakeEmbedder embedder;
  const std::vector<std::string> names = {"red", "stop_sign", "stop sign"};
  const Matrix vectors = EmbedNames(embedder, names, Phrasing::kFull).value();
  ASSERT_EQ(vectors.rows(), 3u);
  EXPECT_EQ(embedder.texts_embedded(), 3 * kNameSentences);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(Dot(vectors.row(i), vectors.row(i)), 1, 1e-5);
  EXPECT_NEAR(Dot(vectors.row(1), vectors.row(2)), 1, 1e-5);
  EXPECT_EQ(EmbedNames(embedder, names, Phrasing::kPlain)->rows(), 3u);
  EXPECT_EQ(embedder.texts_embedded(), 3 * kNameSentences + 3);
  EXPECT_EQ(EmbedNames(embedder, {}, Phrasing::kFull)->rows(), 0u);
  embedder.set_failing(true);
  EXPECT_EQ(EmbedNames(embedder, names, Phrasing::kFull).error().code(), Code::kModel);
}

TEST(TermVectors, SynonymsShareATermsVector) {
  Vocabulary vocabulary;
  vocabulary.terms = {{.path = "t", .names = {"a", "b"}, .line = 1},
                      {.path = "u", .names = {"c"}, .line = 2}};
  const Matrix names = RandomUnitRows(3, 8, 3);
  const Matrix terms = TermVectors(vocabulary, std::vector<std::string>{"a", "b", "c"}, names);
  EXPECT_NEAR(Dot(terms.row(0), names.row(0)), Dot(terms.row(0), names.row(1)), 1e-5);
  EXPECT_NEAR(Dot(terms.row(1), names.row(2)), 1, 1e-5);
}

TEST(MeanScores, FewPicturesSayLittleManySayAll) {
  const Matrix terms = RandomUnitRows(4, 16, 5);
  const ScoreBackground pack{.mean = 0.2, .deviation = 0.1};
  for (const float mean : MeanScores(terms, Matrix(0, 16), pack)) EXPECT_FLOAT_EQ(mean, 0.2F);
  const Matrix many = RandomUnitRows(5000, 16, 6);
  const std::vector<float> means = MeanScores(terms, many, pack);
  for (std::size_t t = 0; t < 4; ++t) {
    double sum = 0;
    for (std::size_t i = 0; i < many.rows(); ++i) sum += Dot(terms.row(t), many.row(i));
    EXPECT_NEAR(static_cast<double>(means[t]), sum / 5000, 0.003);
  }
}

// Two words, one of which scores high with every picture: it must not win everywhere.
TEST(ModelsOfWords, WordThatIsNearEveryPictureIsHeldBack) {
  Vocabulary vocabulary;
  vocabulary.terms = {{.path = "hub", .names = {"hub"}, .line = 1},
                      {.path = "dog", .names = {"dog"}, .line = 2}};
  Matrix terms(2, 4);
  terms.row(0)[0] = 1;
  terms.row(1)[1] = 1;
  const std::vector<float> means = {0.5F, 0.0F};
  const TagModels models = ModelsOfWords(vocabulary, terms, means, {.mean = 0, .deviation = 0.1});
  const std::vector<float> picture = {0.6F, 0.55F, 0, 0};
  const auto log_odds = [&](std::size_t t) {
    return Dot(models.weights.row(t), picture) + static_cast<double>(models.biases[t]);
  };
  EXPECT_GT(log_odds(1), log_odds(0));
  EXPECT_EQ(models.paths, (std::vector<std::string>{"hub", "dog"}));
  EXPECT_EQ(models.origins[0], TagOrigin::kWords);
}

TEST(Probability, IsTheInverseOfLogOdds) {
  for (const double p : {0.001, 0.3, 0.5, 0.99}) EXPECT_NEAR(ProbabilityOf(LogOddsOf(p)), p, 1e-12);
  EXPECT_EQ(LogOddsOf(0), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace vitrine
