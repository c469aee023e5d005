#include "ingest/batch_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

namespace vitrine {
namespace {

using std::chrono::milliseconds;

TEST(BatchQueue, TakesWhatIsThereInOrder) {
  BatchQueue<int> queue(10);
  for (int i = 0; i < 5; ++i) queue.Push(i);
  std::vector<int> batch;
  EXPECT_TRUE(queue.Take(batch, 3, milliseconds(0)));
  EXPECT_EQ(batch, (std::vector<int>{0, 1, 2}));
  EXPECT_TRUE(queue.Take(batch, 4, milliseconds(0)));
  EXPECT_EQ(batch, (std::vector<int>{0, 1, 2, 3})) << "a batch that was begun is filled up";
}

TEST(BatchQueue, PartialBatchGoesWhenNoMoreCome) {
  BatchQueue<int> queue(10);
  queue.Push(1);
  std::vector<int> batch;
  EXPECT_TRUE(queue.Take(batch, 3, milliseconds(1)));
  EXPECT_EQ(batch, std::vector<int>{1});
  batch.clear();
  EXPECT_TRUE(queue.Take(batch, 3, milliseconds(1)));
  EXPECT_TRUE(batch.empty());
}

TEST(BatchQueue, ClosedQueueGivesItsRestThenEnds) {
  BatchQueue<int> queue(10);
  queue.Push(1);
  queue.Close();
  queue.Push(2);
  std::vector<int> batch;
  EXPECT_FALSE(queue.Take(batch, 3, std::chrono::hours(1)));
  EXPECT_EQ(batch, std::vector<int>{1}) << "and what came after closing was dropped";
}

TEST(BatchQueue, ProducersWaitForRoomAndLoseNothing) {
  constexpr int kEach = 500;
  BatchQueue<int> queue(3);
  std::atomic<int> producing = 4;
  std::vector<std::jthread> producers;
  for (int p = 0; p < 4; ++p) {
    producers.emplace_back([&, p] {
      for (int i = 0; i < kEach; ++i) queue.Push(p * kEach + i);
      if (--producing == 0) queue.Close();
    });
  }
  std::vector<int> all;
  bool more = true;
  while (more) {
    std::vector<int> batch;
    more = queue.Take(batch, 7, milliseconds(50));
    EXPECT_LE(batch.size(), 7U);
    all.insert(all.end(), batch.begin(), batch.end());
  }
  std::ranges::sort(all);
  std::vector<int> wanted(4 * kEach);
  std::iota(wanted.begin(), wanted.end(), 0);
  EXPECT_EQ(all, wanted);
}

TEST(BatchQueue, ClosingFreesAWaitingProducer) {
  BatchQueue<int> queue(1);
  queue.Push(1);
  std::jthread producer([&] { queue.Push(2); });
  queue.Close();
  producer.join();
  std::vector<int> batch;
  EXPECT_FALSE(queue.Take(batch, 5, milliseconds(1)));
}

}  // namespace
}  // namespace vitrine
