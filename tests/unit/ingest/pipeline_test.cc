// The whole of ingest with a fake decoder and a fake model, on real folders.
#include "ingest/pipeline.h"

#include <sys/mount.h>
#include <sys/wait.h>

#include <map>
#include <thread>

#include "ingest_fixture.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class Pipeline : public IngestFixture {};

TEST_F(Pipeline, FolderBecomesSearchable) {
  WriteMany(0, 50);
  Write("notes.txt", "x");
  const IndexReport report = Run();
  EXPECT_EQ(report.seen, 50U);
  EXPECT_EQ(report.indexed, 50U);
  EXPECT_EQ(report.reused + report.failed + report.removed, 0U);
  EXPECT_EQ(report.skipped, 1U);
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(LivePaths().size(), 50U);
  EXPECT_EQ(catalog_->Roots().value()[0].path, photos());
}

TEST_F(Pipeline, ThumbnailsLieUnderTheHashOfTheContent) {
  Write("a.jpg", "picture");
  Run();
  const std::string hex = Hex(Sha256("picture"));
  EXPECT_TRUE(fs::exists(library() + "/thumbs/" + hex.substr(0, 2) + "/" + hex + ".jpg"));
}

TEST_F(Pipeline, VectorFilesHoldWhatTheCatalogHolds) {
  WriteMany(0, 30);
  Run();
  SegmentIdentity identity = options_.segments;
  identity.space = embedder_.space().id;
  identity.dimension = embedder_.space().dimension;
  identity.generation = catalog_->Generation(identity.space).value();
  SegmentState state;
  const auto index = OpenSegments(identity, *catalog_->Vectors(identity.space).value(), &state);
  ASSERT_TRUE(index);
  EXPECT_EQ(state.rows_from_files, 30U);
  EXPECT_EQ(state.damage, "");
}

TEST_F(Pipeline, RunningAgainCostsNoInference) {
  WriteMany(0, 30);
  Run();
  const std::size_t before = Embedded();
  decoder_.decoded = 0;
  const IndexReport again = Run();
  EXPECT_EQ(again.reused, 30U);
  EXPECT_EQ(again.indexed + again.removed + again.failed, 0U);
  EXPECT_EQ(Embedded(), before);
  EXPECT_EQ(decoder_.decoded, 0);
}

TEST_F(Pipeline, UnchangedFilesAreNotRead) {
  WriteMany(0, 3);
  std::this_thread::sleep_for(
      std::chrono::milliseconds(2100));  // Past the grain within which a stamp is doubted.
  Run();
  // Reading would move the access time, which was put back before the file's last change so that it counts.
  const std::string path = At("0/p0.jpg");
  EXPECT_TRUE(catalog_->FileAt(path).value()->stamp.inode != 0) << "an old stamp is trusted";
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(Run().reused, 3U);
  EXPECT_EQ(catalog_->FileAt(path).value()->stamp.ctime_ns,
            status.st_ctim.tv_sec * 1'000'000'000 + status.st_ctim.tv_nsec);
}

TEST_F(Pipeline, MovedAndRenamedFilesCostNoInference) {
  WriteMany(0, 20);
  Run();
  const std::size_t before = Embedded();
  decoder_.decoded = 0;
  fs::rename(At("0"), At("moved"));
  fs::rename(At("1/p1.jpg"), At("renamed.png"));
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 0U);
  EXPECT_EQ(report.reused, 20U);
  EXPECT_EQ(report.removed, 4U) << "the old names";
  EXPECT_EQ(Embedded(), before);
  EXPECT_EQ(decoder_.decoded, 0);
  const std::set<PathBytes> live = LivePaths();
  EXPECT_EQ(live.size(), 20U);
  EXPECT_TRUE(live.contains(At("moved/p7.jpg")));
  EXPECT_TRUE(live.contains(At("renamed.png")));
  EXPECT_FALSE(live.contains(At("0/p7.jpg")));
}

TEST_F(Pipeline, ModifiedFileIsEmbeddedAnew) {
  WriteMany(0, 5);
  Run();
  Write("0/p0.jpg", "something else");
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 1U);
  EXPECT_EQ(report.reused, 4U);
  EXPECT_EQ(catalog_->Counts()->assets, 5U);
  EXPECT_EQ(LivePaths().size(), 5U);
}

