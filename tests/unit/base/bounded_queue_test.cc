#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace vitrine {
namespace {

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

}  // namespace
}  // namespace vitrine
