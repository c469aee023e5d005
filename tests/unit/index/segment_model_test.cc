// A long random life of a library's vectors: rows added and deleted, files published, cut, flipped and lost,
// generations begun, readers old and new. After each step every open index answers as the rows it was opened
// over do.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "segment_testing.h"

namespace vitrine {
namespace {

class Life {
 public:
  explicit Life(std::uint32_t seed) : random_(seed) { rows_.dimension = kDimension; }

  void Step() {
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
        return Add();
      case 3:
        return Delete();
      case 4:
      case 5:
      case 6:
        return Publish();
      case 7:
        return Spoil();
      case 8:
        return KeepAReader();
      case 9:
        return CheckTheOldReaders();
      case 10:
        if (random_() % 10 == 0) return BeginAGeneration();
        return Publish();
      default:
        return CheckANewReader();
    }
  }

  /// Rows added and deleted, and searches.
  std::size_t operations() const { return operations_; }

 private:
  static constexpr std::size_t kDimension = 12;

  struct Reader {
    std::unique_ptr<VectorIndex> index;
    EncodedRows rows;
    RowSet live;
  };

  SegmentIdentity Identity() const { return IdentityIn(folder_, kDimension, generation_); }

  void Add() {
    const std::size_t more = 1 + random_() % 40;
    rows_.Append(RandomCodes(more, kDimension, random_), 0, more);
    operations_ += more;
    RowSet live(rows_.rows(), true);
    for (std::size_t i = 0; i < live_.size(); ++i) {
      if (!live_.Contains(i)) live.Erase(i);
    }
    live_ = live;
  }

  /// Takes a row out of the living; now and then its vector goes too.
  void Delete() {
    if (rows_.rows() == 0) return;
    const std::size_t row = random_() % rows_.rows();
    live_.Erase(row);
    ++operations_;
    if (random_() % 2 == 0) rows_.scales[row] = 0;
  }

  void Publish() {
    MemoryRowSource source(rows_);
    const bool failing = random_() % 5 == 0 && rows_.rows() > 0;
    if (failing) source.fail_at = static_cast<RowId>(random_() % rows_.rows());
    const Status done = PublishSegments(Identity(), source);
    EXPECT_TRUE(failing || done);
  }

  /// Damages the file by putting another in its place: a file that somebody has mapped is never changed by
  /// others.
  void Spoil() {
    const std::string file = FileOf(Identity());
    std::string bytes = ReadBytes(file);
    if (bytes.empty()) return;
    if (random_() % 2 == 0) {
      bytes.resize(random_() % bytes.size());
    } else {
      char& byte = bytes[random_() % bytes.size()];
      byte = static_cast<char>(byte ^ (1 << random_() % 8));
    }
    WriteBytes(file + ".new", bytes);
    std::filesystem::rename(file + ".new", file);
  }

  void BeginAGeneration() {
    ++generation_;
    rows_ = RandomCodes(random_() % 30, kDimension, random_);
    live_ = RowSet(rows_.rows(), true);
  }

  Reader Open(Checking checking) {
    MemoryRowSource source(rows_);
    const auto table = OpenSegments(Identity(), source, nullptr, checking);
    EXPECT_TRUE(table);
    return {std::make_unique<ExactScan>(*table), rows_, live_};
  }

  void KeepAReader() {
    if (readers_.size() == 5) readers_.erase(readers_.begin());
    readers_.push_back(Open(Checking::kOnFirstUse));
  }

  void CheckTheOldReaders() {
    for (Reader& reader : readers_) Check(reader);
  }

  void CheckANewReader() {
    Reader reader = Open(random_() % 4 == 0 ? Checking::kAll : Checking::kOnFirstUse);
    Check(reader);
  }

  /// Searches, and opens what there is now, checking all, when the file turns out damaged.
  void Check(Reader& reader) {
    ++operations_;
    ASSERT_EQ(reader.index->row_count(), reader.rows.rows());
    const Matrix query = RandomUnitRows(1, kDimension, random_);
    const std::size_t k = 1 + random_() % 20;
    auto found = reader.index->Search(query.values(), k, &reader.live);
    if (!found) {
      ASSERT_EQ(found.error().code(), Code::kCorrupt);
      reader = Open(Checking::kAll);
      found = reader.index->Search(query.values(), k, &reader.live);
    }
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_TRUE(SameNeighbours((*found)[0], BruteForce(reader.rows, query.values(), k, &reader.live)));
    for (const Neighbour& hit : (*found)[0]) ASSERT_TRUE(reader.live.Contains(hit.row)) << "a ghost";
  }

  std::mt19937 random_;
  TestFolder folder_;
  std::uint64_t generation_ = 1;
  EncodedRows rows_;
  RowSet live_;
  std::vector<Reader> readers_;
  std::size_t operations_ = 0;
};

/// Lives of 150 steps each until so many rows were added or deleted or searches made.
void LiveThrough(std::size_t operations) {
  std::size_t done = 0;
  for (std::uint32_t seed = 1; done < operations; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Life life(seed);
    for (int step = 0; step < 150; ++step) {
      life.Step();
      if (testing::Test::HasFailure()) return;
    }
    done += life.operations();
  }
  std::printf("%zu operations\n", done);
}

TEST(Segments, RandomLivesNeverShowAGhostOrLoseARow) { LiveThrough(20'000); }

TEST(Segments, ManyRandomLivesNeverShowAGhostOrLoseARowSlow) {
  const char* wanted = std::getenv("VITRINE_MODEL_OPERATIONS");
  if (wanted == nullptr) GTEST_SKIP() << "set VITRINE_MODEL_OPERATIONS (the test index_model does)";
  LiveThrough(std::strtoull(wanted, nullptr, 10));
}

}  // namespace
}  // namespace vitrine