TEST_F(Pipeline, EditsWithinTheGrainOfTheClockAreNotMissed) {
  Write("a.jpg", "picture 1");
  Run();
  for (int i = 0; i < 20; ++i) {
    struct stat before{};
    ASSERT_EQ(stat(At("a.jpg").c_str(), &before), 0);
    Write("a.jpg", "picture " + std::to_string(i % 10));
    const std::array<timespec, 2> times = {before.st_atim, before.st_mtim};
    ASSERT_EQ(utimensat(AT_FDCWD, At("a.jpg").c_str(), times.data(), 0), 0);
    Run();
    const AssetId asset = *catalog_->FileAt(At("a.jpg")).value()->asset;
    EXPECT_EQ(
        catalog_->AssetByContent(Sha256("picture " + std::to_string(i % 10)), embedder_.space().id).value(),
        asset);
  }
}

TEST_F(Pipeline, RemovedFilesLeaveAndComeBackForFree) {
  WriteMany(0, 10);
  Run();
  const std::size_t before = Embedded();
  fs::rename(At("0/p0.jpg"), folder_.File("elsewhere.jpg"));
  const IndexReport without = Run();
  EXPECT_EQ(without.removed, 1U);
  EXPECT_EQ(LivePaths().size(), 9U);
  fs::rename(folder_.File("elsewhere.jpg"), At("0/p0.jpg"));
  const IndexReport back = Run();
  EXPECT_EQ(back.reused, 10U);
  EXPECT_EQ(LivePaths().size(), 10U);
  EXPECT_EQ(Embedded(), before);
}

TEST_F(Pipeline, SameContentIsEmbeddedOnceEvenInFlight) {
  for (int i = 0; i < 60; ++i) Write("copy" + std::to_string(i) + ".jpg", "the same picture");
  options_.decode_threads = 8;
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 1U);
  EXPECT_EQ(report.reused, 59U);
  EXPECT_EQ(Embedded(), 1U);
  EXPECT_EQ(decoder_.decoded, 1);
  EXPECT_EQ(LivePaths().size(), 60U);
}

TEST_F(Pipeline, CopiesOfABadFileAllFail) {
  for (int i = 0; i < 20; ++i) Write("copy" + std::to_string(i) + ".jpg", "BAD");
  options_.decode_threads = 4;
  const IndexReport report = Run();
  EXPECT_EQ(report.failed, 20U);
  EXPECT_EQ(report.failures.size(), 20U);
  EXPECT_EQ(catalog_->Counts()->failures, 20U);
}

TEST_F(Pipeline, HardLinksCountOnce) {
  Write("a.jpg", "picture");
  fs::create_hard_link(At("a.jpg"), At("b.jpg"));
  EXPECT_EQ(Run().seen, 1U);
  fs::remove(At("a.jpg"));
  EXPECT_EQ(Run().indexed, 0U);
  EXPECT_EQ(LivePaths(), std::set<PathBytes>{At("b.jpg")});
}

TEST_F(Pipeline, BadFilesAreRowsInAListAndGoodOnesAreFound) {
  WriteMany(0, 20);
  Write("bad1.jpg", "BAD bytes");
  Write("bad2.jpg", "BAD other bytes");
  Write("slow.jpg", "SLOW");
  Write("empty.jpg", "");
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 20U);
  EXPECT_EQ(report.failed, 4U);
  ASSERT_EQ(report.failures.size(), 4U);
  std::map<PathBytes, std::string> reasons;
  for (const FileRecord& failure : report.failures) reasons[failure.path] = failure.reason;
  EXPECT_EQ(reasons[At("bad1.jpg")], "the file is damaged");
  EXPECT_EQ(reasons[At("empty.jpg")], "the file is empty");
  EXPECT_EQ(LivePaths().size(), 20U);
}

