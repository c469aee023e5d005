#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

void Write(const std::string& path, const std::string& bytes) { std::ofstream(path) << bytes; }

TEST(MoveFile, MovesTheBytes) {
  const TempFolder folder;
  Write(folder.File("a"), "content");
  ASSERT_TRUE(MoveFile(folder.File("a"), folder.File("b")));
  EXPECT_EQ(*ReadFile(folder.File("b")), "content");
  EXPECT_FALSE(std::filesystem::exists(folder.File("a")));
}

TEST(MoveFile, ReplacesNothing) {
  const TempFolder folder;
  Write(folder.File("a"), "mine");
  Write(folder.File("b"), "yours");
  const Status moved = MoveFile(folder.File("a"), folder.File("b"));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(*ReadFile(folder.File("a")), "mine");
  EXPECT_EQ(*ReadFile(folder.File("b")), "yours");
}

TEST(MoveFile, RefusesLinksAndFolders) {
  const TempFolder folder;
  Write(folder.File("a"), "content");
  std::filesystem::create_symlink(folder.File("a"), folder.File("link"));
  EXPECT_EQ(MoveFile(folder.File("link"), folder.File("b")).error().code(), Code::kUnsupported);
  EXPECT_EQ(MoveFile(folder.path(), folder.path() + "-b").error().code(), Code::kUnsupported);
  EXPECT_EQ(MoveFile(folder.File("nothing"), folder.File("b")).error().code(), Code::kNotFound);
}

// /dev/shm is a drive of its own on Linux.
TEST(MoveFile, KeepsTimesAndModeOnAnotherDrive) {
  const TempFolder folder;
  std::string far = "/dev/shm/vitrine-move-XXXXXX";
  if (mkdtemp(far.data()) == nullptr) GTEST_SKIP() << "no second drive here";
  struct stat near_drive{};
  struct stat far_drive{};
  stat(folder.path().c_str(), &near_drive);
  stat(far.c_str(), &far_drive);
  if (near_drive.st_dev == far_drive.st_dev) GTEST_SKIP() << "no second drive here";
  Write(folder.File("a"), std::string(3'000'000, 'x'));
  chmod(folder.File("a").c_str(), 0640);
  const auto written = std::filesystem::last_write_time(folder.File("a"));

  ASSERT_TRUE(MoveFile(folder.File("a"), far + "/b"));
  EXPECT_EQ(ReadFile(far + "/b")->size(), 3'000'000u);
  EXPECT_EQ(std::filesystem::last_write_time(far + "/b"), written);
  struct stat moved{};
  stat((far + "/b").c_str(), &moved);
  EXPECT_EQ(moved.st_mode & 0777, 0640u);
  EXPECT_FALSE(std::filesystem::exists(folder.File("a")));

  Write(folder.File("c"), "other");
  EXPECT_EQ(MoveFile(folder.File("c"), far + "/b").error().code(), Code::kInvalidArgument);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(far), {}), 1);
  std::filesystem::remove_all(far);
}

}  // namespace
}  // namespace vitrine
