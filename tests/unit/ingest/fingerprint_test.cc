#include "ingest/fingerprint.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "ingest_fixture.h"

namespace vitrine {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

FileStamp OldStamp() {
  return {.size_bytes = 10,
          .mtime_ns = kNow - 100 * kSecond,
          .ctime_ns = kNow - 50 * kSecond,
          .device = 3,
          .inode = 4};
}

TEST(Stamps, EveryFieldButTheDeviceTellsAChange) {
  FileStamp changed = OldStamp();
  EXPECT_TRUE(IsUnchanged(OldStamp(), changed));
  changed.device = 99;
  EXPECT_TRUE(IsUnchanged(OldStamp(), changed)) << "drives are numbered anew at every start";
  for (const auto& change : std::vector<std::function<void(FileStamp&)>>{
           [](FileStamp& s) { ++s.size_bytes; }, [](FileStamp& s) { ++s.mtime_ns; },
           [](FileStamp& s) { --s.ctime_ns; }, [](FileStamp& s) { ++s.inode; }}) {
    changed = OldStamp();
    change(changed);
    EXPECT_FALSE(IsUnchanged(OldStamp(), changed));
  }
}

TEST(Stamps, FreshOnesAreDoubtfulAndMatchNothing) {
  EXPECT_EQ(StampToRemember(OldStamp(), kNow), OldStamp());
  for (const std::int64_t age : {std::int64_t{0}, kSecond, -kSecond}) {
    FileStamp fresh = OldStamp();
    fresh.mtime_ns = kNow - age;
    EXPECT_FALSE(IsUnchanged(StampToRemember(fresh, kNow), fresh)) << age;
    fresh = OldStamp();
    fresh.ctime_ns = kNow - age;
    EXPECT_FALSE(IsUnchanged(StampToRemember(fresh, kNow), fresh)) << age;
    EXPECT_EQ(StampToRemember(fresh, kNow).device, fresh.device);
  }
}

TEST(Stamps, TimesFarFromNowAreTrusted) {
  for (const std::int64_t time : {std::int64_t{0}, -kNow, kNow * 2}) {
    FileStamp odd = OldStamp();
    odd.mtime_ns = time;
    EXPECT_EQ(StampToRemember(odd, kNow), odd) << "1970, before it, and 2077";
  }
}

class Fingerprints : public IngestFixture {};

TEST_F(Fingerprints, HoldContentAndStamp) {
  Write("a.jpg", "hello");
  const Result<Fingerprint> print = TakeFingerprint(At("a.jpg"));
  ASSERT_TRUE(print);
  EXPECT_EQ(print->content, Sha256("hello"));
  EXPECT_EQ(print->stamp.size_bytes, 5U);
  EXPECT_TRUE(StillHasStamp(print->file.get(), print->stamp));
  std::ofstream(At("a.jpg"), std::ios::app) << "more";
  EXPECT_FALSE(StillHasStamp(print->file.get(), print->stamp));
}

TEST_F(Fingerprints, OnlyRegularFilesAreRead) {
  ASSERT_EQ(mkfifo(At("fifo.jpg").c_str(), 0600), 0);
  std::filesystem::create_symlink("/etc/passwd", At("link.jpg"));
  EXPECT_EQ(TakeFingerprint(At("fifo.jpg")).error().code(), Code::kUnsupported);
  EXPECT_EQ(TakeFingerprint(At("link.jpg")).error().code(), Code::kUnsupported);
  EXPECT_EQ(TakeFingerprint(photos()).error().code(), Code::kUnsupported);
  EXPECT_EQ(TakeFingerprint(At("none.jpg")).error().code(), Code::kNotFound);
}

TEST_F(Fingerprints, AFileThatNeverRestsIsAFailure) {
  Write("log.jpg", std::string(1 << 22, 'x'));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    std::ofstream log(At("log.jpg"), std::ios::app);
    while (!done) log << "more and more" << std::flush;
  });
  // On a busy machine the writer may rest through a whole reading: then the file did not change, and it is
  // read again.
  Result<Fingerprint> print = TakeFingerprint(At("log.jpg"));
  for (int reading = 0; print && reading < 200; ++reading) print = TakeFingerprint(At("log.jpg"));
  done = true;
  writer.join();
  ASSERT_FALSE(print);
  EXPECT_EQ(print.error().message(), "changed while it was read");
}

}  // namespace
}  // namespace vitrine