TEST_F(Pipeline, KnownFailuresAreReportedNotRetriedUnlessAsked) {
  Write("good.jpg", "x");
  Write("bad.jpg", "BAD");
  Run();
  decoder_.decoded = 0;
  const IndexReport again = Run();
  EXPECT_EQ(again.failed, 1U);
  ASSERT_EQ(again.failures.size(), 1U);
  EXPECT_EQ(again.failures[0].reason, "the file is damaged");
  EXPECT_EQ(decoder_.decoded, 0);
  options_.retry_failed = true;
  EXPECT_EQ(Run().failed, 1U);
  EXPECT_EQ(decoder_.decoded, 1);
}

TEST_F(Pipeline, AMendedFileIsTriedAgain) {
  Write("a.jpg", "BAD");
  Run();
  Write("a.jpg", "fine now");
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 1U);
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(catalog_->Counts()->failures, 0U);
}

TEST_F(Pipeline, DecoderThatThrowsCostsOnlyTheFileAndIsTriedAgain) {
  WriteMany(0, 40);
  std::atomic<int> calls = 0;
  decoder_.before = [&](int) {
    if (++calls % 2 == 0) throw std::bad_alloc();
  };
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 20U);
  EXPECT_EQ(report.failed, 20U);
  decoder_.before = nullptr;
  const IndexReport again = Run();
  EXPECT_EQ(again.failed, 0U) << "the bytes were not at fault";
  EXPECT_EQ(LivePaths().size(), 40U);
}

TEST_F(Pipeline, StrangeNamesGoAllTheWay) {
  const std::vector<std::string> names = {"new\nline.jpg", "\xff\xfe.jpg", std::string(251, 'n') + ".jpg",
                                          "-rf.jpg"};
  for (const std::string& name : names) Write(name, "picture " + name);
  EXPECT_EQ(Run().indexed, names.size());
  const std::set<PathBytes> live = LivePaths();
  for (const std::string& name : names) EXPECT_TRUE(live.contains(At(name)));
  EXPECT_EQ(Run().reused, names.size());
}

TEST_F(Pipeline, PathsBeyondTheSystemsLimitAreReported) {
  UniqueFd at(open(photos().c_str(), O_RDONLY | O_DIRECTORY));
  const std::string name(200, 'd');
  for (int depth = 0; depth < 25; ++depth) {
    ASSERT_EQ(mkdirat(at.get(), name.c_str(), 0700), 0);
    at = UniqueFd(openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY));
  }
  close(openat(at.get(), "deep.jpg", O_WRONLY | O_CREAT, 0600));
  Write("good.jpg", "x");
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 1U);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_NE(report.failures[0].reason.find("too long"), std::string::npos) << report.failures[0].reason;
}

TEST_F(Pipeline, MissingRootIsOfflineNotADeletion) {
  WriteMany(0, 10);
  Run();
  fs::rename(photos(), folder_.File("unplugged"));
  const IndexReport gone = Run();
  EXPECT_EQ(gone.removed, 0U);
  EXPECT_EQ(gone.offline, std::vector<PathBytes>{photos()});
  EXPECT_EQ(gone.notes.size(), 1U);
  EXPECT_EQ(LivePaths().size(), 10U);
  EXPECT_TRUE(catalog_->Roots().value()[0].offline);
  const std::size_t before = Embedded();
  fs::rename(folder_.File("unplugged"), photos());
  EXPECT_EQ(Run().reused, 10U);
  EXPECT_FALSE(catalog_->Roots().value()[0].offline);
  EXPECT_EQ(Embedded(), before);
}

TEST_F(Pipeline, EmptyMountPointIsOfflineNotADeletion) {
  WriteMany(0, 10);
  Run();
  fs::rename(photos(), folder_.File("unplugged"));
  fs::create_directory(photos());
  Write("readme.txt", "mount your drive here");
  const IndexReport report = Run();
  EXPECT_EQ(report.removed, 0U);
  EXPECT_EQ(report.offline, std::vector<PathBytes>{photos()});
  EXPECT_EQ(LivePaths().size(), 10U);
}

TEST_F(Pipeline, EmptyInnerRootIsOfflineWhenTheOuterOneIsIndexed) {
  WriteMany(0, 5);
  Write("usb/a.jpg", "on the drive");
  options_.roots = {At("usb")};
  Run();
  options_.roots = {photos()};
  Run();
  fs::remove(At("usb/a.jpg"));
  const IndexReport report = Run();
  EXPECT_EQ(report.removed, 0U);
  EXPECT_EQ(report.offline, std::vector<PathBytes>{At("usb")});
  EXPECT_TRUE(LivePaths().contains(At("usb/a.jpg")));
}

