#include "model/ocr_ctc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace vitrine {
namespace {

const std::vector<std::string> kLetters = {"a", "b", "\u00df", " "};

// Scores in which each step is sure of its class.
std::vector<float> Steps(const std::vector<std::size_t>& classes, float sure = 0.9F) {
  std::vector<float> scores;
  for (const std::size_t best : classes) {
    for (std::size_t i = 0; i <= kLetters.size(); ++i) scores.push_back(i == best ? sure : 0.01F);
  }
  return scores;
}

TEST(Ctc, RunsCountOnceAndBlanksPart) {
  EXPECT_EQ(DecodeCtc(Steps({0, 1, 1, 0, 1, 2, 2, 3, 0, 0}), kLetters).text, "aab\u00df");
  EXPECT_EQ(DecodeCtc(Steps({1, 4, 1}), kLetters).text, "a a");
  EXPECT_EQ(DecodeCtc(Steps({0, 0, 0}), kLetters).text, "");
  EXPECT_EQ(DecodeCtc({}, kLetters).text, "");
}

TEST(Ctc, AgreesWithUniqueThenWithoutBlanks) {
  std::mt19937 random(20261125);
  for (int round = 0; round < 200; ++round) {
    std::vector<float> scores;
    std::vector<std::size_t> path;
    for (std::size_t step = 0; step < random() % 40; ++step) {
      std::vector<float> row(kLetters.size() + 1);
      for (float& score : row) score = static_cast<float>(random() % 1000) / 1000;
      std::size_t best = 0;
      for (std::size_t i = 1; i < row.size(); ++i) {
        if (row[i] > row[best]) best = i;
      }
      path.push_back(best);
      scores.insert(scores.end(), row.begin(), row.end());
    }
    path.erase(std::unique(path.begin(), path.end()), path.end());
    std::erase(path, 0u);
    std::string expected;
    for (const std::size_t best : path) expected += kLetters[best - 1];
    EXPECT_EQ(DecodeCtc(scores, kLetters).text, expected) << round;
  }
}

TEST(Ctc, ConfidenceIsTheMeanOverCharacters) {
  std::vector<float> scores = Steps({1, 1, 0}, 0.8F);
  const std::vector<float> more = Steps({2}, 0.4F);
  scores.insert(scores.end(), more.begin(), more.end());
  EXPECT_NEAR(DecodeCtc(scores, kLetters).confidence, 0.6F, 1e-6F);
  EXPECT_EQ(DecodeCtc(Steps({0, 0}), kLetters).confidence, 0);
}

TEST(Ctc, StepThatIsCutShortIsLeftOut) {
  std::vector<float> scores = Steps({1, 2});
  scores.pop_back();
  EXPECT_EQ(DecodeCtc(scores, kLetters).text, "a");
}

}  // namespace
}  // namespace vitrine
