#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "support/temp_folder.h"

namespace vitrine {
namespace {

std::size_t FilesIn(const std::string& folder) {
  const std::filesystem::directory_iterator files(folder);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST(WriteFileAtomically, ReadsBackWhole) {
  const TempFolder folder;
  const std::string bytes("a\0b\xFF", 4);
  ASSERT_TRUE(WriteFileAtomically(folder.File("x"), bytes, Durability::kSynced));
  EXPECT_EQ(*ReadFile(folder.File("x")), bytes);
}

TEST(WriteFileAtomically, ReplacesAndLeavesNothingBeside) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.File("x"), "old", Durability::kCache));
  ASSERT_TRUE(WriteFileAtomically(folder.File("x"), "new", Durability::kCache));
  EXPECT_EQ(*ReadFile(folder.File("x")), "new");
  EXPECT_EQ(FilesIn(folder.path()), 1u);
}

TEST(WriteFileAtomically, FailureKeepsTheOldFile) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.File("x"), "old", Durability::kSynced));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 16, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Status failed = WriteFileAtomically(folder.File("x"), std::string(4096, 'n'), Durability::kSynced);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(failed);
  EXPECT_EQ(*ReadFile(folder.File("x")), "old");
  EXPECT_EQ(FilesIn(folder.path()), 1u);
}

TEST(OpenRegularFile, NamesWhatIsMissing) {
  const auto opened = OpenRegularFile("/nowhere/at all\x1b");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), Code::kNotFound);
  EXPECT_NE(opened.error().message().find("at all\\x1b"), std::string::npos) << opened.error().message();
}

TEST(OpenRegularFile, RefusesWhatIsNoFile) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo(folder.File("fifo").c_str(), 0600), 0);
  ASSERT_EQ(symlink("/etc/hostname", folder.File("link").c_str()), 0);
  for (const char* name : {"fifo", "link", "."}) {
    const auto opened = OpenRegularFile(folder.File(name));
    ASSERT_FALSE(opened) << name;
    EXPECT_EQ(opened.error().code(), Code::kUnsupported) << name;
  }
}

TEST(ReadFile, RefusesMoreThanAsked) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.File("x"), "12345", Durability::kCache));
  EXPECT_TRUE(ReadFile(folder.File("x"), 5));
  EXPECT_EQ(ReadFile(folder.File("x"), 4).error().code(), Code::kCorrupt);
}

TEST(MappedFile, ShowsTheBytesAndSurvivesMoving) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.File("x"), "map", Durability::kCache));
  auto opened = MappedFile::Open(folder.File("x"));
  ASSERT_TRUE(opened);
  const MappedFile map = *std::move(opened);
  ASSERT_EQ(map.bytes().size(), 3u);
  EXPECT_EQ(static_cast<char>(map.bytes()[1]), 'a');
  map.Expect(MappedFile::Access::kScattered);
  EXPECT_EQ(static_cast<char>(map.bytes()[2]), 'p');
}

TEST(MappedFile, EmptyFileMapsToNothing) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.File("x"), "", Durability::kCache));
  EXPECT_TRUE(MappedFile::Open(folder.File("x"))->bytes().empty());
}

TEST(MakeFolders, MakesParentsAndIsFineTwice) {
  const TempFolder folder;
  EXPECT_TRUE(MakeFolders(folder.File("a/b/c")));
  EXPECT_TRUE(MakeFolders(folder.File("a/b/c")));
  ASSERT_TRUE(WriteFileAtomically(folder.File("file"), "", Durability::kCache));
  EXPECT_FALSE(MakeFolders(folder.File("file")));
  EXPECT_FALSE(MakeFolders(folder.File("file/below")));
}

TEST(Paths, SplitAndJoin) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(FolderOf("/a/b"), "/a");
  EXPECT_EQ(FolderOf("/b"), "/");
  EXPECT_EQ(FolderOf("b"), "");
  EXPECT_EQ(NameOf("/a/b"), "b");
  EXPECT_EQ(NameOf("b"), "b");
}

}  // namespace
}  // namespace vitrine
