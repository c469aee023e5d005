#include <gtest/gtest.h>

#include "boards/layout/exchange.h"
#include "layout_testing.h"

namespace vitrine::layout {
namespace {

/// Vectors of one dimension at these values, and pictures of no extent at these x.
Matrix Line(const std::vector<float>& values) {
  Matrix line(values.size(), 1);
  std::copy(values.begin(), values.end(), line.values().begin());
  return line;
}

std::vector<Place> At(const std::vector<double>& xs) {
  std::vector<Place> places;
  for (const double x : xs) places.push_back({x, 0, 2, 2});
  return places;
}

/// The definition, word for word: ranks by sorting, the slow judge.
double BySorting(const Matrix& vectors, std::span<const Place> places, std::size_t k) {
  const std::size_t n = places.size();
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::pair<double, std::size_t>> in_space, on_board;
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      double square = 0;
      for (std::size_t d = 0; d < vectors.columns(); ++d) {
        const double difference =
            static_cast<double>(vectors.row(i)[d]) - static_cast<double>(vectors.row(j)[d]);
        square += difference * difference;
      }
      in_space.emplace_back(square, j);
      const double dx = places[i].x + places[i].width / 2 - places[j].x - places[j].width / 2;
      const double dy = places[i].y + places[i].height / 2 - places[j].y - places[j].height / 2;
      on_board.emplace_back(dx * dx + dy * dy, j);
    }
    std::sort(in_space.begin(), in_space.end());
    std::sort(on_board.begin(), on_board.end());
    for (std::size_t near = 0; near < k; ++near) {
      for (std::size_t rank = 1; rank <= in_space.size(); ++rank) {
        if (in_space[rank - 1].second == on_board[near].second && rank > k)
          sum += static_cast<double>(rank - k);
      }
    }
  }
  const auto count = static_cast<double>(n);
  const auto near = static_cast<double>(k);
  return 1 - 2 / (count * near * (2 * count - 3 * near - 1)) * sum;
}

TEST(Trust, IsOneWhereTheBoardIsTheSpace) {
  EXPECT_DOUBLE_EQ(Trustworthiness(Line({0, 1, 3, 7, 15, 31}), At({0, 1, 3, 7, 15, 31}), 2), 1);
}

TEST(Trust, CountsIntrudersByHowFarTheyAre) {
  // Space 0 1 3 7 16. On the board the last moves next to the first: places 0 1 3 7 0.4.
  // k = 1, nearest on the board: 0 -> e (rank 4: +3), 1 -> e (rank 4: +3), 3 -> b (rank 1), 7 -> c (rank 1),
  // e -> a (in the space d is nearest, then c, b, a: rank 4: +3). Together 9; the scale is 2 / (5 * 1 * 6).
  EXPECT_DOUBLE_EQ(Trustworthiness(Line({0, 1, 3, 7, 16}), At({0, 1, 3, 7, 0.4}), 1), 1 - 9 * 2.0 / 30);
}

TEST(Trust, AgreesWithTheDefinitionOnRandomBoards) {
  std::mt19937_64 random(4);
  for (const std::size_t n : {5U, 12U, 40U, 90U}) {
    const Matrix vectors = RandomRows(n, 9, random);
    std::vector<Place> places;
    for (std::size_t i = 0; i < n; ++i) places.push_back({Drawn(random, 0, 9), Drawn(random, 0, 9), 1, 2});
    const std::size_t k = std::min<std::size_t>(10, (n - 1) / 2);
    EXPECT_NEAR(Trustworthiness(vectors, places, k), BySorting(vectors, places, k), 1e-12) << n;
    EXPECT_NEAR(TrustworthinessOf(Ranks(AllDistances(vectors)), places, k), BySorting(vectors, places, k),
                1e-12)
        << n;
  }
}

TEST(Trust, JudgesByCentres) {
  // Equal corners do not help: by centres the wide picture lies far from the first two.
  const std::vector<Place> places = {{0, 0, 1, 1}, {3, 0, 1, 1}, {0, 2, 99, 1}, {60, 0, 1, 1}, {64, 0, 1, 1}};
  EXPECT_DOUBLE_EQ(Trustworthiness(Line({0, 3, 50, 60, 64}), places, 1), 1);
}

TEST(Trust, EquallyFarPicturesDoNoHarm) {
  std::mt19937_64 random(8);
  const std::vector<Place> places = Shuffled(At({0, 1, 2, 3, 4, 5, 6, 7, 8}), random);
  EXPECT_DOUBLE_EQ(Trustworthiness(Line({5, 5, 5, 5, 5, 5, 5, 5, 5}), places, 3), 1);
}

TEST(Trust, FewPicturesAndLargeK) {
  EXPECT_EQ(Trustworthiness(Matrix(), {}, 10), 1);
  EXPECT_EQ(Trustworthiness(Line({1}), At({0}), 10), 1);
  EXPECT_EQ(Trustworthiness(Line({1, 2}), At({0, 1}), 10), 1);
  const double three = Trustworthiness(Line({1, 2, 4}), At({0, 9, 1}), 10);
  EXPECT_DOUBLE_EQ(three, Trustworthiness(Line({1, 2, 4}), At({0, 9, 1}), 1));
  EXPECT_LT(three, 1);
  EXPECT_GE(three, 0);
}

TEST(Trust, AShuffledBoardIsAboutHalf) {
  std::mt19937_64 random(3);
  const Matrix vectors = RandomRows(300, 20, random);
  const std::vector<Size> sizes = PhotoSizes(300, random);
  const double trust = Trustworthiness(vectors, Shuffled(Pack(sizes, {}), random), 10);
  EXPECT_NEAR(trust, 0.5, 0.05);
}

}  // namespace
}  // namespace vitrine::layout
