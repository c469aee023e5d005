#include "index/index_policy.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(IndexPolicy, GrowsFromExactThroughCompressedToLists) {
  const IndexPolicy policy;
  EXPECT_EQ(ChooseKind(policy, 0, 512), IndexKind::kExact);
  EXPECT_EQ(ChooseKind(policy, 200'000, 512), IndexKind::kExact);
  EXPECT_EQ(ChooseKind(policy, 200'001, 512), IndexKind::kCompressed);
  EXPECT_EQ(ChooseKind(policy, 3'000'000, 512), IndexKind::kCompressed);
  EXPECT_EQ(ChooseKind(policy, 3'000'001, 512), IndexKind::kIvf);
  EXPECT_EQ(ChooseKind(policy, 4'000'000'000, 512), IndexKind::kIvf);
}

TEST(IndexPolicy, ShortVectorsStayWithTheExactScanForLonger) {
  EXPECT_EQ(ChooseKind({}, 400'000, 256), IndexKind::kExact);
  EXPECT_EQ(ChooseKind({}, 400'001, 256), IndexKind::kCompressed);
}

TEST(IndexPolicy, LittleMemoryAsksForLess) {
  EXPECT_EQ(ChooseKind({.memory_bytes = 100'000 * 512}, 100'000, 512), IndexKind::kExact);
  EXPECT_EQ(ChooseKind({.memory_bytes = 100'000 * 511}, 100'000, 512), IndexKind::kCompressed);
  EXPECT_EQ(ChooseKind({.memory_bytes = 100'000 * 64}, 100'000, 512), IndexKind::kIvf);
}

TEST(IndexPolicy, FullRecallIsForTheExactScanAlone) {
  EXPECT_EQ(ChooseKind({.recall = 1}, 10'000'000, 512), IndexKind::kExact);
}

TEST(IndexPolicy, WhatIsNamedIsUsed) {
  for (const IndexKind kind :
       {IndexKind::kExact, IndexKind::kCompressed, IndexKind::kIvf, IndexKind::kHnsw}) {
    EXPECT_EQ(ChooseKind({.kind = kind}, 10, 512), kind) << NameOf(kind);
  }
}

TEST(IndexPolicy, ListsGrowWithTheRootOfTheRows) {
  EXPECT_EQ(ListsFor(0), 1U);
  EXPECT_EQ(ListsFor(63), 1U);
  EXPECT_EQ(ListsFor(640), 10U);
  EXPECT_EQ(ListsFor(10'000'000), 12'649U);
}

TEST(IndexPolicy, RebuildsWhenTheTailSlowsASearchByAFifth) {
  constexpr RowId kMillion = 1'000'000;
  EXPECT_FALSE(ShouldRebuild(IndexKind::kCompressed, kMillion, kMillion / 32, 0));
  EXPECT_TRUE(ShouldRebuild(IndexKind::kCompressed, kMillion, kMillion / 32 + 1, 0));
  EXPECT_FALSE(ShouldRebuild(IndexKind::kIvf, 10 * kMillion, 10 * kMillion / 128, 0));
  EXPECT_TRUE(ShouldRebuild(IndexKind::kIvf, 10 * kMillion, 10 * kMillion / 128 + 1, 0));
  EXPECT_FALSE(ShouldRebuild(IndexKind::kHnsw, kMillion, kMillion / 5, 0)) << "a graph takes long to build";
  EXPECT_TRUE(ShouldRebuild(IndexKind::kHnsw, kMillion, kMillion / 5 + 1, 0));
  EXPECT_FALSE(ShouldRebuild(IndexKind::kCompressed, 1'000, 20'000, 0)) << "a small tail is read soon enough";
  EXPECT_TRUE(ShouldRebuild(IndexKind::kCompressed, 1'000, 20'001, 0));
}

TEST(IndexPolicy, RebuildsWhenAFifthWent) {
  EXPECT_FALSE(ShouldRebuild(IndexKind::kCompressed, 1'000'000, 0, 200'000));
  EXPECT_TRUE(ShouldRebuild(IndexKind::kCompressed, 1'000'000, 0, 200'001));
}

}  // namespace
}  // namespace vitrine
