// Opening a library: new, old, newer, damaged, locked, read-only, after a crash, on a full disk.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "catalog_fixture.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class CatalogOpen : public CatalogFixture {
 protected:
  Error ErrorOfOpening(CatalogMode mode) const {
    auto opened = Catalog::Open(library(), mode);
    EXPECT_FALSE(opened);
    return opened ? Error(Code::kInternal, "opened") : opened.error();
  }

  void MakeLibraryWithPictures(int count) {
    OpenForWriting();
    std::vector<FileOutcome> outcomes;
    for (int i = 0; i < count; ++i) outcomes.push_back(NewPicture("/p/" + std::to_string(i), i));
    RunOver("/p", outcomes);
    catalog_.reset();
  }

  // Does `work` as a process without the rights of root, and returns its exit status.
  template <typename Work>
  static int InUnprivilegedChild(Work work) {
    const pid_t child = fork();
    if (child == 0) {
      if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(99);
      _exit(work());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
  }

  void LetOthersRead() const {
    fs::permissions(folder_.path(), fs::perms(0755));
    fs::permissions(library(), fs::perms(0555));
    for (const auto& entry : fs::directory_iterator(library()))
      fs::permissions(entry.path(), fs::perms(0444));
  }
};

TEST_F(CatalogOpen, NoLibraryIsNotFoundForReadingAndMadeForWriting) {
  EXPECT_EQ(ErrorOfOpening(CatalogMode::kRead).code(), Code::kNotFound);
  OpenForWriting();
  EXPECT_TRUE(OpenReader());
}

TEST_F(CatalogOpen, HalfMadeLibraryIsNotFoundForReadingAndFinishedForWriting) {
  fs::create_directory(library());
  std::ofstream(database()).flush();
  EXPECT_EQ(ErrorOfOpening(CatalogMode::kRead).code(), Code::kNotFound);
  OpenForWriting();
  EXPECT_TRUE(OpenReader());
}

TEST_F(CatalogOpen, CleanCloseLeavesNoLog) {
  MakeLibraryWithPictures(20);
  EXPECT_TRUE(!fs::exists(database() + "-wal") || fs::file_size(database() + "-wal") == 0);
}

TEST_F(CatalogOpen, CleanCloseBesideAReaderEmptiesTheLog) {
  MakeLibraryWithPictures(20);
  const std::unique_ptr<Catalog> reader = OpenReader();
  EXPECT_EQ(reader->Counts()->files, 20U);
  OpenForWriting();
  RunOver("/q", {NewPicture("/q/1", 100)});
  catalog_.reset();
  EXPECT_TRUE(!fs::exists(database() + "-wal") || fs::file_size(database() + "-wal") == 0);
  EXPECT_EQ(reader->Counts()->files, 21U);
}

TEST_F(CatalogOpen, SecondWriterIsToldWhoHoldsIt) {
  OpenForWriting();
  const Error refused = ErrorOfOpening(CatalogMode::kWrite);
  EXPECT_EQ(refused.code(), Code::kLocked);
  EXPECT_NE(refused.message().find("process " + std::to_string(getpid())), std::string::npos)
      << refused.message();
  EXPECT_TRUE(OpenReader()) << "reading goes on beside a writer";
  catalog_.reset();
  OpenForWriting();
}

TEST_F(CatalogOpen, LockGoesWithAKilledProcess) {
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto held = Catalog::Open(library(), CatalogMode::kWrite);
    const char byte = held ? 'y' : 'n';
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  EXPECT_EQ(ErrorOfOpening(CatalogMode::kWrite).code(), Code::kLocked);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  OpenForWriting();
}

TEST_F(CatalogOpen, NewerLibraryIsRefusedWithWords) {
  MakeLibraryWithPictures(1);
  Sql("PRAGMA user_version = 99");
  for (const CatalogMode mode : {CatalogMode::kRead, CatalogMode::kWrite}) {
    const Error refused = ErrorOfOpening(mode);
    EXPECT_EQ(refused.code(), Code::kUnsupported);
    EXPECT_NE(refused.message().find("format 99"), std::string::npos) << refused.message();
    EXPECT_NE(refused.message().find("newer Vitrine"), std::string::npos) << refused.message();
  }
}

