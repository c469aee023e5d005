#include "index/segment_format.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "base/hash.h"
#include "index/page_checks.h"
#include "index/quantise.h"
#include "index/row_block.h"
#include "index_testing.h"

namespace vitrine {
namespace {

const SegmentHeader kHeader{"00112233445566aa", 10, 64, 3};

void Add(std::vector<std::byte>& file, std::span<const std::byte> bytes) {
  file.insert(file.end(), bytes.begin(), bytes.end());
}

/// Puts a block of random rows behind `file`; returns the checksum of its header.
std::uint64_t AddRows(std::vector<std::byte>& file, RowId first, RowId rows, std::uint64_t link,
                      std::mt19937& random) {
  const auto payload = LayOut(RandomCodes(rows, kHeader.dimension, random), kHeader.stride);
  const std::span<const std::byte> bytes(payload.get(), PayloadBytes(rows, kHeader.stride));
  const BlockPlace place = PlaceBlock(file.size(), bytes.size());
  const std::vector<std::byte> table = PageTable(place, bytes);
  const HeaderBytes header = Int8BlockHeader(first, rows, bytes.size(), table, link);
  Add(file, header);
  Add(file, table);
  Add(file, bytes);
  return LinkOf(header);
}

struct TwoBlocks {
  std::vector<std::byte> file;
  std::uint64_t last_link = 0;

