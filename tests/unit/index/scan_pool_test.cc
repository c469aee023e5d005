#include "index/scan_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace vitrine {
namespace {

/// Adds 1 to each of `counts` once, whoever takes part; returns whether all are 1.
bool EachOnce(ScanPool& pool, std::size_t size) {
  std::vector<std::atomic<int>> counts(size);
  std::atomic<std::size_t> next = 0;
  pool.Run([&](std::size_t participant) {
    EXPECT_LT(participant, pool.participants());
    for (std::size_t i = next++; i < counts.size(); i = next++) ++counts[i];
  });
  for (const auto& count : counts) {
    if (count != 1) return false;
  }
  return true;
}

TEST(ScanPool, WorkIsDoneOnceWithAnyNumberOfHelpers) {
  for (const std::size_t helpers : {0U, 1U, 3U, 8U}) {
    ScanPool pool(helpers);
    for (int round = 0; round < 200; ++round)
      ASSERT_TRUE(EachOnce(pool, 1 + static_cast<std::size_t>(round)));
  }
}

TEST(ScanPool, ParticipantsAreDistinct) {
  ScanPool pool(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::atomic<int>> seen(pool.participants());
    pool.Run([&](std::size_t participant) { ++seen[participant]; });
    EXPECT_EQ(seen[0], 1);
    for (const auto& count : seen) ASSERT_LE(count, 1);
  }
}

TEST(ScanPool, ManyCallersAtOnceAllFinish) {
  ScanPool pool(2);
  std::atomic<int> failures = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      for (int round = 0; round < 100; ++round) failures += EachOnce(pool, 64) ? 0 : 1;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace vitrine