TEST_F(CatalogOpen, DatabaseOfAnotherProgramIsLeftAlone) {
  fs::create_directory(library());
  Sql("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  const auto before = fs::file_size(database());
  EXPECT_EQ(ErrorOfOpening(CatalogMode::kRead).code(), Code::kCorrupt);
  EXPECT_EQ(ErrorOfOpening(CatalogMode::kWrite).code(), Code::kCorrupt);
  EXPECT_EQ(fs::file_size(database()), before);
}

TEST_F(CatalogOpen, FileThatIsNoDatabaseIsDamage) {
  fs::create_directory(library());
  std::ofstream(database()) << std::string(8192, 'x');
  EXPECT_EQ(ErrorOfOpening(CatalogMode::kRead).code(), Code::kCorrupt);
  EXPECT_EQ(ErrorOfOpening(CatalogMode::kWrite).code(), Code::kCorrupt);
}

TEST_F(CatalogOpen, DamagedPagesAreReportedNeverBelieved) {
  MakeLibraryWithPictures(200);
  std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
  const auto size = static_cast<std::streamoff>(fs::file_size(database()));
  for (std::streamoff at = 4096; at < size; at += 4096) {
    file.seekp(at);
    file << std::string(64, '\xa5');
  }
  file.close();
  const Result<std::unique_ptr<Catalog>> opened = Catalog::Open(library(), CatalogMode::kRead);
  const Code code = opened ? (*opened)->Counts().error().code() : opened.error().code();
  EXPECT_EQ(code, Code::kCorrupt);
}

TEST_F(CatalogOpen, AfterACrashTheWriterChecksTheWholeFile) {
  MakeLibraryWithPictures(200);
  // Duplicate order in an index is damage that plain reading of the table never meets.
  std::array<int, 2> done{};
  ASSERT_EQ(pipe(done.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto held = Catalog::Open(library(), CatalogMode::kWrite);
    if (!held || !(*held)->MarkOffline("/p")) _exit(1);
    if (write(done[1], "y", 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(done[0], &byte, 1), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(done[0]);
  close(done[1]);
  ASSERT_GT(fs::file_size(database() + "-wal"), 0U);
  std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
  const auto size = static_cast<std::streamoff>(fs::file_size(database()));
  file.seekp(size - 4096);
  file << std::string(4096, '\xa5');
  file.close();
  const Error refused = ErrorOfOpening(CatalogMode::kWrite);
  EXPECT_EQ(refused.code(), Code::kCorrupt);
  EXPECT_NE(refused.message().find("backup"), std::string::npos) << refused.message();
}

TEST_F(CatalogOpen, ReadOnlyFolderIsReadAndNotWritten) {
  MakeLibraryWithPictures(3);
  LetOthersRead();
  EXPECT_EQ(InUnprivilegedChild([&] {
              auto reader = Catalog::Open(library(), CatalogMode::kRead);
              if (!reader) return 1;
              return (*reader)->Counts()->files == 3 ? 0 : 2;
            }),
            0);
  EXPECT_EQ(InUnprivilegedChild([&] {
              auto writer = Catalog::Open(library(), CatalogMode::kWrite);
              if (writer || writer.error().code() != Code::kIo) return 1;
              return writer.error().message().find("read-only") != std::string::npos ? 0 : 2;
            }),
            0);
  fs::permissions(library(), fs::perms(0755));
}

TEST_F(CatalogOpen, ReadOnlyFolderWithALogLeftInItIsNeverReadWithoutTheLog) {
  MakeLibraryWithPictures(3);
  const pid_t child = fork();
  if (child == 0) {
    auto held = Catalog::Open(library(), CatalogMode::kWrite);
    if (!held) _exit(1);
    const std::vector<FileOutcome> more = {NewPicture("/q/1", 50)};
    const bool recorded{
        (*held)->RecordBatch((*held)->BeginRun("/q").value(), kSpace, more, VectorsFor(more))};
    if (!recorded) _exit(1);
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  fs::remove(database() + "-shm");
  LetOthersRead();
  EXPECT_EQ(InUnprivilegedChild([&] {
              auto reader = Catalog::Open(library(), CatalogMode::kRead);
              if (!reader) return reader.error().code() == Code::kIo ? 0 : 1;
              return (*reader)->Counts()->files == 4 ? 0 : 2;
            }),
            0)
      << "either every committed file is seen or opening is refused";
  fs::permissions(library(), fs::perms(0755));
}

TEST_F(CatalogOpen, FullDiskSaysSoAndLosesNothing) {
  const std::string disk = folder_.File("disk");
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=512k") != 0) {
    GTEST_SKIP() << "needs the right to mount a small tmpfs";
  }
  Code code = Code::kInternal;
  std::uint64_t acknowledged = 0;
  {
    auto opened = Catalog::Open(disk, CatalogMode::kWrite);
    ASSERT_TRUE(opened) << opened.error().message();
    Catalog& catalog = **opened;
    ASSERT_TRUE(catalog.EnsureSpace(kSpace, "test", kDimension));
    const std::int64_t run = catalog.BeginRun("/p").value();
    for (int i = 0; i < 10'000; ++i) {
      const std::vector<FileOutcome> one = {NewPicture("/p/" + std::string(200, 'x') + std::to_string(i), i)};
      const Status recorded = catalog.RecordBatch(run, kSpace, one, VectorsFor(one));
      if (!recorded) {
        code = recorded.error().code();
        break;
      }
      ++acknowledged;
    }
    EXPECT_EQ(code, Code::kNoSpace);
    EXPECT_EQ(catalog.Counts()->files, acknowledged);
  }
  auto reader = Catalog::Open(disk, CatalogMode::kRead);
  EXPECT_TRUE(reader) << "searching goes on";
  if (reader) {
    EXPECT_EQ((*reader)->Counts()->files, acknowledged);
    reader->reset();
  }
  umount2(disk.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace vitrine
