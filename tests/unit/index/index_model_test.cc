// A long random life of a library's index: rows added and deleted, structures of every kind built, published,
// opened, damaged and outlived by generations. Every reader, old or new, is held against a model that scores
// all rows it was opened over: no ghost, no hit with another score, no list too short; nothing missing for
// the exact kind, and few missing for the others.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

#include "index/index_store.h"
#include "segment_testing.h"

namespace vitrine {
namespace {

constexpr std::size_t kDimension = 16;
constexpr std::array kKinds = {IndexKind::kExact, IndexKind::kCompressed, IndexKind::kIvf, IndexKind::kHnsw};

/// Hits found and wanted, by kind, over all lives.
struct Tally {
  std::array<std::size_t, 5> wanted{};
  std::array<std::size_t, 5> found{};
  std::size_t searches = 0;

  double Recall(IndexKind kind) const {
    const auto i = static_cast<std::size_t>(kind);
    return wanted[i] == 0 ? 1 : static_cast<double>(found[i]) / static_cast<double>(wanted[i]);
  }
};

class Life {
 public:
  Life(std::uint32_t seed, Tally& tally) : random_(seed), tally_(tally) {
    rows_.dimension = kDimension;
    Add(200);
  }

  void Step() {
    switch (random_() % 16) {
      case 0:
      case 1:
        return Add(1 + random_() % 60);
      case 2:
      case 3:
        return Delete();
      case 4:
        return Publish();
      case 5:
        return Spoil();
      case 6:
        return random_() % 8 == 0 ? BeginAGeneration() : Publish();
      case 7:
      case 8:
        return KeepAReader();
      default:
        if (!readers_.empty()) Search(readers_[random_() % readers_.size()]);
    }
  }

 private:
  struct Reader {
    std::unique_ptr<VectorIndex> index;
    IndexKind kind;  ///< What it really is.
    EncodedRows rows;
    RowSet live;
  };

  SegmentIdentity Identity() const { return IdentityIn(folder_, kDimension, generation_); }
  std::size_t Below(std::size_t end) { return random_() % end; }

  void Add(std::size_t count) {
    const EncodedRows more = RandomCodes(count, kDimension, random_);
    rows_.Append(more, 0, count);
    RowSet live(rows_.rows(), true);
    for (std::size_t row = 0; row < live_.size(); ++row) {
      if (!live_.Contains(row)) live.Erase(row);
    }
    live_ = live;
  }

  /// Takes some rows out of the living; now and then their vectors go too.
  void Delete() {
    for (std::size_t i = 1 + Below(30); i > 0; --i) {
      const std::size_t row = Below(rows_.rows());
      live_.Erase(row);
      if (random_() % 2 == 0) rows_.scales[row] = 0;
    }
  }

  void Publish() {
    const IndexPolicy policy{.kind = kKinds[Below(kKinds.size())]};
    const auto report =
        PublishIndex(Identity(), TableInMemory(rows_), live_, policy, {}, {}, random_() % 3 == 0);
    ASSERT_TRUE(report) << report.error().message();
  }

  void Spoil() {
    std::array<char, 64> name;
    std::snprintf(name.data(), name.size(), "/index-%016llx.vix",
                  static_cast<unsigned long long>(generation_));
    const std::string file = Identity().folder + name.data();
    std::string bytes = ReadBytes(file);
    if (bytes.empty()) return;
    if (random_() % 2 == 0) {
      bytes.resize(Below(bytes.size()));
    } else {
      for (int i = 0; i < 20; ++i) bytes[Below(bytes.size())] = static_cast<char>(random_());
    }
    WriteBytes(file + ".new", bytes);  // Whoever has the old one mapped keeps it, as with any writer of ours.
    std::filesystem::rename(file + ".new", file);
  }

  void BeginAGeneration() {
    ++generation_;
    rows_ = {};
    rows_.dimension = kDimension;
    live_ = RowSet();
    Add(1 + Below(300));
  }

