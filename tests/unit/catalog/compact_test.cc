// Compaction drops what is gone, keeps everything else to the byte, and happens wholly or not at all.
#include <sys/mount.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <thread>

#include "catalog_fixture.h"

namespace vitrine {
namespace {

constexpr const char* kOther = "ffffffffffffffff";

class Compact : public CatalogFixture {
 protected:
  void SetUp() override { OpenForWriting(); }

  static PathBytes PathOf(int number) { return "/p/" + std::to_string(number); }

  /// Pictures [first, end), each in a file of its own; the vector of picture n is VectorOf(n).
  void Add(int first, int end, const char* space = kSpace) {
    std::vector<FileOutcome> outcomes;
    EncodedRows vectors;
    for (int i = first; i < end; ++i) {
      outcomes.push_back(NewPicture(PathOf(i), i));
      vectors.Append(VectorOf(i), 0, 1);
    }
    const std::int64_t run = catalog_->BeginRun("/p").value();
    ASSERT_TRUE(catalog_->RecordBatch(run, space, outcomes, vectors));
  }

  static EncodedRows VectorOf(int number) {
    std::mt19937 random(static_cast<unsigned>(number));
    EncodedRows row{.dimension = kDimension, .scales = {0.5F + static_cast<float>(number)}};
    for (std::size_t i = 0; i < kDimension; ++i) {
      row.codes.push_back(static_cast<std::int8_t>(random() % 255 - 127));
      row.fine.push_back(static_cast<std::int8_t>(random()));
    }
    return row;
  }

  /// A run that sees these pictures alone.
  void Keep(const std::vector<int>& numbers) {
    std::vector<PathBytes> paths;
    paths.reserve(numbers.size());
    for (const int number : numbers) paths.push_back(PathOf(number));
    const std::int64_t run = catalog_->BeginRun("/p").value();
    ASSERT_TRUE(catalog_->MarkSeen(run, paths));
    ASSERT_TRUE(catalog_->FinishRun(run, "/p"));
  }

  /// The living rows are those of these pictures, in this order, each with its own vector and path.
  void ExpectLiving(const std::vector<int>& numbers, Catalog& catalog, const char* space = kSpace) const {
    const RowSet live = catalog.LiveRows(space).value();
    ASSERT_EQ(live.Count(), numbers.size());
    const auto source = catalog.Vectors(space).value();
    std::size_t next = 0;
    for (RowId row = 0; row < live.size(); ++row) {
      if (!live.Contains(row)) continue;
      const int number = numbers[next++];
      const auto found = catalog.AssetsOfRows(space, std::vector<RowId>{row}).value();
      ASSERT_EQ(found.size(), 1U);
      EXPECT_EQ(found[0].second.content, ContentOf(number));
      EXPECT_EQ(found[0].second.paths, std::vector<PathBytes>{PathOf(number)});
      EXPECT_EQ(catalog.RowOf(space, found[0].second.id).value(), row);
      const EncodedRows vector = source->Read(row, row + 1).value();
      EXPECT_EQ(vector.codes, VectorOf(number).codes);
      EXPECT_EQ(vector.fine, VectorOf(number).fine);
      EXPECT_EQ(vector.scales, VectorOf(number).scales);
    }
  }

  void ExpectSound() const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(database().c_str(), &db), SQLITE_OK);
    std::string answer;
    const auto add = [](void* to, int, char** values, char**) {
      static_cast<std::string*>(to)->append(values[0]);
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(db, "PRAGMA integrity_check; PRAGMA foreign_key_check", add, &answer, nullptr),
              SQLITE_OK);
    EXPECT_EQ(answer, "ok");
    sqlite3_close(db);
  }
};

TEST_F(Compact, DropsTheGoneAndNumbersTheRestAnew) {
  Add(0, 10);
  Keep({1, 2, 5, 9});
  const std::uint64_t before = catalog_->Generation(kSpace).value();
  const Compaction done = catalog_->Compact(kSpace).value();
  EXPECT_EQ(done.rows_before, 10U);
  EXPECT_EQ(done.rows, 4U);
  EXPECT_GT(done.generation, before);
  EXPECT_EQ(catalog_->Generation(kSpace).value(), done.generation);
  EXPECT_EQ(catalog_->LiveRows(kSpace)->size(), 4U);
  ExpectLiving({1, 2, 5, 9}, *catalog_);
  std::vector<Sha256Digest> gone;
  for (const int number : {0, 3, 4, 6, 7, 8}) gone.push_back(ContentOf(number));
  EXPECT_EQ(done.forgotten, gone);
  for (const int number : {0, 3, 8}) {
    EXPECT_EQ(catalog_->AssetByContent(ContentOf(number), kSpace).value(), std::nullopt);
  }
  ExpectSound();
}

