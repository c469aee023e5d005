#include "engine/cluster/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "support/temp_folder.h"

namespace vitrine {
namespace {

void Write(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << bytes;
}

std::set<std::string> Ids(const Plan& plan) {
  std::set<std::string> ids;
  for (const Bunch& bunch : plan.bunches) ids.insert(bunch.Id("library"));
  return ids;
}

class ClusterPlan : public ::testing::Test {
 protected:
  ClusterPlan() {
    for (int i = 0; i < 500; ++i) Write(Path("many/" + std::to_string(i) + ".jpg"), "x");
    Write(Path("few/a.jpg"), "x");
    Write(Path("few/b.txt"), "x");
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  Plan Now() const { return PlanWork({folder_.path()}, false, stop_); }

  const TempFolder folder_;
  const StopSignal stop_;
};

TEST_F(ClusterPlan, HoldsEachPictureOnceInBunchesOfOneFolder) {
  const Plan plan = Now();
  std::set<PathBytes> paths;
  for (const Bunch& bunch : plan.bunches) {
    EXPECT_FALSE(bunch.files.empty());
    EXPECT_LE(bunch.files.size(), 128U);
    for (const PlannedFile& file : bunch.files) {
      EXPECT_TRUE(paths.insert(file.path).second);
      EXPECT_TRUE(file.path.starts_with(bunch.folder + "/"));
    }
  }
  EXPECT_EQ(paths.size(), 501U);
  EXPECT_EQ(plan.files, 501U);
  EXPECT_GE(plan.bunches.size(), 5U);
  EXPECT_EQ(Ids(plan).size(), plan.bunches.size());
}

TEST_F(ClusterPlan, IsTheSameForEveryMachine) { EXPECT_EQ(Ids(Now()), Ids(Now())); }

TEST_F(ClusterPlan, ASidecarThatComesOrChangesMakesOneBunchAnew) {
  const std::set<std::string> before = Ids(Now());
  const auto is_another = [&](const std::set<std::string>& one, const std::set<std::string>& other) {
    std::vector<std::string> left;
    std::ranges::set_difference(one, other, std::back_inserter(left));
    return left.size() == 1 && one.size() == other.size();
  };
  Write(Path("many/17.xmp"), "one");
  const std::set<std::string> with = Ids(Now());
  EXPECT_TRUE(is_another(before, with));
  Write(Path("many/17.xmp"), "another");
  EXPECT_TRUE(is_another(with, Ids(Now())));
  std::filesystem::remove(Path("many/17.xmp"));
  EXPECT_EQ(Ids(Now()), before);
  Write(Path("many/of_nothing.xmp"), "x");
  EXPECT_EQ(Ids(Now()), before);
}

TEST_F(ClusterPlan, AFileThatComesOrChangesMakesLittleWorkAnew) {
  const std::set<std::string> before = Ids(Now());
  const auto anew = [&] {
    const std::set<std::string> now = Ids(Now());
    return std::ranges::count_if(now, [&](const std::string& id) { return !before.contains(id); });
  };
  Write(Path("many/1234.jpg"), "x");
  EXPECT_GE(anew(), 1);
  EXPECT_LE(anew(), 2);
  std::filesystem::remove(Path("many/1234.jpg"));
  EXPECT_EQ(anew(), 0);
  Write(Path("few/a.jpg"), "longer");
  EXPECT_EQ(anew(), 1);
}

TEST_F(ClusterPlan, ARootThatIsAFileIsABunch) {
  const Plan plan = PlanWork({Path("few/a.jpg")}, false, stop_);
  ASSERT_EQ(plan.bunches.size(), 1U);
  EXPECT_EQ(plan.bunches[0].folder, Path("few/a.jpg"));
}

TEST_F(ClusterPlan, AnotherLibraryIsOtherWork) {
  const Plan plan = Now();
  EXPECT_NE(plan.bunches[0].Id("library"), plan.bunches[0].Id("another"));
}

}  // namespace
}  // namespace vitrine