  explicit TwoBlocks(std::mt19937& random) {
    const HeaderBytes header = FileHeader(kHeader);
    Add(file, header);
    last_link = AddRows(file, 0, 5, LinkOf(header), random);
    last_link = AddRows(file, 5, 20, last_link, random);
  }
};

/// Replaces the last header's field at `offset` and seals it again: what a careful forger or a later version
/// writes.
void Reseal(std::span<std::byte> header, std::size_t offset, std::uint32_t value) {
  std::memcpy(header.data() + offset, &value, sizeof value);
  const std::uint64_t checksum = Checksum64(header.first(56));
  std::memcpy(header.data() + 56, &checksum, sizeof checksum);
}

TEST(ScanSegment, FindsWhatWasWritten) {
  std::mt19937 random(71);
  const TwoBlocks two(random);
  const SegmentScan scan = ScanSegment(two.file, kHeader);
  EXPECT_EQ(scan.damage, "");
  ASSERT_EQ(scan.blocks.size(), 2U);
  EXPECT_EQ(scan.rows, 25U);
  EXPECT_EQ(scan.end, two.file.size());
  EXPECT_EQ(scan.link, two.last_link);
  EXPECT_EQ(scan.blocks[0].place.table, 128U);
  EXPECT_EQ(scan.blocks[0].place.payload, 4096U);
  EXPECT_EQ(scan.blocks[1].first, 5U);
  EXPECT_EQ(scan.blocks[1].place.payload, 8192U);
}

TEST(ScanSegment, RefusesEveryOtherIdentity) {
  std::mt19937 random(72);
  const TwoBlocks two(random);
  for (SegmentHeader other :
       {SegmentHeader{"00112233445566ab", 10, 64, 3}, SegmentHeader{kHeader.space, 11, 64, 3},
        SegmentHeader{kHeader.space, 10, 128, 3}, SegmentHeader{kHeader.space, 10, 64, 2},
        SegmentHeader{kHeader.space, 10, 64, 4}}) {
    const SegmentScan scan = ScanSegment(two.file, other);
    EXPECT_NE(scan.damage, "");
    EXPECT_EQ(scan.rows, 0U);
  }
}

TEST(ScanSegment, EveryFlippedBitOfAHeaderIsSeen) {
  std::mt19937 random(73);
  const TwoBlocks two(random);
  for (std::size_t bit = 0; bit < 2 * kHeaderBytes * 8; ++bit) {
    std::vector<std::byte> file = two.file;
    file[bit / 8] ^= std::byte{1} << (bit % 8);
    const SegmentScan scan = ScanSegment(file, kHeader);
    ASSERT_NE(scan.damage, "") << "bit " << bit;
    ASSERT_TRUE(scan.blocks.empty()) << "bit " << bit;
  }
}

TEST(ScanSegment, TablesAndPayloadsAreNotLookedAt) {
  std::mt19937 random(74);
  TwoBlocks two(random);
  two.file[128] ^= std::byte{4};
  two.file[4096] ^= std::byte{4};
  const SegmentScan scan = ScanSegment(two.file, kHeader);
  EXPECT_EQ(scan.damage, "");
  EXPECT_EQ(scan.rows, 25U);
}

TEST(PlaceBlock, PayloadsBeginAtPagesAndTablesFitBeforeThem) {
  for (std::size_t header = 64; header < 9000; header += 64) {
    for (const std::size_t bytes : {64U, 4096U, 4160U, 4096U * 500U, 4096U * 504U, 4096U * 505U}) {
      const BlockPlace place = PlaceBlock(header, bytes);
      EXPECT_EQ(place.table, header + 64);
      EXPECT_EQ(place.payload % kPageBytes, 0U);
      EXPECT_GE(place.payload, place.table + 8 * PagesOf(bytes));
      EXPECT_LT(place.payload, place.table + 8 * PagesOf(bytes) + kPageBytes);
      EXPECT_EQ(place.end, place.payload + bytes);
    }
  }
}

TEST(ScanSegment, BlockFromAnotherPlaceBreaksTheChain) {
  std::mt19937 random(75);
  TwoBlocks two(random);
  AddRows(two.file, 25, 3, two.last_link + 1, random);
  const SegmentScan scan = ScanSegment(two.file, kHeader);
  EXPECT_EQ(scan.rows, 25U);
  EXPECT_NE(scan.damage, "");
}

TEST(ScanSegment, RowsMustContinue) {
  for (const RowId first : {0U, 24U, 26U, ~RowId{0}}) {
    std::mt19937 random(76);
    TwoBlocks two(random);
    AddRows(two.file, first, 3, two.last_link, random);
    const SegmentScan scan = ScanSegment(two.file, kHeader);
    EXPECT_EQ(scan.rows, 25U) << first;
    EXPECT_NE(scan.damage, "") << first;
  }
}

TEST(ScanSegment, LiesUnderARightChecksumAreSeen) {
  for (const std::uint32_t rows : {0U, 1U, 19U, 21U, 1U << 20, ~0U}) {
    std::mt19937 random(77);
    TwoBlocks two(random);
    const std::size_t last = PlaceBlock(64, PayloadBytes(5, 64)).end;
    Reseal(std::span(two.file).subspan(last, kHeaderBytes), 12, rows);
    const SegmentScan scan = ScanSegment(two.file, kHeader);
    EXPECT_EQ(scan.rows, 5U) << rows;
    EXPECT_NE(scan.damage, "") << rows;
  }
}

TEST(ScanSegment, BlocksOfUnknownTypeAreSteppedOver) {
  std::mt19937 random(78);
  TwoBlocks two(random);
  const std::size_t start = two.file.size();
  AddRows(two.file, 0, 25, two.last_link, random);
  const auto header = std::span(two.file).subspan(start, kHeaderBytes);
  Reseal(header, 4, 2);
  AddRows(two.file, 25, 4, LinkOf(header.first<kHeaderBytes>()), random);
  const SegmentScan scan = ScanSegment(two.file, kHeader);
  EXPECT_EQ(scan.damage, "");
  EXPECT_EQ(scan.blocks.size(), 3U);
  EXPECT_EQ(scan.rows, 29U);
}

TEST(ScanSegment, UnfinishedBlockIsNoDamage) {
  std::mt19937 random(79);
  TwoBlocks two(random);
  const std::size_t end = two.file.size();
  two.file.resize(end + kHeaderBytes, std::byte{0});
  two.file.resize(end + 1000, std::byte{7});
  const SegmentScan scan = ScanSegment(two.file, kHeader);
  EXPECT_EQ(scan.damage, "");
  EXPECT_EQ(scan.rows, 25U);
  EXPECT_EQ(scan.end, end);
}

TEST(ScanSegment, OlderAndNewerVersionsAreNamed) {
  std::mt19937 random(80);
  TwoBlocks two(random);
  for (const std::uint32_t version : {1U, 3U}) {
    Reseal(std::span(two.file).first(kHeaderBytes), 8, version);
    EXPECT_EQ(ScanSegment(two.file, kHeader).damage, "its format is version " + std::to_string(version));
  }
}

TEST(ScanSegment, AnyBytesAtAllAreSurvived) {
  std::mt19937 random(81);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::byte> file(random() % 400);
    for (std::byte& byte : file) byte = static_cast<std::byte>(random());
    EXPECT_EQ(ScanSegment(file, kHeader).rows, 0U);
  }
}

}  // namespace
}  // namespace vitrine
