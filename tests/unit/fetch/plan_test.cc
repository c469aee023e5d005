#include "fetch/plan.h"

#include <gtest/gtest.h>

#include "unit/fetch/samples.h"

namespace vitrine::fetch {
namespace {

Plan PlanFor(const Manifest& manifest, std::uint64_t size_on_disk) {
  return MakePlan(SampleModel(), manifest, [=](const std::string&) { return size_on_disk; });
}

TEST(Plan, AFreshModelIsFetchedWhole) {
  const Plan plan = PlanFor(MergeManifest(SampleModel(), {}), 0);
  ASSERT_EQ(plan.steps.size(), 2u);
  EXPECT_EQ(plan.steps[0].offset, 0u);
  EXPECT_EQ(plan.bytes_needed, 1010u);
}

TEST(Plan, WholeFilesAreDoneAndBrokenOnesGoOn) {
  Manifest manifest = MergeManifest(SampleModel(), {});
  manifest.files[0].bytes = 400;
  manifest.files[1].whole = true;
  const Plan plan = PlanFor(manifest, 400);
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].file, 0u);
  EXPECT_EQ(plan.steps[0].offset, 400u);
  EXPECT_EQ(plan.bytes_needed, 600u);
}

TEST(Plan, NothingGoesOnThatNobodyCouldCheck) {
  Manifest manifest = MergeManifest(SampleModel(), {});
  manifest.files[1].bytes = 5;  // Neither a hash nor a version is known.
  EXPECT_EQ(PlanFor(manifest, 5).steps[1].offset, 0u);
  manifest.files[1].validator = "\"v1\"";
  EXPECT_EQ(PlanFor(manifest, 5).steps[1].offset, 5u);
}

TEST(Plan, WhatIsNotOnTheDiskIsNotGoneOnFrom) {
  Manifest manifest = MergeManifest(SampleModel(), {});
  manifest.files[0].bytes = 400;
  EXPECT_EQ(PlanFor(manifest, 399).steps[0].offset, 0u);
  manifest.files[0].bytes = 5000;  // More than the file has.
  EXPECT_EQ(PlanFor(manifest, 5000).steps[0].offset, 0u);
}

}  // namespace
}  // namespace vitrine::fetch
