#include "cli/progress.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(ProgressText, CountsAndRateWhileTheWalkGoesOn) {
  EXPECT_EQ(ProgressText({.seen = 5000, .indexed = 1200, .reused = 34, .failed = 0, .walk_done = false}, 10),
            "1,234 pictures, 120/s");
}

TEST(ProgressText, TimeLeftOnceTheTotalIsKnown) {
  EXPECT_EQ(ProgressText({.seen = 2000, .indexed = 1000, .reused = 0, .failed = 0, .walk_done = true}, 10),
            "1,000 of 2,000 pictures, 100/s, 10 s left");
  EXPECT_EQ(
      ProgressText({.seen = 1'000'000, .indexed = 1000, .reused = 0, .failed = 0, .walk_done = true}, 10),
      "1,000 of 1,000,000 pictures, 100/s, 2 h 46 min left");
}

TEST(ProgressText, NamesUnreadableFilesOnlyWhenThereAreAny) {
  EXPECT_EQ(ProgressText({.seen = 3, .indexed = 2, .reused = 0, .failed = 1, .walk_done = true}, 1),
            "3 of 3 pictures, 2/s, 1 unreadable");
}

}  // namespace
}  // namespace vitrine
