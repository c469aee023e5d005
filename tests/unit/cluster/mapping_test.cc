#include "cluster/mapping.h"

#include <gtest/gtest.h>

namespace vitrine::cluster {
namespace {

TEST(Shards, GrowWithThePicturesAndStayWithinBounds) {
  EXPECT_EQ(ShardsFor(1'000, 256, VectorKind::kByte, 3).primaries, 1U);
  EXPECT_EQ(ShardsFor(100'000, 256, VectorKind::kByte, 3).primaries, 3U);
  std::size_t before = 0;
  for (const std::uint64_t millions : {1U, 30U, 100U, 300U, 1000U}) {
    const Shards shards = ShardsFor(millions * 1'000'000, 512, VectorKind::kFloat, 3);
    EXPECT_GT(shards.primaries, before) << millions;
    EXPECT_LE(shards.primaries, 1024U) << millions;
    before = shards.primaries;
  }
  EXPECT_LE(ShardsFor(1'000'000'000, 512, VectorKind::kByte, 3).primaries, before);
}

TEST(Shards, OneNodeHoldsNoSecondCopy) {
  EXPECT_EQ(ShardsFor(1'000, 256, VectorKind::kByte, 1).replicas, 0U);
  EXPECT_EQ(ShardsFor(1'000, 256, VectorKind::kByte, 3).replicas, 1U);
}

TEST(Names, OfTwoLibrariesAndTwoSpacesDiffer) {
  const Address a = {.host = "h", .port = 9200, .name = "a"}, b = {.host = "h", .port = 9200, .name = "b"};
  EXPECT_NE(IndexName(a, "00"), IndexName(a, "01"));
  EXPECT_NE(IndexName(a, "00"), IndexName(b, "00"));
  EXPECT_NE(AliasName(a), AliasName(b));
}

}  // namespace
}  // namespace vitrine::cluster
