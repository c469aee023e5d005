#include "query/duplicates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "image/sketch.h"
#include "index/exact_scan.h"
#include "index/quantise.h"
#include "support/painted_scene.h"

namespace vitrine {
namespace {

using testing::PaintedScene;
using testing::View;

constexpr auto kGoOn = [](std::uint64_t, std::uint64_t) { return true; };

// Hashes in bunches: many near ones, and some that are alike.
std::vector<std::uint64_t> MakeHashes(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> hashes;
  while (hashes.size() < count) {
    std::uint64_t hash = random() | 1;
    for (int i = 0; i < 4 && hashes.size() < count; ++i) {
      hashes.push_back(hash);
      for (std::uint64_t flips = random() % 5; flips > 0; --flips) hash ^= std::uint64_t{2} << random() % 63;
    }
  }
  hashes[3] = 0;
  return hashes;
}

TEST(HashIndex, FindsWhatLookingAtEveryHashFinds) {
  const std::vector<std::uint64_t> hashes = MakeHashes(3000, 11);
  const HashIndex index(hashes);
  std::size_t total = 0;
  for (const int radius : {0, 3, 4, 7, 8, 11}) {
    for (std::size_t q = 0; q < hashes.size(); q += 37) {
      std::vector<RowId> expected;
      for (RowId row = 0; row < hashes.size(); ++row) {
        if (hashes[row] != 0 && HashDistance(hashes[row], hashes[q]) <= radius) expected.push_back(row);
      }
      std::vector<RowId> rows;
      for (const HashNeighbour& near : index.Near(hashes[q], radius)) {
        rows.push_back(near.row);
        EXPECT_EQ(near.distance, HashDistance(hashes[near.row], hashes[q]));
      }
      EXPECT_EQ(rows, expected) << "radius " << radius << " query " << q;
      total += rows.size();
    }
  }
  EXPECT_GT(total, 500u);
}

TEST(TurnedHashes, AreThoseOfTheTurnedPictures) {
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    const PaintedScene scene(seed, 80);
    const View straight{.width_px = 150, .height_px = 100, .step = 2};
    const std::array<std::uint64_t, 8> turned = TurnedHashes(SketchOf(scene.Take(straight)).hash);
    for (int i = 0; i < 8; ++i) {
      // The picture mirrored and then turned clockwise is the scene seen by a camera turned the other way.
      View view{.degrees = -90.0 * (i % 4), .mirrored = false};
      if (i % 2 == 1) std::swap(view.width_px, view.height_px);
      RgbImage image = scene.Take(view);
      if (i >= 4) {
        view.degrees = 90.0 * (i % 4);  // Mirroring last turns the other way.
        view.mirrored = true;
        image = scene.Take(view);
      }
      EXPECT_LE(HashDistance(turned[static_cast<std::size_t>(i)], SketchOf(image).hash), 1)
          << "seed " << seed << " way " << i;
    }
  }
}

// Vectors without likeness but where told.
std::unique_ptr<VectorIndex> MakeIndex(std::size_t count, const std::vector<std::pair<RowId, RowId>>& alike) {
  std::mt19937 random(5);
  Matrix vectors(count, 64);
  for (float& value : vectors.values()) value = static_cast<float>(random() % 2001) / 1000 - 1;
  for (const auto& [a, b] : alike) {
    for (std::size_t i = 0; i < 64; ++i) vectors.row(b)[i] = vectors.row(a)[i] + 0.1f * vectors.row(b)[i];
  }
  for (std::size_t row = 0; row < count; ++row) {
    float squares = 0;
    for (const float value : vectors.row(row)) squares += value * value;
    for (float& value : vectors.row(row)) value /= std::sqrt(squares);
  }
  return IndexInMemory(Encode(vectors));
}

TEST(ProposePairs, UnitesHashesAndVectors) {
  const std::vector<std::pair<RowId, RowId>> alike = {{1, 20}, {2, 40}};
  const std::unique_ptr<VectorIndex> index = MakeIndex(50, alike);
  std::vector<std::uint64_t> hashes;
  std::mt19937_64 random(6);
  for (int i = 0; i < 50; ++i) hashes.push_back(random() | 1);
  hashes[40] = hashes[2] ^ 0x30;            // Also near by its hash.
  hashes[7] = hashes[30];                   // Alike by its hash alone.
  hashes[9] = TurnedHashes(hashes[12])[5];  // 12, mirrored and turned once, looks like 9.
  RowSet live(50, true);
  const auto pairs = ProposePairs(hashes, *index, live, {}, kGoOn);
  ASSERT_TRUE(pairs);
  std::set<std::pair<RowId, RowId>> found;
  for (const ProposedPair& pair : *pairs) {
    EXPECT_LT(pair.a, pair.b);
    EXPECT_TRUE(found.emplace(pair.a, pair.b).second) << "twice";
    if (pair.a == 2 && pair.b == 40) {
      EXPECT_EQ(pair.distance, 2);
      EXPECT_GT(pair.cosine, 0.9f);
    }
    if (pair.a == 9 && pair.b == 12) {
      EXPECT_EQ(pair.turn, 5);  // 12 has to be laid this way to look like 9.
    }
  }
  for (const auto& expected : {std::pair<RowId, RowId>{1, 20}, {2, 40}, {7, 30}, {9, 12}}) {
    EXPECT_TRUE(found.contains(expected)) << expected.first << " " << expected.second;
  }
  EXPECT_LT(found.size(), 10u);

  live.Erase(20);
  const auto fewer = ProposePairs(hashes, *index, live, {}, kGoOn);
  ASSERT_TRUE(fewer);
  for (const ProposedPair& pair : *fewer) EXPECT_TRUE(pair.a != 20 && pair.b != 20);
}

TEST(ProposePairs, StaysLinearWhereAllHashesAreAlike) {
  const std::unique_ptr<VectorIndex> index = MakeIndex(500, {});
  const std::vector<std::uint64_t> hashes(500, 0xF0F1);
  const auto pairs = ProposePairs(hashes, *index, RowSet(500, true), {.least_cosine = 0.99f}, kGoOn);
  ASSERT_TRUE(pairs);
  EXPECT_LE(pairs->size(), 1500u);
  EXPECT_GE(pairs->size(), 499u);
}

TEST(DuplicateRows, AreExactCopiesAndNearHashes) {
  FactTable facts;
  facts.row_count = 6;
  std::mt19937_64 random(8);
  for (int i = 0; i < 6; ++i) facts.hashes.push_back(random() | 1);
  facts.hashes[1] = facts.hashes[0] ^ 0x6;   // 2 bits.
  facts.hashes[5] = facts.hashes[4] ^ 0xFE;  // 7 bits: too many to be sure.
  facts.hashes[3] = 1;                       // No detail.
  for (RowId row = 0; row < 6; ++row) {
    for (int copies = row == 2 ? 2 : 1; copies > 0; --copies) facts.places.values.push_back({});
    facts.places.starts.push_back(static_cast<std::uint32_t>(facts.places.values.size()));
  }
  const RowSet rows = DuplicateRows(facts);
  for (RowId row = 0; row < 6; ++row) EXPECT_EQ(rows.Contains(row), row <= 2) << row;
}

}  // namespace
}  // namespace vitrine
