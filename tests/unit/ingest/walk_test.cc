#include "ingest/walk.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "ingest_fixture.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class Recorder final : public WalkVisitor {
 public:
  bool OnPicture(const PathBytes& path, const FileStamp&) override {
    found.push_back(path);
    return found.size() < stop_after;
  }
  void OnSkipped(std::uint64_t count) override { skipped += count; }
  void OnUnreadable(const PathBytes& path, const std::string& reason) override {
    unreadable.emplace_back(path, reason);
  }

  std::vector<PathBytes> found;
  std::uint64_t skipped = 0;
  std::vector<std::pair<PathBytes, std::string>> unreadable;
  std::size_t stop_after = 1'000'000;
};

class Walk : public IngestFixture {
 protected:
  // Names relative to the photo folder, in the order found.
  std::vector<std::string> Names(const std::string& root) {
    EXPECT_EQ(walker_.Walk(root, seen_), WalkEnd::kComplete);
    std::vector<std::string> names;
    for (const PathBytes& path : seen_.found) names.push_back(path.substr(photos().size() + 1));
    return names;
  }

  Walker walker_;
  Recorder seen_;
};

TEST_F(Walk, FindsPicturesInByteOrderAndCountsTheRest) {
  for (const char* name :
       {"b.jpg", "a.png", "Z.JPG", "sub/c.heic", "sub/deep/d.webp", "notes.txt", "movie.mp4", "x"}) {
    Write(name, "x");
  }
  EXPECT_EQ(Names(photos()),
            (std::vector<std::string>{"Z.JPG", "a.png", "b.jpg", "sub/c.heic", "sub/deep/d.webp"}));
  EXPECT_EQ(seen_.skipped, 3U);
  EXPECT_TRUE(seen_.unreadable.empty());
}

TEST_F(Walk, LeavesJunkAndHiddenAlone) {
  for (const char* name :
       {".hidden.jpg", "._a.jpg", ".git/a.jpg", "@eaDir/a.jpg", "node_modules/a.jpg", "__MACOSX/a.jpg",
        "$RECYCLE.BIN/a.jpg", ".Trash-1000/a.jpg", "no/.nomedia", "no/a.jpg", "no/sub/b.jpg", "yes.jpg"}) {
    Write(name, "x");
  }
  EXPECT_EQ(Names(photos()), std::vector<std::string>{"yes.jpg"});
}

TEST_F(Walk, DrawingsOnlyForThoseWhoAsk) {
  Write("a.svg", "x");
  EXPECT_TRUE(Names(photos()).empty());
  Walker with_drawings(true);
  EXPECT_EQ(with_drawings.Walk(photos(), seen_), WalkEnd::kComplete);
  EXPECT_EQ(seen_.found, std::vector<PathBytes>{At("a.svg")});
}

TEST_F(Walk, ARootIsWalkedWhateverItsName) {
  Write(".hidden/@eaDir/a.jpg", "x");
  EXPECT_EQ(Names(At(".hidden/@eaDir")), std::vector<std::string>{".hidden/@eaDir/a.jpg"});
}

TEST_F(Walk, NamesAreBytes) {
  const std::set<std::string> names = {"new\nline.jpg", "\xff\xfe\x80.jpg", std::string(251, 'n') + ".jpg",
                                       "-rf.jpg",       "caf\xc3\xa9.jpg",  "cafe\xcc\x81.jpg",
                                       "\x1b[31m.jpg",  "\xe2\x80\xae.jpg", " .jpg"};
  for (const std::string& name : names) Write(name, "x");
  const std::vector<std::string> found = Names(photos());
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), names);
}

TEST_F(Walk, LinksAreNotFollowedAndLoopsEnd) {
  Write("a/one.jpg", "x");
  Write("../outside/secret.jpg", "x");
  fs::create_directory_symlink(photos(), At("a/up"));
  fs::create_directory_symlink("self", At("self"));
  fs::create_directory_symlink(folder_.File("outside"), At("out"));
  fs::create_symlink(At("a/one.jpg"), At("link.jpg"));
  EXPECT_EQ(Names(photos()), std::vector<std::string>{"a/one.jpg"});
  EXPECT_EQ(seen_.skipped, 4U);
}

TEST_F(Walk, ARootThatIsALinkIsFollowed) {
  Write("real/a.jpg", "x");
  fs::create_directory_symlink(At("real"), At("link"));
  EXPECT_EQ(Names(At("link")), std::vector<std::string>{"link/a.jpg"});
  EXPECT_EQ(walker_.Walk(At("real"), seen_), WalkEnd::kRepeated);
}

TEST_F(Walk, EachInodeCountsOnce) {
  Write("a.jpg", "x");
  fs::create_hard_link(At("a.jpg"), At("b.jpg"));
  fs::create_directory(At("sub"));
  fs::create_hard_link(At("a.jpg"), At("sub/c.jpg"));
  EXPECT_EQ(Names(photos()), std::vector<std::string>{"a.jpg"});
  EXPECT_EQ(seen_.skipped, 2U);
}

TEST_F(Walk, SpecialFilesAreNeverOpened) {
  ASSERT_EQ(mkfifo(At("fifo.jpg").c_str(), 0600), 0);
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(At("s.jpg").size(), sizeof(address.sun_path));
  At("s.jpg").copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(listener);
  Write("good.jpg", "x");
  EXPECT_EQ(Names(photos()), std::vector<std::string>{"good.jpg"});
  EXPECT_EQ(seen_.skipped, 2U);
}