TEST_F(Compact, GoesOnAfterwards) {
  Add(0, 10);
  Keep({3, 4});
  ASSERT_TRUE(catalog_->Compact(kSpace));
  Add(10, 12);
  Add(0, 1);
  ExpectLiving({3, 4, 10, 11, 0}, *catalog_);
  Keep({4, 11, 0});
  OpenForWriting();
  EXPECT_EQ(catalog_->Compact(kSpace)->rows, 3U);
  ExpectLiving({4, 11, 0}, *catalog_);
}

TEST_F(Compact, WithNothingGoneChangesNothing) {
  Add(0, 5);
  const std::uint64_t before = catalog_->Generation(kSpace).value();
  const Compaction done = catalog_->Compact(kSpace).value();
  EXPECT_EQ(done.generation, before);
  EXPECT_EQ(done.rows, 5U);
  EXPECT_TRUE(done.forgotten.empty());
  ExpectLiving({0, 1, 2, 3, 4}, *catalog_);
}

TEST_F(Compact, OfTheLastRowsAndOfAllRows) {
  Add(0, 5);
  Keep({0, 1, 2});
  const std::uint64_t first = catalog_->Compact(kSpace)->generation;
  ExpectLiving({0, 1, 2}, *catalog_);
  Keep({});
  const Compaction none = catalog_->Compact(kSpace).value();
  EXPECT_EQ(none.rows, 0U);
  EXPECT_GT(none.generation, first);
  EXPECT_EQ(catalog_->LiveRows(kSpace)->size(), 0U);
  Add(7, 8);
  ExpectLiving({7}, *catalog_);
}

TEST_F(Compact, LeavesOtherSpacesAlone) {
  ASSERT_TRUE(catalog_->EnsureSpace(kOther, "other", kDimension));
  Add(0, 6);
  Add(0, 6, kOther);
  Keep({1, 5});
  const std::uint64_t other = catalog_->Generation(kOther).value();
  EXPECT_TRUE(catalog_->Compact(kSpace)->forgotten.empty()) << "the other space has their vectors";
  ExpectLiving({1, 5}, *catalog_);
  EXPECT_EQ(catalog_->Generation(kOther).value(), other);
  EXPECT_EQ(catalog_->LiveRows(kOther)->size(), 6U);
  ExpectLiving({1, 5}, *catalog_, kOther);
  EXPECT_EQ(catalog_->Compact(kOther)->forgotten.size(), 4U);
  ExpectLiving({1, 5}, *catalog_, kOther);
  EXPECT_EQ(catalog_->Compact("nobody").error().code(), Code::kNotFound);
}

// Rows of before mean other pictures now: a reader that still has them must not be told those.
TEST_F(Compact, ReadersOfBeforeAreToldToOpenAgain) {
  Add(0, 6);
  Keep({1, 3, 5});
  const std::unique_ptr<Catalog> reader = OpenReader();
  const std::unique_ptr<Catalog> late = OpenReader();
  ExpectLiving({1, 3, 5}, *reader);
  const std::unique_ptr<RowSource> source = reader->Vectors(kSpace).value();
  ASSERT_TRUE(catalog_->Compact(kSpace));
  const std::vector<RowId> rows = {1, 3};
  EXPECT_EQ(reader->AssetsOfRows(kSpace, rows).error().code(), Code::kCorrupt);
  EXPECT_EQ(reader->LiveRows(kSpace).error().code(), Code::kCorrupt);
  EXPECT_EQ(reader->RowOf(kSpace, AssetId{2}).error().code(), Code::kCorrupt);
  EXPECT_EQ(reader->Generation(kSpace).error().code(), Code::kCorrupt);
  EXPECT_EQ(source->RowCount().error().code(), Code::kCorrupt);
  EXPECT_EQ(source->Read(0, 1).error().code(), Code::kCorrupt);
  EXPECT_EQ(reader->Counts()->assets, 3U);
  ExpectLiving({1, 3, 5}, *late);
  ExpectLiving({1, 3, 5}, *OpenReader());
  EXPECT_EQ(late->Compact(kSpace).error().code(), Code::kIo) << "a reader never writes";
}

