#include "fetch/progress.h"

#include <gtest/gtest.h>

namespace vitrine::fetch {
namespace {

TEST(FetchProgress, SaysHowFarAndHowLong) {
  EXPECT_EQ(ProgressText("a.onnx", 512, 2048, 512, 0), "a.onnx: 512 bytes of 2.0 KB");
  EXPECT_EQ(ProgressText("a.onnx", 1024, 2048, 512, 4), "a.onnx: 1.0 KB of 2.0 KB, 128 bytes/s, 8 s left");
  EXPECT_EQ(ProgressText("a.onnx", 4096, 2048, 512, 4), "a.onnx: 4.0 KB of 2.0 KB, 128 bytes/s");
}

}  // namespace
}  // namespace vitrine::fetch
