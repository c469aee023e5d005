// A process killed at any moment of a run loses nothing it has acknowledged, and the next run needs nobody's
// help.
#include <sqlite3.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "ingest_fixture.h"

namespace vitrine {
namespace {

// Writes each acknowledged path to a pipe the moment it is acknowledged; the pipe outlives the killed
// process.
class PipeObserver final : public IndexObserver {
 public:
  explicit PipeObserver(int fd) : fd_(fd) {}
  void OnRecorded(std::span<const FileRecord> files) override {
    for (const FileRecord& file : files) {
      const std::string line = file.path + "\n";
      if (write(fd_, line.data(), line.size()) < 0) _exit(9);
    }
  }

 private:
  int fd_;
};

class KillNine : public IngestFixture {
 protected:
  // Runs ingest in a child, kills it after `delay`, and returns what it acknowledged.
  std::set<PathBytes> RunAndKill(std::chrono::microseconds delay) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    const pid_t child = fork();
    if (child == 0) {
      PipeObserver observer(ends[1]);
      auto opened = Catalog::Open(library(), CatalogMode::kWrite);
      if (!opened) _exit(2);
      catalog_ = *std::move(opened);
      const bool done{TryRun(&observer)};
      catalog_.reset();
      _exit(done ? 0 : 3);
    }
    close(ends[1]);
    std::this_thread::sleep_for(delay);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "the run failed: " << WEXITSTATUS(status);
    return Drain(ends[0]);
  }

  static std::set<PathBytes> Drain(int fd) {
    const UniqueFd owned(fd);
    std::string text;
    std::array<char, 1 << 16> buffer;
    for (ssize_t got = 0; (got = read(fd, buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    std::set<PathBytes> lines;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      lines.insert(text.substr(at, end - at));
    }
    return lines;
  }

  // SQLite's own full check, and ours: paths counted by the triggers are the paths that are there.
  void ExpectSound() const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((library() + "/catalog.sqlite").c_str(), &db), SQLITE_OK);
    const auto expect = [&](const char* sql, const std::string& answer) {
      std::string got;
      const auto keep = [](void* to, int, char** values, char**) {
        static_cast<std::string*>(to)->append(values[0] == nullptr ? "NULL" : values[0]);
        return 0;
      };
      EXPECT_EQ(sqlite3_exec(db, sql, keep, &got, nullptr), SQLITE_OK) << sql;
      EXPECT_EQ(got, answer) << sql;
    };
    expect("PRAGMA integrity_check", "ok");
    expect("PRAGMA foreign_key_check", "");
    expect(
        "SELECT count(*) FROM asset WHERE paths <> (SELECT count(*) FROM file WHERE file.asset = asset.id)",
        "0");
    expect("SELECT count(*) FROM asset WHERE id NOT IN (SELECT asset FROM embedding)", "0");
    expect("SELECT count(*) = ifnull(max(id & 4294967295) + 1, 0) FROM embedding", "1");
    sqlite3_close(db);
  }

  // Acknowledged means: the catalog knows the path with the content that lies there.
  void ExpectRecorded(const std::set<PathBytes>& paths) const {
    if (paths.empty()) return;
    auto reader = Catalog::Open(library(), CatalogMode::kRead);
    ASSERT_TRUE(reader) << reader.error().message();
    for (const PathBytes& path : paths) {
      const auto file = (*reader)->FileAt(path).value();
      ASSERT_TRUE(file && file->asset) << "lost: " << path;
      const Sha256Digest content = Sha256(ReadFile(path).value());
      ASSERT_EQ((*reader)->AssetByContent(content, embedder_.space().id).value(), file->asset) << path;
    }
  }

  // Each round rewrites some files and kills a run over all of them. The kills follow the length of the runs,
  // so that on a slow machine too some come early, some within a commit and some too late.
  void Rounds(int rounds) {
    constexpr unsigned kSeed = 424242;
    SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
    std::mt19937 random(kSeed);
    catalog_.reset();
    double window_us = 50'000;
    for (int round = 0; round < rounds && !HasFailure(); ++round) {
      for (int i = 0; i < kFilesARound; ++i) {
        const int place = (round % 8) * kFilesARound + i;
        Write("p" + std::to_string(place) + ".jpg", Bytes(round * kFilesARound + i));
      }
      const double part = std::uniform_real_distribution<double>(0, 1)(random);
      const std::set<PathBytes> told =
          RunAndKill(std::chrono::microseconds(static_cast<int>(window_us * part)));
      window_us *= told.size() >= kFilesARound ? 0.85 : 1.15;
      ExpectSound();
      ExpectRecorded(told);
    }
    Open();
    EXPECT_EQ(Run().failed, 0U);
    EXPECT_EQ(LivePaths().size(), static_cast<std::size_t>(std::min(rounds, 8) * kFilesARound));
    catalog_.reset();
    ExpectSound();
  }

  static constexpr int kFilesARound = 200;
};

TEST_F(KillNine, AcknowledgedFilesSurviveFiftyKills) { Rounds(50); }

TEST_F(KillNine, AcknowledgedFilesSurviveManyKillsSlow) {
  const char* wanted = std::getenv("VITRINE_KILL_ROUNDS");
  if (wanted == nullptr) GTEST_SKIP() << "set VITRINE_KILL_ROUNDS (the test ingest_kill does)";
  Rounds(std::atoi(wanted));
}

}  // namespace
}  // namespace vitrine
