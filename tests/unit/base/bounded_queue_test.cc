#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

namespace vitrine {
namespace {

using std::chrono::milliseconds;

TEST(BoundedQueue, EveryItemArrivesOnceThroughManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kItems = 2000;
  BoundedQueue<int> queue(3);
  std::atomic<std::int64_t> sum = 0;
  std::vector<std::jthread> consumers;
  {
    std::vector<std::jthread> producers;
    for (int t = 0; t < kThreads; ++t) {
      producers.emplace_back([&queue, t] {
        for (int i = 0; i < kItems; ++i) queue.Push(t * kItems + i);
      });
      consumers.emplace_back([&queue, &sum] {
        while (const auto item = queue.Pop()) sum += *item;
      });
    }
  }
  queue.Close();
  consumers.clear();
  constexpr std::int64_t kAll = kThreads * kItems;
  EXPECT_EQ(sum, kAll * (kAll - 1) / 2);
}

TEST(BoundedQueue, FullQueueHoldsTheProducerBack) {
  BoundedQueue<int> queue(2);
  std::atomic<int> pushed = 0;
  std::jthread producer([&] {
    for (int i = 0; i < 5; ++i) {
      if (queue.Push(i)) ++pushed;
    }
  });
  while (pushed < 2) std::this_thread::yield();
  EXPECT_EQ(queue.Pop(), 0);
  while (pushed < 3) std::this_thread::yield();
  EXPECT_LE(pushed, 3);
  queue.Close();
}

TEST(BoundedQueue, CloseKeepsWhatIsInsideAndRefusesMore) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.Push(1));
  queue.Close();
  EXPECT_FALSE(queue.Push(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), std::nullopt);
  EXPECT_EQ(queue.TryPop(), std::nullopt);
}

TEST(BoundedQueue, BatchesTakeWhatIsThereInOrder) {
  BoundedQueue<int> queue(10);
  for (int i = 0; i < 5; ++i) queue.Push(i);
  std::vector<int> batch;
  EXPECT_TRUE(queue.PopBatch(batch, 3, milliseconds(0)));
  EXPECT_EQ(batch, (std::vector<int>{0, 1, 2}));
  EXPECT_TRUE(queue.PopBatch(batch, 4, milliseconds(0)));
  EXPECT_EQ(batch, (std::vector<int>{0, 1, 2, 3})) << "a batch that was begun is filled up";
}

TEST(BoundedQueue, BatchesGoPartialWhenNoMoreCome) {
  BoundedQueue<int> queue(10);
  queue.Push(1);
  std::vector<int> batch;
  EXPECT_TRUE(queue.PopBatch(batch, 3, milliseconds(1)));
  EXPECT_EQ(batch, std::vector<int>{1});
  batch.clear();
  EXPECT_TRUE(queue.PopBatch(batch, 3, milliseconds(1)));
  EXPECT_TRUE(batch.empty());
}

TEST(BoundedQueue, BatchesEndWithTheRestOfAClosedQueue) {
  BoundedQueue<int> queue(10);
  queue.Push(1);
  queue.Close();
  queue.Push(2);
  std::vector<int> batch;
  EXPECT_FALSE(queue.PopBatch(batch, 3, std::chrono::hours(1)));
  EXPECT_EQ(batch, std::vector<int>{1}) << "and what came after closing was dropped";
}

TEST(BoundedQueue, BatchesLoseNothingWhileProducersWait) {
  constexpr int kEach = 500;
  BoundedQueue<int> queue(3);
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
    more = queue.PopBatch(batch, 7, milliseconds(50));
    EXPECT_LE(batch.size(), 7U);
    all.insert(all.end(), batch.begin(), batch.end());
  }
  std::ranges::sort(all);
  std::vector<int> wanted(4 * kEach);
  std::iota(wanted.begin(), wanted.end(), 0);
  EXPECT_EQ(all, wanted);
}

TEST(BoundedQueue, BatchesEndFreesAWaitingProducer) {
  BoundedQueue<int> queue(1);
  queue.Push(1);
  std::jthread producer([&] { queue.Push(2); });
  queue.Close();
  producer.join();
  std::vector<int> batch;
  EXPECT_FALSE(queue.PopBatch(batch, 5, milliseconds(1)));
}

}  // namespace
}  // namespace vitrine
