#include "server/jobs.h"

#include <gtest/gtest.h>

#include <thread>

namespace vitrine::server {
namespace {

Json WaitForEnd(const Jobs& jobs) {
  while (jobs.IsRunning("export")) std::this_thread::yield();
  return jobs.List().back();
}

Result<JobOutcome> WaitForStop(JobReport& report, const StopSignal& stop) {
  report.Step("waiting", 1, 2);
  while (!stop.requested()) std::this_thread::yield();
  return JobOutcome{.stopped = true};
}

TEST(Jobs, EndsWithItsResult) {
  EventHub hub;
  const auto page = hub.Listen();
  Jobs jobs(hub);
  const auto started = jobs.Start("export", [](JobReport& report, const StopSignal&) -> Result<JobOutcome> {
    report.Step("drawing", 3, 4);
    return JobOutcome{.result = {{"bytes", 12}}, .notes = {"a note"}};
  });
  ASSERT_TRUE(started);
  EXPECT_EQ((*started)["state"], "running");
  const Json ended = WaitForEnd(jobs);
  EXPECT_EQ(ended["state"], "done");
  EXPECT_EQ(ended["result"]["bytes"], 12);
  EXPECT_EQ(ended["notes"][0], "a note");
  EXPECT_TRUE(ended["error"].is_null());
  jobs.StopAll();
  const auto told = page->Next();
  ASSERT_TRUE(told);
  EXPECT_NE(told->find("\"step\":\"drawing\""), std::string::npos);
  EXPECT_NE(told->find("\"state\":\"done\""), std::string::npos);
}

TEST(Jobs, AFailureIsToldInWords) {
  EventHub hub;
  Jobs jobs(hub);
  ASSERT_TRUE(jobs.Start("export", [](JobReport&, const StopSignal&) -> Result<JobOutcome> {
    return Error(Code::kNoSpace, "the disk is full");
  }));
  const Json ended = WaitForEnd(jobs);
  EXPECT_EQ(ended["state"], "failed");
  EXPECT_EQ(ended["error"]["code"], "no_space");
  EXPECT_EQ(ended["error"]["message"], "the disk is full");
}

TEST(Jobs, OneOfAKindAtATime) {
  EventHub hub;
  Jobs jobs(hub);
  ASSERT_TRUE(jobs.Start("export", WaitForStop));
  const auto second = jobs.Start("export", WaitForStop);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kLocked);
  EXPECT_TRUE(jobs.Start("index", WaitForStop));
}

TEST(Jobs, StopsWhenAsked) {
  EventHub hub;
  Jobs jobs(hub);
  const auto started = jobs.Start("export", WaitForStop);
  ASSERT_TRUE(started);
  EXPECT_EQ(jobs.Stop("999").error().code(), Code::kNotFound);
  ASSERT_TRUE(jobs.Stop((*started)["id"].get<std::string>()));
  EXPECT_EQ(WaitForEnd(jobs)["state"], "stopped");
}

TEST(Jobs, NoneBeginsAfterTheEnd) {
  EventHub hub;
  Jobs jobs(hub);
  jobs.StopAll();
  EXPECT_EQ(jobs.Start("export", WaitForStop).error().code(), Code::kCancelled);
}

TEST(Jobs, OldOnesAreForgotten) {
  EventHub hub;
  Jobs jobs(hub);
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(jobs.Start("export",
                           [](JobReport&, const StopSignal&) -> Result<JobOutcome> { return JobOutcome{}; }));
    WaitForEnd(jobs);
  }
  EXPECT_LE(jobs.List().size(), 34U);
  EXPECT_EQ(jobs.List().back()["id"], "60");
}

}  // namespace
}  // namespace vitrine::server