  void KeepAReader() {
    if (readers_.size() == 6) readers_.erase(readers_.begin());
    VectorIndexReport report;
    const IndexPolicy policy{.kind = kKinds[Below(kKinds.size())]};
    auto index = OpenIndex(Identity(), TableInMemory(rows_), policy, &report);
    ASSERT_TRUE(index) << index.error().message();
    ASSERT_EQ((*index)->row_count(), rows_.rows());
    readers_.push_back({*std::move(index), report.kind, rows_, live_});
  }

  void Search(const Reader& reader) {
    const Matrix query = RandomUnitRows(1, kDimension, random_);
    const std::size_t k = random_() % 8 == 0 ? 1 + Below(400) : 1 + Below(20);
    RowSet allowed = reader.live;
    if (random_() % 2 == 0) {
      allowed.IntersectWith(
          RandomSubset(reader.rows.rows(), std::array{0.0, 0.02, 0.3, 0.8}[Below(4)], random_));
    }
    const auto found = reader.index->Search(query.values(), k, &allowed);
    ASSERT_TRUE(found) << found.error().message();
    const auto judge = IndexInMemory(reader.rows);
    const std::vector<Neighbour> all = (*judge->Search(query.values(), reader.rows.rows(), &allowed))[0];
    Judge((*found)[0], all, k, reader.kind);
  }

  /// @param all  every allowed row with its true score, best first.
  void Judge(const std::vector<Neighbour>& found, const std::vector<Neighbour>& all, std::size_t k,
             IndexKind kind) {
    const std::size_t wanted = std::min(k, all.size());
    ASSERT_EQ(found.size(), wanted) << NameOf(kind) << ", k " << k;
    ++tally_.searches;
    std::size_t place = 0;
    std::size_t right = 0;
    for (const Neighbour& hit : found) {
      const auto is_it = [&](const Neighbour& truth) {
        return truth.row == hit.row && truth.score == hit.score;
      };
      while (place < all.size() && !is_it(all[place])) ++place;
      ASSERT_LT(place, all.size()) << NameOf(kind)
                                   << ": a ghost, another score, a row twice, or out of order";
      if (place < wanted) ++right;
    }
    ASSERT_TRUE(kind != IndexKind::kExact || right == wanted) << "a hit is missing";
    tally_.wanted[static_cast<std::size_t>(kind)] += wanted;
    tally_.found[static_cast<std::size_t>(kind)] += right;
  }

  std::mt19937 random_;
  Tally& tally_;
  TestFolder folder_;
  std::uint64_t generation_ = 1;
  EncodedRows rows_;
  RowSet live_;
  std::vector<Reader> readers_;
};

void Live(std::uint32_t lives, int steps) {
  Tally tally;
  for (std::uint32_t seed = 1; seed <= lives && !testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Life life(seed, tally);
    for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) life.Step();
  }
  for (const IndexKind kind : kKinds) {
    EXPECT_GE(tally.Recall(kind), kind == IndexKind::kExact ? 1 : 0.97) << NameOf(kind);
    EXPECT_GT(tally.wanted[static_cast<std::size_t>(kind)], 0U) << NameOf(kind) << " was never searched";
  }
  std::printf("%zu searches; recall compressed %.4f, ivf %.4f, hnsw %.4f\n", tally.searches,
              tally.Recall(IndexKind::kCompressed), tally.Recall(IndexKind::kIvf),
              tally.Recall(IndexKind::kHnsw));
}

TEST(IndexModel, RandomLivesNeverShowAGhostOrLoseAHit) { Live(4, 300); }

TEST(IndexModel, LongRandomLivesNeverShowAGhostOrLoseAHitSlow) {
  const char* steps = std::getenv("VITRINE_MODEL_STEPS");
  if (steps == nullptr) GTEST_SKIP() << "set VITRINE_MODEL_STEPS (the test index_lives does)";
  Live(40, std::atoi(steps) / 40);
}

}  // namespace
}  // namespace vitrine
