#include "index/page_checks.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "base/hash.h"

namespace vitrine {
namespace {

std::vector<std::byte> Noise(std::size_t bytes) {
  std::mt19937 random(65);
  std::vector<std::byte> noise(bytes);
  for (std::byte& byte : noise) byte = static_cast<std::byte>(random());
  return noise;
}

std::span<const std::byte> Bytes(const std::vector<std::uint64_t>& table) {
  return std::as_bytes(std::span(table));
}

/// Checks of a payload that has had this table.
PageChecks ChecksOf(const std::vector<std::byte>& payload, const std::vector<std::uint64_t>& table) {
  return {payload, Bytes(table), Checksum64(Bytes(table)), "x.seg"};
}

TEST(PageChecks, EachDamagedByteCondemnsItsPageOnly) {
  constexpr std::size_t kBytes = 70 * kPageBytes + 64;
  const std::vector<std::byte> whole = Noise(kBytes);
  const std::vector<std::uint64_t> table = ChecksumsOf(whole);
  ASSERT_EQ(table.size(), 71U);
  for (std::size_t at = 5; at < kBytes; at += 3001) {
    std::vector<std::byte> payload = whole;
    payload[at] ^= std::byte{1};
    const PageChecks checks = ChecksOf(payload, table);
    const std::size_t start = at / kPageBytes * kPageBytes;
    EXPECT_FALSE(checks.AllAreWhole());
    EXPECT_FALSE(checks.AreWhole(payload.data() + at, 1));
    EXPECT_FALSE(checks.AreWhole(payload.data() + start, 1)) << "another byte of the page";
    EXPECT_FALSE(checks.AreWhole(payload.data(), at + 1));
    EXPECT_TRUE(checks.AreWhole(payload.data(), start));
    const std::size_t next = std::min(start + kPageBytes, kBytes);
    EXPECT_TRUE(checks.AreWhole(payload.data() + next, kBytes - next));
  }
}

TEST(PageChecks, WhatWasFoundWholeIsNotReadAgain) {
  std::vector<std::byte> payload = Noise(3 * kPageBytes);
  const std::vector<std::uint64_t> table = ChecksumsOf(payload);
  const PageChecks checks = ChecksOf(payload, table);
  EXPECT_TRUE(checks.AreWhole(payload.data() + kPageBytes, 1));
  payload[0] ^= std::byte{1};
  payload[kPageBytes] ^= std::byte{1};
  EXPECT_TRUE(checks.AreWhole(payload.data() + kPageBytes, kPageBytes));
  EXPECT_FALSE(checks.AreWhole(payload.data() + kPageBytes - 1, 2));
  EXPECT_TRUE(checks.AreWhole(payload.data(), 0));
}

TEST(PageChecks, NothingIsWholeUnderADamagedTable) {
  const std::vector<std::byte> payload = Noise(3 * kPageBytes);
  std::vector<std::uint64_t> table = ChecksumsOf(payload);
  const std::uint64_t checksum = Checksum64(Bytes(table));
  table[2] ^= 1;
  const PageChecks checks(payload, Bytes(table), checksum, "x.seg");
  EXPECT_FALSE(checks.AreWhole(payload.data(), 1));
  EXPECT_EQ(checks.file(), "x.seg");
}

TEST(PageChecks, ManyThreadsMayMeetAtAPage) {
  std::vector<std::byte> payload = Noise(200 * kPageBytes);
  const std::vector<std::uint64_t> table = ChecksumsOf(payload);
  payload[150 * kPageBytes] ^= std::byte{1};
  const PageChecks checks = ChecksOf(payload, table);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::size_t page = 0; page < 200; ++page) {
        EXPECT_EQ(checks.AreWhole(payload.data() + page * kPageBytes, kPageBytes), page != 150) << page;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace vitrine