TEST_F(Pipeline, FilesOfAnAbsentDriveInsideARootAreKept) {
  WriteMany(0, 5);
  fs::create_directory(At("usb"));
  if (mount("tmpfs", At("usb").c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "needs the right to mount a tmpfs";
  Write("usb/a.jpg", "on the drive");
  Run();
  ASSERT_EQ(umount2(At("usb").c_str(), MNT_DETACH), 0);
  fs::remove(At("0/p0.jpg"));
  const IndexReport report = Run();
  EXPECT_EQ(report.removed, 1U) << "the file that is really gone";
  EXPECT_EQ(report.notes.size(), 1U);
  EXPECT_TRUE(LivePaths().contains(At("usb/a.jpg")));
}

TEST_F(Pipeline, RootThatNeverWasIsAFailureBesideGoodOnes) {
  WriteMany(0, 3);
  options_.roots = {photos(), folder_.File("nowhere")};
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 3U);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].path, folder_.File("nowhere"));
}

TEST_F(Pipeline, UnreadableFolderKeepsWhatLiesUnderIt) {
  WriteMany(0, 10);
  Run();
  fs::remove(At("1/p1.jpg"));
  catalog_.reset();
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(At("0"), fs::perms(0));
  const bool was_root = geteuid() == 0;
  if (was_root) {
    for (const auto& entry : fs::recursive_directory_iterator(library())) {
      ASSERT_EQ(chown(entry.path().c_str(), 65534, 65534), 0);
    }
    ASSERT_EQ(chown(library().c_str(), 65534, 65534), 0);
    for (const auto& entry : fs::directory_iterator(photos())) fs::permissions(entry.path(), fs::perms(0755));
    fs::permissions(At("0"), fs::perms(0));
    ASSERT_EQ(seteuid(65534), 0);
  }
  Open();
  const IndexReport report = Run();
  catalog_.reset();
  if (was_root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  fs::permissions(At("0"), fs::perms(0755));
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].path, At("0"));
  EXPECT_EQ(report.removed, 1U);
  Open();
  EXPECT_TRUE(LivePaths().contains(At("0/p0.jpg")));
  EXPECT_FALSE(LivePaths().contains(At("1/p1.jpg")));
}

TEST_F(Pipeline, RootsInsideRootsAreReadOnce) {
  WriteMany(0, 14);
  options_.roots = {At("0"), photos(), At("1") + "/"};
  EXPECT_EQ(Run().seen, 14U);
}

TEST_F(Pipeline, SingleFileIsARoot) {
  Write("a.jpg", "x");
  Write("b.jpg", "y");
  options_.roots = {At("a.jpg")};
  EXPECT_EQ(Run().indexed, 1U);
  EXPECT_EQ(Run().reused, 1U);
  EXPECT_EQ(LivePaths(), std::set<PathBytes>{At("a.jpg")});
}

TEST_F(Pipeline, SecondRootDoesNotForgetTheFirst) {
  Write("one/a.jpg", "x");
  Write("two/b.jpg", "y");
  options_.roots = {At("one")};
  Run();
  options_.roots = {At("two")};
  EXPECT_EQ(Run().removed, 0U);
  EXPECT_EQ(LivePaths().size(), 2U);
}

TEST_F(Pipeline, AnotherModelEmbedsEverythingAgainBesideTheFirst) {
  WriteMany(0, 10);
  Run();
  FakeEmbedder other("fa4e000000000002");
  CatalogGate gate(*catalog_);
  const auto report =
      Ingest({.gate = gate, .decoder = decoder_, .embedder = other}, options_, nullptr, stop_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->indexed, 10U);
  EXPECT_EQ(catalog_->LiveRows("fa4e000000000001")->Count(), 10U);
  EXPECT_EQ(catalog_->LiveRows("fa4e000000000002")->Count(), 10U);
  EXPECT_EQ(catalog_->Counts()->assets, 10U);
}

