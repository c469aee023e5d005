// A decoder that has been taken over, command by command: each costs exactly the file that did it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <string>

#include "image/decoder.h"
#include "picture_maker.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::Encode;
using testing::FileWith;
using testing::Quarters;
using testing::StartPool;

class TakenOverDecoder : public ::testing::TestWithParam<const char*> {};

TEST_P(TakenOverDecoder, CostsExactlyOneFile) {
  const auto pool = StartPool("vitrine-decode-hostile", {.workers = 1, .timeout_ms = 2000ms});
  const auto bad = pool->Decode(FileWith(std::string("MISBEHAVE:") + GetParam()), {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message().find("ESCAPED"), std::string::npos) << bad.error().message();
  const auto good = pool->Decode(FileWith(Encode(Quarters(40, 30), ".png")), {});
  ASSERT_TRUE(good) << good.error().message();
  EXPECT_EQ(good->info.width_px, 40);
}

#ifdef __SANITIZE_ADDRESS__  // Memory limits cannot be set there.
INSTANTIATE_TEST_SUITE_P(Commands, TakenOverDecoder,
                         ::testing::Values("abort", "segv", "exit", "spin", "sleep", "open", "create",
                                           "socket", "unix", "fork", "memfd", "kill", "ptrace", "exec",
                                           "code"));
#else
INSTANTIATE_TEST_SUITE_P(Commands, TakenOverDecoder,
                         ::testing::Values("abort", "segv", "exit", "spin", "sleep", "alloc", "malloc", "new",
                                           "open", "create", "socket", "unix", "fork", "memfd", "kill",
                                           "ptrace", "exec", "code"));
#endif

std::string MessageFor(const std::string& command) {
  const auto pool = StartPool("vitrine-decode-hostile", {.workers = 1, .timeout_ms = 500ms});
  const auto bad = pool->Decode(FileWith("MISBEHAVE:" + command), {});
  return bad ? "decoded" : bad.error().message();
}

TEST(Sandbox, DeathIsToldInWords) {
#ifndef __SANITIZE_ADDRESS__  // It answers the signal itself.
  EXPECT_EQ(MessageFor("segv"), "the decoder crashed on this file (signal 11)");
#endif
  EXPECT_EQ(MessageFor("socket"), "the decoder tried something forbidden on this file (signal 31)");
  EXPECT_EQ(MessageFor("exit"), "the decoder gave up on this file (exit code 7)");
  EXPECT_EQ(MessageFor("spin"), "decoding took longer than 500 ms");
}

TEST(Sandbox, NothingIsCreated) {
  MessageFor("create");
  struct stat status = {};
  EXPECT_NE(stat("/tmp/vitrine-escaped", &status), 0);
}

}  // namespace
}  // namespace vitrine
