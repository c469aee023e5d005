#include "cli/vector_progress.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(StepText, CountsWhatCanBeCounted) {
  EXPECT_EQ(StepText("recording vectors", 120'000, 1'000'000), "recording vectors: 120,000 of 1,000,000");
  EXPECT_EQ(StepText("measuring searches", 0, 0), "measuring searches");
}

TEST(VectorProgress, SaysEachStepOnceWhereThereIsNoTerminal) {
  ::testing::internal::CaptureStderr();
  {
    VectorProgress progress(false);
    progress.OnStep("checking vectors", 10, 20);
    progress.OnStep("checking vectors", 20, 20);
    progress.OnStep("recording vectors", 10, 20);
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "vitrine: checking vectors\nvitrine: recording vectors\n");
}

TEST(VectorProgress, QuietSaysNothing) {
  ::testing::internal::CaptureStderr();
  VectorProgress(true).OnStep("checking vectors", 10, 20);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace vitrine