TEST_F(Compact, GivesTheSpaceBack) {
  constexpr int kPictures = 4000;
  Add(0, kPictures);
  std::vector<int> kept;
  for (int i = 3; i < kPictures; i += 4) kept.push_back(i);
  Keep(kept);
  OpenForWriting();
  const auto before = std::filesystem::file_size(database());
  ASSERT_TRUE(catalog_->Compact(kSpace));
  EXPECT_LT(std::filesystem::file_size(database()), before / 2);
  ExpectLiving(kept, *catalog_);
  ExpectSound();
}

TEST_F(Compact, OnAFullDiskLeavesAllAsItWas) {
  catalog_.reset();
  const std::string disk = folder_.File("disk");
  std::filesystem::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "needs the right to mount a small tmpfs";
  }
  {
    auto opened = Catalog::Open(disk + "/library", CatalogMode::kWrite);
    ASSERT_TRUE(opened);
    catalog_ = *std::move(opened);
  }
  ASSERT_TRUE(catalog_->EnsureSpace(kSpace, "test 1", kDimension));
  Add(0, 1000);
  std::vector<int> kept(999);
  std::iota(kept.begin(), kept.end(), 1);
  Keep(kept);
  catalog_.reset();
  catalog_ = *Catalog::Open(disk + "/library", CatalogMode::kWrite);
  {
    std::ofstream(disk + "/filler") << std::string(8 << 20, 'x');
  }
  EXPECT_EQ(catalog_->Compact(kSpace).error().code(), Code::kNoSpace);
  ExpectLiving(kept, *catalog_);
  std::filesystem::remove(disk + "/filler");
  EXPECT_EQ(catalog_->Compact(kSpace)->rows, 999U);
  ExpectLiving(kept, *catalog_);
  catalog_.reset();
  umount(disk.c_str());
}

/// Compacts in a child that is killed some time in; what is there then is the old state or the new one.
class CompactKill : public Compact {
 protected:
  void Rounds(int rounds) {
    constexpr unsigned kSeed = 20261124;
    SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
    std::mt19937 random(kSeed);
    std::vector<int> living;
    int next = 0;
    int done = 0;
    double window_us = 20'000;
    for (int round = 0; round < rounds && !HasFailure(); ++round) {
      OpenForWriting();
      Add(next, next + 150);
      for (int i = next; i < next + 150; ++i) living.push_back(i);
      next += 150;
      std::erase_if(living, [&](int) { return random() % 3 == 0; });
      Keep(living);
      const std::uint64_t before = catalog_->Generation(kSpace).value();
      const RowId rows = static_cast<RowId>(catalog_->LiveRows(kSpace)->size());
      catalog_.reset();
      CompactAndKill(std::chrono::microseconds(
          static_cast<int>(window_us * static_cast<double>(random() % 1000) / 1000)));
      ExpectSound();
      OpenForWriting();
      const bool happened = catalog_->Generation(kSpace).value() != before;
      done += happened ? 1 : 0;
      window_us *= happened ? 0.7 : 1.6;  // Quickly there on any machine, then around it.
      EXPECT_EQ(catalog_->LiveRows(kSpace)->size(), happened ? living.size() : rows);
      ExpectLiving(living, *catalog_);
    }
    EXPECT_GT(done, 0) << "every kill came too early";
    EXPECT_LT(done, rounds) << "every kill came too late";
  }

  void CompactAndKill(std::chrono::microseconds delay) const {
    const pid_t child = fork();
    if (child == 0) {
      auto opened = Catalog::Open(library(), CatalogMode::kWrite);
      if (!opened) _exit(2);
      const bool compacted{(*opened)->Compact(kSpace)};
      opened->reset();
      _exit(compacted ? 0 : 3);
    }
    std::this_thread::sleep_for(delay);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
  }
};

TEST_F(CompactKill, LeavesTheOldOrTheNew) { Rounds(20); }

TEST_F(CompactKill, LeavesTheOldOrTheNewSlow) {
  const char* wanted = std::getenv("VITRINE_KILL_ROUNDS");
  if (wanted == nullptr) GTEST_SKIP() << "set VITRINE_KILL_ROUNDS (the test catalog_kill does)";
  Rounds(std::atoi(wanted));
}

}  // namespace
}  // namespace vitrine
