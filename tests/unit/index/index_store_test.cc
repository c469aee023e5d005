#include "index/index_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <set>
#include <thread>

#include "index/recall.h"
#include "segment_testing.h"

namespace vitrine {
namespace {

constexpr std::size_t kDimension = 24;
constexpr IndexKind kBuilt[] = {IndexKind::kCompressed, IndexKind::kIvf, IndexKind::kHnsw};

std::string IndexFileOf(const SegmentIdentity& identity) {
  char name[64];
  std::snprintf(name, sizeof name, "/index-%016llx.vix",
                static_cast<unsigned long long>(identity.generation));
  return identity.folder + name;
}

std::set<std::string> FilesIn(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

/// Rows, all alive, with a folder for their index.
class IndexStore : public testing::Test {
 protected:
  IndexStore() { Grow(2000); }

  void Grow(std::size_t rows) {
    const EncodedRows more = RandomCodes(rows, kDimension, random_);
    rows_.dimension = kDimension;
    rows_.Append(more, 0, more.rows());
    table_ = TableInMemory(rows_);
    live_ = RowSet(rows_.rows(), true);
  }

  SegmentIdentity Identity() const { return IdentityIn(folder_, kDimension, generation_); }

  VectorIndexReport Publish(IndexKind kind, bool force = false) {
    const auto report = PublishIndex(Identity(), table_, live_, {.kind = kind}, {}, {}, force);
    EXPECT_TRUE(report) << report.error().message();
    return *report;
  }

  /// Opens and holds what is found against the exact scan: no ghosts, right scores, the recall.
  VectorIndexReport OpenAndCheck(IndexKind kind, double recall = 0.9) {
    VectorIndexReport report;
    const auto index = OpenIndex(Identity(), table_, {.kind = kind}, &report);
    EXPECT_TRUE(index) << index.error().message();
    const Matrix queries = RandomUnitRows(20, kDimension, random_);
    EXPECT_EQ((*index)->row_count(), rows_.rows());
    EXPECT_GE(MeasureRecall(**index, *table_, &live_, queries.values(), 10), recall) << NameOf(kind);
    const auto found = (*index)->Search(queries.values(), 10, &live_);
    EXPECT_TRUE(found);
    for (const auto& list : *found) {
      EXPECT_EQ(list.size(), std::min<std::size_t>(10, live_.Count()));
      for (const Neighbour& hit : list) EXPECT_TRUE(live_.Contains(hit.row)) << "a ghost";
    }
    return report;
  }

  std::mt19937 random_{31};
  TestFolder folder_;
  std::uint64_t generation_ = 1;
  EncodedRows rows_;
  std::shared_ptr<const RowTable> table_;
  RowSet live_;
};

TEST_F(IndexStore, SmallSetsAreScannedExactly) {
  EXPECT_FALSE(Publish(IndexKind::kAuto).built);
  EXPECT_FALSE(std::filesystem::exists(IndexFileOf(Identity())));
  const VectorIndexReport report = OpenAndCheck(IndexKind::kAuto, 1);
  EXPECT_EQ(report.kind, IndexKind::kExact);
  EXPECT_EQ(report.rows, 2000U);
  EXPECT_EQ(report.note, "");
}

TEST_F(IndexStore, EachKindIsBuiltOnceAndOpened) {
  for (const IndexKind kind : kBuilt) {
    SCOPED_TRACE(NameOf(kind));
    const VectorIndexReport built = Publish(kind);
    EXPECT_TRUE(built.built);
    EXPECT_EQ(built.kind, kind);
    EXPECT_EQ(built.covered, 2000U);
    EXPECT_GT(built.bytes, 2000U * kDimension / 8);
    EXPECT_FALSE(Publish(kind).built) << "nothing changed";
    const VectorIndexReport opened = OpenAndCheck(kind);
    EXPECT_EQ(opened.kind, kind);
    EXPECT_EQ(opened.bytes, built.bytes);
    EXPECT_EQ(opened.recall, built.recall);
    EXPECT_EQ(opened.note, "");
    EXPECT_EQ(FilesIn(Identity().folder).size(), 1U);
  }
  EXPECT_TRUE(Publish(IndexKind::kHnsw, true).built) << "forced";
}

TEST_F(IndexStore, WithoutAFileTheRowsAreScannedAndTheReportSaysSo) {
  const VectorIndexReport report = OpenAndCheck(IndexKind::kIvf, 1);
  EXPECT_EQ(report.kind, IndexKind::kExact);
  EXPECT_NE(report.note.find("no index yet"), std::string::npos) << report.note;
}

TEST_F(IndexStore, AFileOfAnotherKindServesUntilTheNextPublish) {
  Publish(IndexKind::kCompressed);
  const VectorIndexReport report = OpenAndCheck(IndexKind::kHnsw);
  EXPECT_EQ(report.kind, IndexKind::kCompressed);
  EXPECT_NE(report.note.find("hnsw"), std::string::npos) << report.note;
  EXPECT_TRUE(Publish(IndexKind::kHnsw).built);
  EXPECT_EQ(OpenAndCheck(IndexKind::kHnsw).kind, IndexKind::kHnsw);
}

TEST_F(IndexStore, BackToExactTheFileGoes) {
  Publish(IndexKind::kCompressed);
  Publish(IndexKind::kExact);
  EXPECT_TRUE(FilesIn(Identity().folder).empty());
}

TEST_F(IndexStore, NewRowsAreFoundAtOnceAndBuiltInWhenTheyAreMany) {
  for (const IndexKind kind : kBuilt) {
    SCOPED_TRACE(NameOf(kind));
    const auto covered = static_cast<RowId>(rows_.rows());
    Publish(kind);
    Grow(500);
    EXPECT_FALSE(Publish(kind).built) << "a small tail is scanned";
    const VectorIndexReport report = OpenAndCheck(kind);
    EXPECT_EQ(report.covered, covered);
    EXPECT_EQ(report.tail, 500U);
  }
  Publish(IndexKind::kCompressed);
  Grow(20'001);
  EXPECT_TRUE(Publish(IndexKind::kCompressed).built);
  EXPECT_EQ(OpenAndCheck(IndexKind::kCompressed).tail, 0U);
}

TEST_F(IndexStore, DeletedRowsNeverReturnAndAreBuiltOutWhenTheyAreMany) {
  for (const IndexKind kind : kBuilt) {
    SCOPED_TRACE(NameOf(kind));
    live_ = RowSet(rows_.rows(), true);
    Publish(kind, true);
    for (RowId row = 0; row < 400; ++row) live_.Erase(row);
    EXPECT_FALSE(Publish(kind).built) << "exactly a fifth is gone";
    OpenAndCheck(kind);
    live_.Erase(400);
    EXPECT_TRUE(Publish(kind).built);
    EXPECT_FALSE(Publish(kind).built) << "those that were gone at the build do not count again";
    OpenAndCheck(kind);
  }
}

TEST_F(IndexStore, OtherGenerationsAndHalvesAreRemoved) {
  Publish(IndexKind::kCompressed);
  ++generation_;
  EXPECT_EQ(OpenAndCheck(IndexKind::kCompressed, 1).kind, IndexKind::kExact)
      << "another generation's is not used";
  WriteBytes(IndexFileOf(Identity()) + ".part", "half");
  WriteBytes(Identity().folder + "/vectors-0.seg", "not ours");
  EXPECT_TRUE(Publish(IndexKind::kCompressed).built);
  EXPECT_EQ(FilesIn(Identity().folder),
            (std::set<std::string>{"index-0000000000000002.vix", "vectors-0.seg"}));
}

TEST_F(IndexStore, AFileOfOtherRowsIsFoundOut) {
  for (const IndexKind kind : kBuilt) {
    SCOPED_TRACE(NameOf(kind));
    Publish(kind);
    rows_ = {};
    Grow(2000);
    const VectorIndexReport report = OpenAndCheck(kind, 1);
    EXPECT_EQ(report.kind, IndexKind::kExact);
    EXPECT_NE(report.note, "");
    EXPECT_TRUE(Publish(kind).built);
  }
}

TEST_F(IndexStore, DamageCostsTimeAndIsBuiltAwayUnasked) {
  for (const IndexKind kind : kBuilt) {
    SCOPED_TRACE(NameOf(kind));
    Publish(kind);
    const std::string whole = ReadBytes(IndexFileOf(Identity()));
    for (int round = 0; round < 8; ++round) {
      std::string bytes = whole;
      if (round % 4 == 0) {
        bytes.resize(round == 0 ? 0 : random_() % bytes.size());
      } else {
        char& byte = bytes[random_() % bytes.size()];
        byte = static_cast<char>(byte ^ (1 << random_() % 8));
      }
      WriteBytes(IndexFileOf(Identity()), bytes);
      OpenAndCheck(kind, 0.85);
      const VectorIndexReport report = Publish(kind);
      if (!report.built) {
        EXPECT_NE(round % 4, 0) << "a cut went unseen";  // A flip may hit what lies between sections.
      }
      OpenAndCheck(kind, 0.85);
    }
    Publish(kind, true);
    EXPECT_EQ(OpenAndCheck(kind).note, "");
  }
}

TEST_F(IndexStore, AReaderKeepsWhatItOpened) {
  Publish(IndexKind::kCompressed);
  const auto old_table = table_;
  const auto reader = OpenIndex(Identity(), table_, {.kind = IndexKind::kCompressed});
  ASSERT_TRUE(reader);
  const Matrix queries = RandomUnitRows(5, kDimension, random_);
  const auto before = (*reader)->Search(queries.values(), 10, nullptr);
  Grow(300);
  Publish(IndexKind::kHnsw);
  ++generation_;
  Publish(IndexKind::kIvf);
  const auto after = (*reader)->Search(queries.values(), 10, nullptr);
  ASSERT_TRUE(before && after);
  EXPECT_TRUE(Identical(*before, *after));
}

TEST_F(IndexStore, NothingAliveNeedsNoStructure) {
  live_ = RowSet(rows_.rows());
  for (const IndexKind kind : kBuilt) EXPECT_FALSE(Publish(kind).built);
  OpenAndCheck(IndexKind::kIvf, 1);
}

TEST_F(IndexStore, NonsenseIsRefused) {
  EXPECT_FALSE(PublishIndex(Identity(), table_, live_, {.recall = 0}, {}, {}, false));
  EXPECT_FALSE(PublishIndex(Identity(), table_, live_, {.recall = 1.5}, {}, {}, false));
  EXPECT_FALSE(OpenIndex(IdentityIn(folder_, kDimension + 1), table_, {}));
  SegmentIdentity nameless = Identity();
  nameless.space = "x";
  EXPECT_FALSE(OpenIndex(nameless, table_, {}));
}

/// Runs `work` in a child process and returns its exit status; for what must not happen to this one.
int InAChild(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST_F(IndexStore, ADiskThatFillsUpLeavesTheOldFile) {
  for (const IndexKind kind : kBuilt) {
    SCOPED_TRACE(NameOf(kind));
    Publish(kind);
    const std::string before = ReadBytes(IndexFileOf(Identity()));
    const int status = InAChild([&] {
      signal(SIGXFSZ, SIG_IGN);
      const rlimit most{before.size() / 2, before.size() / 2};
      setrlimit(RLIMIT_FSIZE, &most);
      const auto report = PublishIndex(Identity(), table_, live_, {.kind = kind}, {}, {}, true);
      return !report && report.error().code() == Code::kIo;
    });
    EXPECT_EQ(status, 0);
    EXPECT_EQ(ReadBytes(IndexFileOf(Identity())), before);
    EXPECT_EQ(FilesIn(Identity().folder).size(), 1U) << "no half is left";
    OpenAndCheck(kind);
  }
}

class IndexKill : public IndexStore {
 protected:
  /// Kills a publisher `after` its start, and finds the file whole: the old one or the new one.
  void Round(IndexKind kind, std::chrono::microseconds after) {
    const pid_t child = fork();
    if (child == 0) {
      const auto report = PublishIndex(Identity(), table_, live_, {.kind = kind}, {}, {}, true);
      _exit(report ? 0 : 1);
    }
    std::this_thread::sleep_for(after);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "the publisher failed";
    killed_ += WIFSIGNALED(status) ? 1 : 0;
    VectorIndexReport report;
    ASSERT_TRUE(OpenIndex(Identity(), table_, {.kind = kind}, &report));
    EXPECT_NE(report.kind, IndexKind::kExact) << report.note;
    OpenAndCheck(kind, 0.85);
  }

  void Rounds(int rounds) {
    live_ = RowSet(rows_.rows(), true);
    Publish(IndexKind::kCompressed);
    double window_us = 40'000;
    for (int round = 0; round < rounds && !HasFailure(); ++round) {
      const double part = std::uniform_real_distribution<double>(0, 1)(random_);
      const int killed = killed_;
      Round(kBuilt[round % 3], std::chrono::microseconds(static_cast<int>(window_us * part)));
      window_us *= killed == killed_ ? 0.85 : 1.15;
    }
    EXPECT_GT(killed_, rounds / 5) << "too few publishers were met alive";
    for (const IndexKind kind : kBuilt) {
      Publish(kind);
      EXPECT_EQ(FilesIn(Identity().folder).size(), 1U);
    }
  }

  int killed_ = 0;
};

TEST_F(IndexKill, TwentyPublishersDieAndTheFileIsWhole) { Rounds(20); }

TEST_F(IndexKill, ManyPublishersDieAndTheFileIsWholeSlow) {
  const char* wanted = std::getenv("VITRINE_KILL_ROUNDS");
  if (wanted == nullptr) GTEST_SKIP() << "set VITRINE_KILL_ROUNDS (the test index_kill does)";
  Rounds(std::atoi(wanted));
}

}  // namespace
}  // namespace vitrine