TEST_F(Walk, RawIsLeftOutOnlyBesideItsJpeg) {
  for (const char* name :
       {"1.CR2", "1.jpg", "2.nef", "3.dng", "3.dng.JPG", "4.arw", "sub/4.jpg", "5.raf", "5.png"}) {
    Write(name, "x");
  }
  EXPECT_EQ(Names(photos()), (std::vector<std::string>{"1.jpg", "2.nef", "3.dng.JPG", "4.arw", "5.png",
                                                       "5.raf", "sub/4.jpg"}));
  EXPECT_EQ(seen_.skipped, 2U);
}

TEST_F(Walk, UnreadableFolderIsReportedAndTheRestIsFound) {
  Write("open/a.jpg", "x");
  Write("shut/b.jpg", "x");
  fs::permissions(At("shut"), fs::perms(0));
  fs::permissions(folder_.path(), fs::perms(0755));
  const bool was_root = geteuid() == 0;
  if (was_root) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  const std::vector<std::string> names = Names(photos());
  if (was_root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  fs::permissions(At("shut"), fs::perms(0755));
  EXPECT_EQ(names, std::vector<std::string>{"open/a.jpg"});
  ASSERT_EQ(seen_.unreadable.size(), 1U);
  EXPECT_EQ(seen_.unreadable[0].first, At("shut"));
  EXPECT_NE(seen_.unreadable[0].second.find("Permission denied"), std::string::npos);
}

TEST_F(Walk, PathsBeyondTheSystemsLimitAreReached) {
  std::string path = photos();
  UniqueFd at(open(path.c_str(), O_RDONLY | O_DIRECTORY));
  const std::string name(200, 'd');
  for (int depth = 0; depth < 30; ++depth) {
    ASSERT_EQ(mkdirat(at.get(), name.c_str(), 0700), 0);
    at = UniqueFd(openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY));
    path += "/" + name;
  }
  close(openat(at.get(), "deep.jpg", O_WRONLY | O_CREAT, 0600));
  walker_.Walk(photos(), seen_);
  ASSERT_EQ(seen_.found.size(), 1U);
  EXPECT_EQ(seen_.found[0], path + "/deep.jpg");
}

TEST_F(Walk, TooDeepIsReported) {
  UniqueFd at(open(photos().c_str(), O_RDONLY | O_DIRECTORY));
  for (int depth = 0; depth < 250; ++depth) {
    ASSERT_EQ(mkdirat(at.get(), "d", 0700), 0);
    at = UniqueFd(openat(at.get(), "d", O_RDONLY | O_DIRECTORY));
  }
  close(openat(at.get(), "deep.jpg", O_WRONLY | O_CREAT, 0600));
  walker_.Walk(photos(), seen_);
  EXPECT_TRUE(seen_.found.empty());
  ASSERT_EQ(seen_.unreadable.size(), 1U);
}

TEST_F(Walk, EndsWhenTheVisitorHasEnough) {
  WriteMany(0, 20);
  seen_.stop_after = 5;
  EXPECT_EQ(walker_.Walk(photos(), seen_), WalkEnd::kStopped);
  EXPECT_EQ(seen_.found.size(), 5U);
}

TEST_F(Walk, MissingRootAndSpecialRoot) {
  EXPECT_EQ(walker_.Walk(At("none"), seen_), WalkEnd::kMissing);
  ASSERT_EQ(mkfifo(At("fifo").c_str(), 0600), 0);
  EXPECT_EQ(walker_.Walk(At("fifo"), seen_), WalkEnd::kComplete);
  EXPECT_EQ(seen_.unreadable.size(), 1U);
}

TEST_F(Walk, AFileIsARootWhateverItsName) {
  Write("picture.dat", "x");
  EXPECT_EQ(Names(At("picture.dat")), std::vector<std::string>{"picture.dat"});
}

TEST(CleanRoots, AreAbsoluteTidyAndDisjoint) {
  EXPECT_EQ(CleanRoots({"/data/", "/data/x", "//data-secret//y/.", "/data", "/data/x/y"}),
            (std::vector<PathBytes>{"/data", "/data-secret/y"}));
  EXPECT_EQ(CleanRoots({"/", "/a"}), std::vector<PathBytes>{"/"});
  EXPECT_EQ(CleanRoots({"."})[0], fs::current_path().string());
  EXPECT_EQ(CleanRoots({"x"})[0], fs::current_path().string() + "/x");
}

TEST(CleanRoots, StepsUpAreResolved) {
  const TempFolder folder;
  fs::create_directories(folder.File("a/b"));
  EXPECT_EQ(CleanRoots({folder.File("a/b/../b")})[0], fs::canonical(folder.File("a/b")).string());
}

TEST(CleanRoots, LinkToAFileBecomesTheFile) {
  const TempFolder folder;
  std::ofstream(folder.File("a.jpg")) << "x";
  fs::create_symlink(folder.File("a.jpg"), folder.File("link.jpg"));
  fs::create_directory_symlink(folder.path(), folder.File("folder"));
  EXPECT_EQ(CleanRoots({folder.File("link.jpg")})[0], fs::canonical(folder.File("a.jpg")).string());
  EXPECT_EQ(CleanRoots({folder.File("folder")})[0], folder.File("folder"))
      << "a drive may be linked to and absent";
}

}  // namespace
}  // namespace vitrine