TEST_F(Pipeline, FailingModelEndsTheRunAndTheNextOneGoesOn) {
  WriteMany(0, 30);
  Write("bad.jpg", "BAD");
  embedder_.set_failing(true);
  const Result<IndexReport> report = TryRun();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::kModel);
  EXPECT_EQ(catalog_->Counts()->files, 0U);
  embedder_.set_failing(false);
  EXPECT_EQ(Run().indexed, 30U);
}

TEST_F(Pipeline, NothingIsForgottenWhenTheRunFails) {
  WriteMany(0, 10);
  Run();
  fs::remove(At("0/p0.jpg"));
  Write("new.jpg", "new");
  embedder_.set_failing(true);
  EXPECT_FALSE(TryRun());
  EXPECT_EQ(LivePaths().size(), 10U);
}

TEST_F(Pipeline, FileThatChangesWhileItIsDecodedIsNotRecordedWrongly) {
  Write("a.jpg", "first content");
  decoder_.before = [&](int) { std::ofstream(At("a.jpg"), std::ios::app) << "more"; };
  const IndexReport report = Run();
  EXPECT_EQ(report.indexed, 0U);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].reason, "changed while it was read");
  decoder_.before = nullptr;
  EXPECT_EQ(Run().indexed, 1U) << "tried again once it rests";
}

TEST_F(Pipeline, FilesThatComeAndGoDuringTheRunAreSettledByTheNext) {
  WriteMany(0, 200);
  std::atomic<bool> done = false;
  std::thread restless([&] {
    for (int i = 0; !done; ++i) {
      const std::string name = std::to_string(i % 7) + "/p" + std::to_string(i % 200) + ".jpg";
      std::error_code ignored;
      if (i % 3 == 0) fs::remove(At(name), ignored);
      if (i % 3 == 1) Write(name, Bytes(i));
      if (i % 3 == 2) fs::rename(At(name), At(name + "x.jpg"), ignored);
    }
  });
  for (int round = 0; round < 3; ++round) Run();
  done = true;
  restless.join();
  Run();
  std::set<PathBytes> there;
  for (const auto& entry : fs::recursive_directory_iterator(photos())) {
    if (entry.is_regular_file()) there.insert(entry.path().string());
  }
  EXPECT_EQ(LivePaths(), there);
}

TEST_F(Pipeline, FirstStopFinishesWhatIsInFlightAndForgetsNothing) {
  WriteMany(0, 400);
  decoder_.before = [&](int) {
    if (decoder_.decoded == 50) stop_.Request();
  };
  WatchingObserver observer;
  const IndexReport report = Run(&observer);
  EXPECT_TRUE(report.stopped);
  EXPECT_GE(report.indexed, 49U);
  EXPECT_LT(report.indexed, 400U);
  EXPECT_EQ(report.indexed, Embedded()) << "what was embedded was recorded";
  EXPECT_EQ(observer.recorded.size(), report.indexed);
  EXPECT_EQ(LivePaths(), observer.recorded);
}

TEST_F(Pipeline, StoppedRunGoesOnLaterAndForgetsOnlyThen) {
  WriteMany(0, 100);
  Run();
  fs::remove(At("0/p0.jpg"));
  Write("zz/new.jpg", "new");
  decoder_.before = [&](int) { stop_.Request(); };
  const IndexReport stopped = Run();
  EXPECT_TRUE(stopped.stopped);
  EXPECT_EQ(stopped.removed, 0U);
  EXPECT_TRUE(LivePaths().contains(At("0/p0.jpg")));
  decoder_.before = nullptr;
  StopSignal fresh;
  CatalogGate gate(*catalog_);
  const auto report =
      Ingest({.gate = gate, .decoder = decoder_, .embedder = embedder_}, options_, nullptr, fresh);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->removed, 1U);
  EXPECT_TRUE(LivePaths().contains(At("zz/new.jpg")));
}

