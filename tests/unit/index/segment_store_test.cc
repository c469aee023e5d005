#include "index/segment_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <thread>

#include "segment_testing.h"

namespace vitrine {
namespace {

std::size_t FilesIn(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(OpenSegments, WithoutFilesReadsTheSource) {
  std::mt19937 random(81);
  const TestFolder folder;
  MemoryRowSource source(RandomCodes(100, 20, random));
  SegmentState state;
  EXPECT_TRUE(OpensRight(IdentityIn(folder, 20), source, random, &state));
  EXPECT_EQ(state.rows_from_source, 100U);
  EXPECT_EQ(state.rows_from_files, 0U);
  EXPECT_EQ(state.damage, "");
  EXPECT_FALSE(std::filesystem::exists(IdentityIn(folder, 20).folder));
}

TEST(OpenSegments, PublishedRowsComeFromTheFile) {
  std::mt19937 random(82);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 20);
  MemoryRowSource source(RandomCodes(40'000, 20, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  source.rows_read = 0;
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 40'000U);
  EXPECT_EQ(state.rows_from_source, 0U);
  EXPECT_LE(source.rows_read, 1U);
}

TEST(OpenSegments, NewRowsComeFromTheSource) {
  std::mt19937 random(83);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 33);
  MemoryRowSource source(RandomCodes(100, 33, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  source.Append(RandomCodes(17, 33, random));
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 100U);
  EXPECT_EQ(state.rows_from_source, 17U);
  EXPECT_EQ(state.damage, "");
}

TEST(OpenSegments, OlderViewOfTheCatalogSeesItsOwnRowsOnly) {
  std::mt19937 random(84);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 33);
  const EncodedRows early = RandomCodes(100, 33, random);
  MemoryRowSource before(early);
  MemoryRowSource after(early);
  after.Append(RandomCodes(50, 33, random));
  ASSERT_TRUE(PublishSegments(identity, after));
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, before, random, &state));
  EXPECT_EQ(state.rows_from_files, 100U);
}

TEST(OpenSegments, RowsOfAnotherLifeOfTheCatalogAreNotBelieved) {
  std::mt19937 random(85);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 33);
  const EncodedRows common = RandomCodes(100, 33, random);
  MemoryRowSource first_life(common);
  first_life.Append(RandomCodes(30, 33, random));
  ASSERT_TRUE(PublishSegments(identity, first_life));
  MemoryRowSource second_life(common);
  second_life.Append(RandomCodes(60, 33, random));
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, second_life, random, &state));
  EXPECT_EQ(state.rows_from_files, 0U);
  EXPECT_NE(state.damage, "");
  ASSERT_TRUE(PublishSegments(identity, second_life));
  EXPECT_TRUE(OpensRight(identity, second_life, random, &state));
  EXPECT_EQ(state.rows_from_files, 160U);
}

