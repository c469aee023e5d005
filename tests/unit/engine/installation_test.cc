#include "engine/installation.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "support/temp_folder.h"
#include "vitrine/library.h"

namespace vitrine {
namespace {

TEST(DefaultLibraryFolder, FollowsTheEnvironment) {
  setenv("HOME", "/home/ada", 1);
  unsetenv("XDG_DATA_HOME");
  unsetenv("VITRINE_LIBRARY");
  EXPECT_EQ(DefaultLibraryFolder(), "/home/ada/.local/share/vitrine/default");
  setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(DefaultLibraryFolder(), "/data/vitrine/default");
  setenv("XDG_DATA_HOME", "relative is ignored", 1);
  EXPECT_EQ(DefaultLibraryFolder(), "/home/ada/.local/share/vitrine/default");
  setenv("VITRINE_LIBRARY", "/mine", 1);
  EXPECT_EQ(DefaultLibraryFolder(), "/mine");
  unsetenv("VITRINE_LIBRARY");
  unsetenv("XDG_DATA_HOME");
}

TEST(ResolvedPath, FollowsLinksOfWhatExists) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.File("real"));
  std::filesystem::create_directory_symlink(folder.File("real"), folder.File("link"));
  EXPECT_EQ(ResolvedPath(folder.File("link/../link/.")),
            std::filesystem::canonical(folder.File("real")).string());
}

TEST(ResolvedPath, TidiesWhatDoesNotExist) {
  EXPECT_EQ(ResolvedPath("/nowhere/a/../b/"), "/nowhere/b");
  EXPECT_EQ(ResolvedPath("nowhere"), (std::filesystem::current_path() / "nowhere").string());
}

}  // namespace
}  // namespace vitrine