TEST_F(Pipeline, SecondStopAbandonsAndLeavesEverythingSound) {
  WriteMany(0, 400);
  decoder_.before = [&](int) {
    if (decoder_.decoded == 100) {
      stop_.Request();
      stop_.Request();
    }
  };
  WatchingObserver observer;
  const IndexReport report = Run(&observer);
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(LivePaths(), observer.recorded);
  StopSignal fresh;
  CatalogGate gate(*catalog_);
  const auto next =
      Ingest({.gate = gate, .decoder = decoder_, .embedder = embedder_}, options_, nullptr, fresh);
  ASSERT_TRUE(next);
  EXPECT_EQ(LivePaths().size(), 400U);
}

TEST_F(Pipeline, StopBeforeTheStartDoesNothing) {
  WriteMany(0, 5);
  stop_.Request();
  const IndexReport report = Run();
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.indexed, 0U);
}

TEST_F(Pipeline, ObserverHearsOfEveryFileOnceItIsSafe) {
  WriteMany(0, 300);
  Write("bad.jpg", "BAD");
  WatchingObserver observer;
  observer.after_recording = [&] {
    auto reader = Catalog::Open(library(), CatalogMode::kRead);
    ASSERT_TRUE(reader);
    for (const PathBytes& path : observer.recorded) EXPECT_TRUE((*reader)->FileAt(path).value()) << path;
  };
  const IndexReport report = Run(&observer);
  EXPECT_EQ(observer.recorded.size(), 301U);
  ASSERT_FALSE(observer.progress.empty());
  EXPECT_EQ(observer.progress.back().indexed, report.indexed);
  EXPECT_EQ(observer.progress.back().failed, 1U);
  for (std::size_t i = 1; i < observer.progress.size(); ++i) {
    EXPECT_GE(observer.progress[i].indexed, observer.progress[i - 1].indexed);
  }
}

TEST_F(Pipeline, DecodingRunsAheadOfAModelOnlyByTheQueues) {
  // A model that waits shows how far the stages before it run on: never beyond the queues.
  class SlowEmbedder final : public Embedder {
   public:
    explicit SlowEmbedder(WatchedDecoder& decoder) : decoder_(decoder) {}
    const Space& space() const override { return fake_.space(); }
    std::int32_t picture_edge_px() const override { return 8; }
    Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) override {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      embedded_ += static_cast<int>(pictures.size());
      most_ahead = std::max(most_ahead, decoder_.decoded - embedded_);
      largest_batch = std::max(largest_batch, pictures.size());
      return fake_.EmbedPictures(pictures);
    }
    Result<Matrix> EmbedTexts(std::span<const std::string> texts) override { return fake_.EmbedTexts(texts); }
    int most_ahead = 0;
    std::size_t largest_batch = 0;

   private:
    WatchedDecoder& decoder_;
    FakeEmbedder fake_;
    int embedded_ = 0;
  };
  WriteMany(0, 300);
  SlowEmbedder slow(decoder_);
  CatalogGate gate(*catalog_);
  const auto report = Ingest({.gate = gate, .decoder = decoder_, .embedder = slow}, options_, nullptr, stop_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->indexed, 300U);
  EXPECT_LE(slow.largest_batch, options_.batch);
  EXPECT_LE(slow.most_ahead, static_cast<int>(2 * options_.batch + options_.decode_threads + options_.batch));
}

TEST_F(Pipeline, NoRootsIsAMistakeOfTheCaller) {
  options_.roots.clear();
  EXPECT_EQ(TryRun().error().code(), Code::kInvalidArgument);
}

TEST_F(Pipeline, FullDiskEndsTheRunWithItsOwnCodeAndTheNextGoesOn) {
  WriteMany(0, 600);
  const std::string disk = folder_.File("disk");
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=600k") != 0)
    GTEST_SKIP() << "needs the right to mount a tmpfs";
  options_.thumbs_folder = disk + "/thumbs";
  options_.segments.folder = disk + "/vectors";
  catalog_ = Catalog::Open(disk, CatalogMode::kWrite).value();
  WatchingObserver observer;
  const Result<IndexReport> report = TryRun(&observer);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::kNoSpace) << report.error().message();
  EXPECT_EQ(LivePaths(), observer.recorded);
  ASSERT_EQ(mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=60m"), 0);
  EXPECT_TRUE(TryRun());
  EXPECT_EQ(LivePaths().size(), 600U);
  catalog_.reset();
  umount2(disk.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace vitrine