TEST(OpenSegments, RowDeletedInTheCatalogDoesNotCondemnTheFile) {
  std::mt19937 random(86);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 8);
  MemoryRowSource source(RandomCodes(10, 8, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  source.rows().scales.back() = 0;
  SegmentState state;
  ASSERT_TRUE(OpenSegments(identity, source, &state));
  EXPECT_EQ(state.rows_from_files, 10U);
}

TEST(OpenSegments, ErrorsOfTheSourceComeThrough) {
  std::mt19937 random(87);
  const TestFolder folder;
  MemoryRowSource source(RandomCodes(10, 8, random));
  source.fail_at = 5;
  EXPECT_EQ(OpenSegments(IdentityIn(folder, 8), source).error().message(), "planted: cannot read");
  source.fail_count = true;
  EXPECT_EQ(OpenSegments(IdentityIn(folder, 8), source).error().message(), "planted: cannot count");
}

TEST(OpenSegments, SourceOfTheWrongShapeIsCorrupt) {
  std::mt19937 random(88);
  const TestFolder folder;
  MemoryRowSource source(RandomCodes(10, 8, random));
  EXPECT_EQ(OpenSegments(IdentityIn(folder, 9), source).error().code(), Code::kCorrupt);
  source.spoil = [](EncodedRows& rows) { rows.scales.pop_back(); };
  EXPECT_EQ(OpenSegments(IdentityIn(folder, 8), source).error().code(), Code::kCorrupt);
  source.spoil = [](EncodedRows& rows) { rows.codes.pop_back(); };
  EXPECT_EQ(PublishSegments(IdentityIn(folder, 8), source).error().code(), Code::kCorrupt);
}

TEST(OpenSegments, RefusesImpossibleIdentities) {
  std::mt19937 random(89);
  const TestFolder folder;
  MemoryRowSource source(RandomCodes(10, 8, random));
  SegmentIdentity identity = IdentityIn(folder, 8);
  for (const char* space : {"", "0123", "0123456789abcdeF", "../../../../etc/", "0123456789abcdef0"}) {
    identity.space = space;
    EXPECT_EQ(OpenSegments(identity, source).error().code(), Code::kInvalidArgument) << space;
    EXPECT_EQ(PublishSegments(identity, source).error().code(), Code::kInvalidArgument) << space;
  }
  identity.space = kSpace;
  for (const std::size_t dimension : {std::size_t{0}, std::size_t{65'537}}) {
    identity.dimension = dimension;
    EXPECT_EQ(OpenSegments(identity, source).error().code(), Code::kInvalidArgument);
  }
}

TEST(OpenSegments, WritesNothing) {
  std::mt19937 random(90);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 8);
  MemoryRowSource source(RandomCodes(10, 8, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  const std::string damaged = ReadBytes(FileOf(identity)).substr(0, 300);
  WriteBytes(FileOf(identity), damaged);
  ASSERT_TRUE(OpenSegments(identity, source));
  EXPECT_EQ(ReadBytes(FileOf(identity)), damaged);
  EXPECT_EQ(FilesIn(identity.folder), 1U);
}

TEST(PublishSegments, AppendsToTheSameFile) {
  std::mt19937 random(91);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 16);
  MemoryRowSource source(RandomCodes(50, 16, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  const std::string before = ReadBytes(FileOf(identity));
  source.Append(RandomCodes(20, 16, random));
  source.rows_read = 0;
  ASSERT_TRUE(PublishSegments(identity, source));
  EXPECT_LE(source.rows_read, 21U);
  EXPECT_EQ(ReadBytes(FileOf(identity)).substr(0, before.size()), before);
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 70U);
}

TEST(PublishSegments, WithNothingNewLeavesTheFileAlone) {
  std::mt19937 random(92);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 16);
  MemoryRowSource source(RandomCodes(50, 16, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  const auto written = std::filesystem::last_write_time(FileOf(identity));
  ASSERT_TRUE(PublishSegments(identity, source));
  EXPECT_EQ(std::filesystem::last_write_time(FileOf(identity)), written);
}

TEST(PublishSegments, EmptySourceIsFineAndGrows) {
  std::mt19937 random(93);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 16);
  EncodedRows none;
  none.dimension = 16;
  MemoryRowSource source(none);
  ASSERT_TRUE(PublishSegments(identity, source));
  EXPECT_TRUE(OpensRight(identity, source, random));
  source.Append(RandomCodes(3, 16, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  EXPECT_TRUE(OpensRight(identity, source, random));
}

TEST(PublishSegments, NewGenerationReplacesTheOldFile) {
  std::mt19937 random(94);
  const TestFolder folder;
  MemoryRowSource old_rows(RandomCodes(50, 16, random));
  MemoryRowSource new_rows(RandomCodes(40, 16, random));
  ASSERT_TRUE(PublishSegments(IdentityIn(folder, 16, 1), old_rows));
  const auto reader = OpenSegments(IdentityIn(folder, 16, 1), old_rows);
  WriteBytes(IdentityIn(folder, 16).folder + "/notes.txt", "not ours");
  WriteBytes(FileOf(IdentityIn(folder, 16, 7)) + ".part", "left by a crash");
  ASSERT_TRUE(PublishSegments(IdentityIn(folder, 16, 2), new_rows));
  EXPECT_EQ(FilesIn(IdentityIn(folder, 16).folder), 2U);
  SegmentState state;
  EXPECT_TRUE(OpensRight(IdentityIn(folder, 16, 2), new_rows, random, &state));
  EXPECT_EQ(state.rows_from_files, 40U);
  EXPECT_TRUE(AnswersLike(ExactScan(*reader), old_rows.rows(), random)) << "a reader of the old file lost it";
}

TEST(PublishSegments, ManySmallBlocksAreMerged) {
  std::mt19937 random(95);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 8);
  MemoryRowSource source(RandomCodes(1, 8, random));
  std::size_t before = 0;
  std::size_t shrank = 0;
  for (int i = 0; i < 400; ++i) {
    source.Append(RandomCodes(1, 8, random));
    ASSERT_TRUE(PublishSegments(identity, source));
    const auto bytes = static_cast<std::size_t>(std::filesystem::file_size(FileOf(identity)));
    if (bytes < before) ++shrank;
    before = bytes;
  }
  EXPECT_EQ(shrank, 1U);
  EXPECT_TRUE(OpensRight(identity, source, random));
}

TEST(PublishSegments, UnfinishedAppendOfACrashIsReplaced) {
  std::mt19937 random(96);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 16);
  MemoryRowSource source(RandomCodes(50, 16, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  const std::string whole = ReadBytes(FileOf(identity));
  WriteBytes(FileOf(identity), whole + std::string(64, '\0') + std::string(5000, 'x'));
  source.Append(RandomCodes(5, 16, random));
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 50U);
  ASSERT_TRUE(PublishSegments(identity, source));
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 55U);
  EXPECT_EQ(std::filesystem::file_size(FileOf(identity)), 4096 + 55 * 128 + 256);
}

TEST(PublishSegments, FailingSourceLeavesTheFileSound) {
  std::mt19937 random(97);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 16);
  MemoryRowSource source(RandomCodes(50, 16, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  source.Append(RandomCodes(20'000, 16, random));
  source.fail_at = 19'000;
  EXPECT_EQ(PublishSegments(identity, source).error().message(), "planted: cannot read");
  source.fail_at = MemoryRowSource::kNever;
  EXPECT_TRUE(OpensRight(identity, source, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_source, 0U);
}

TEST(PublishSegments, LinkInPlaceOfTheFileIsNotFollowed) {
  std::mt19937 random(98);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 16);
  MemoryRowSource source(RandomCodes(50, 16, random));
  const std::string precious = folder.path() + "/precious";
  WriteBytes(precious, "words");
  std::filesystem::create_directories(identity.folder);
  std::filesystem::create_symlink(precious, FileOf(identity));
  ASSERT_TRUE(PublishSegments(identity, source));
  EXPECT_EQ(ReadBytes(precious), "words");
  EXPECT_TRUE(OpensRight(identity, source, random));
}

TEST(PublishSegments, FifoInPlaceOfTheFileNeverBlocks) {
  std::mt19937 random(99);
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 16);
  MemoryRowSource source(RandomCodes(50, 16, random));
  std::filesystem::create_directories(identity.folder);
  ASSERT_EQ(mkfifo(FileOf(identity).c_str(), 0600), 0);
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_NE(state.damage, "");
  ASSERT_TRUE(PublishSegments(identity, source));
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 50U);
}

/// A file system of 256 KiB for as long as it lives.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& folder) : folder_(folder) {
    mounted_ = mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=256k") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) umount(folder_.c_str());
  }
  bool mounted() const { return mounted_; }

 private:
  std::string folder_;
  bool mounted_ = false;
};

TEST(PublishSegments, FullDiskIsSaidAndLeavesTheFileSound) {
  std::mt19937 random(100);
  const TestFolder folder;
  const SmallDisk disk(folder.path());
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
  const SegmentIdentity identity = IdentityIn(folder, 64);
  MemoryRowSource source(RandomCodes(1000, 64, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  source.Append(RandomCodes(5000, 64, random));
  EXPECT_EQ(PublishSegments(identity, source).error().code(), Code::kNoSpace);
  SegmentState state;
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 1000U);
  // The tail that did not fit keeps an append away; the new file does not fit either.
  EXPECT_EQ(PublishSegments(identity, source).error().code(), Code::kNoSpace);
  EXPECT_TRUE(OpensRight(identity, source, random, &state));
  EXPECT_EQ(state.rows_from_files, 1000U);
  EXPECT_EQ(FilesIn(identity.folder), 1U) << "a half-written file was left";
}

TEST(Segments, ReadersBesideAWriterAlwaysSeeTheirRows) {
  const TestFolder folder;
  const SegmentIdentity identity = IdentityIn(folder, 24);
  std::mt19937 random(101);
  const EncodedRows all = RandomCodes(3000, 24, random);
  std::atomic<RowId> committed = 10;
  std::atomic<bool> done = false;
  const auto source_at = [&](RowId count) {
    EncodedRows rows;
    rows.Append(all, 0, count);
    return MemoryRowSource(std::move(rows));
  };
  const auto read = [&](std::uint32_t seed) {
    std::mt19937 own(seed);
    while (!done) {
      MemoryRowSource source = source_at(committed);
      SegmentState state;
      EXPECT_TRUE(OpensRight(identity, source, own, &state));
      EXPECT_EQ(state.damage, "");
    }
  };
  std::thread first(read, 1);
  std::thread second(read, 2);
  for (RowId count = 10; count <= 3000; count += 10) {
    committed = count;
    MemoryRowSource source = source_at(count);
    EXPECT_TRUE(PublishSegments(identity, source));
  }
  done = true;
  first.join();
  second.join();
}

}  // namespace
}  // namespace vitrine
