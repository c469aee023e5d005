#include "index/hnsw_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <random>
#include <thread>

#include "index/recall.h"
#include "index/top_k.h"
#include "segment_testing.h"
#include "support/clip_like.h"

namespace vitrine {
namespace {

constexpr std::size_t kDimension = 64;

/// Pictures, sentences to ask with, and the graph over the pictures; made once, since the build takes its
/// time.
struct World {
  World() {
    ClipLike space(kDimension, 40, 3);
    rows = Encode(space.Pictures(6000));
    samples = space.Sentences(200);
    queries = space.Sentences(100);
    table = TableInMemory(rows);
    index = *BuildHnsw(table, nullptr, Options());
  }

  HnswOptions Options() const {
    const auto values = samples.values();
    return {.sample_queries = {values.begin(), values.end()}, .threads = 1};
  }

  EncodedRows rows;
  Matrix samples;
  Matrix queries;
  std::shared_ptr<const RowTable> table;
  std::unique_ptr<HnswIndex> index;
};

const World& TheWorld() {
  static const World world;
  return world;
}

IndexFileIdentity FileIdentity() { return {kSpace, kDimension, 1}; }

/// True when every hit is allowed, has the score of the exact scan, comes once and in order, and there are as
/// many as can be.
testing::AssertionResult AreSound(const std::vector<Neighbour>& found, std::span<const float> query,
                                  std::size_t k, const RowSet* allowed) {
  const ExactScan exact(TheWorld().table);
  const auto all = (*exact.Search(query, TheWorld().table->row_count(), allowed))[0];
  if (found.size() != std::min(k, all.size())) {
    return testing::AssertionFailure() << found.size() << " hits of " << all.size();
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i > 0 && !Better(found[i - 1], found[i])) return testing::AssertionFailure() << "out of order";
    const auto same = [&](const Neighbour& hit) {
      return hit.row == found[i].row && hit.score == found[i].score;
    };
    if (std::none_of(all.begin(), all.end(), same))
      return testing::AssertionFailure() << "a ghost or another score";
  }
  return testing::AssertionSuccess();
}

TEST(HnswIndex, ReachesTheRecallItWasAskedForWithTextLikeQueries) {
  const World& world = TheWorld();
  EXPECT_GE(world.index->measured_recall(), 0.99);
  EXPECT_GE(MeasureRecall(*world.index, *world.table, nullptr, world.queries.values(), 10), 0.98);
}

TEST(HnswIndex, ReadsFewRowsOfMany) {
  const World& world = TheWorld();
  const EncodedQueries queries = *EncodeQueries(world.queries.row(0), kDimension);
  const auto walk = Walk(world.index->graph(), *world.table, BestKernel(), queries, 0,
                         {.expansion = world.index->expansion()});
  ASSERT_TRUE(walk);
  EXPECT_LT(walk->scored, world.table->row_count() / 2);
  EXPECT_EQ(walk->best.size(), world.index->expansion());
}

TEST(HnswIndex, FiltersAreNeverWrongAtAnySelectivity) {
  const World& world = TheWorld();
  std::mt19937 random(21);
  for (const double share : {0.0, 0.0005, 0.01, 0.1, 0.3, 0.7, 1.0}) {
    SCOPED_TRACE(testing::Message() << "share " << share);
    const RowSet allowed = RandomSubset(world.table->row_count(), share, random);
    const auto found = world.index->Search(world.queries.values(), 10, &allowed);
    ASSERT_TRUE(found);
    for (std::size_t q = 0; q < 20; ++q) {
      ASSERT_TRUE(AreSound((*found)[q], world.queries.row(q), 10, &allowed));
    }
    EXPECT_GE(MeasureRecall(*world.index, *world.table, &allowed, world.queries.values(), 10), 0.98);
  }
}

TEST(HnswIndex, AFilterFarFromTheQueryIsAnsweredInFull) {
  const World& world = TheWorld();
  const ExactScan exact(world.table);
  for (std::size_t q = 0; q < 10; ++q) {
    const auto order = (*exact.Search(world.queries.row(q), world.table->row_count(), nullptr))[0];
    RowSet far(world.table->row_count());
    for (std::size_t i = order.size() - 1500; i < order.size(); ++i) far.Insert(order[i].row);
    const auto found = world.index->Search(world.queries.row(q), 10, &far);
    ASSERT_TRUE(found);
    EXPECT_TRUE(AreSound((*found)[0], world.queries.row(q), 10, &far));
  }
}

TEST(HnswIndex, AnyNumberOfHitsMayBeAskedFor) {
  const World& world = TheWorld();
  for (const std::size_t k : {1U, 2U, 50U, 300U, 5999U, 6000U, 10'000U}) {
    const auto found = world.index->Search(world.queries.row(0), k, nullptr);
    ASSERT_TRUE(found);
    EXPECT_TRUE(AreSound((*found)[0], world.queries.row(0), k, nullptr)) << k;
  }
  EXPECT_FALSE(world.index->Search(world.queries.row(0), 0, nullptr));
  EXPECT_FALSE(world.index->Search(world.queries.row(0).first(3), 1, nullptr));
}

TEST(HnswIndex, ABatchAnswersLikeItsQueriesOneByOne) {
  const World& world = TheWorld();
  const auto batch = world.index->Search(world.queries.values(), 7, nullptr);
  ASSERT_TRUE(batch);
  for (std::size_t q = 0; q < world.queries.rows(); ++q) {
    const auto one = world.index->Search(world.queries.row(q), 7, nullptr);
    ASSERT_TRUE(one);
    ASSERT_TRUE(Identical({(*batch)[q]}, *one));
  }
}

TEST(HnswIndex, RowsThatWereNotAliveStayOut) {
  std::mt19937 random(22);
  const World& world = TheWorld();
  const auto table = TableInMemory(RandomCodes(800, 16, random));
  const RowSet live = RandomSubset(800, 0.5, random);
  const auto index = BuildHnsw(table, &live, {.threads = 1});
  ASSERT_TRUE(index);
  EXPECT_EQ((*index)->entries(), live.Count());
  EXPECT_EQ((*index)->covered_rows(), 800U);
  const Matrix query = RandomUnitRows(1, 16, random);
  const EncodedQueries encoded = *EncodeQueries(query.values(), 16);
  const auto walk = Walk((*index)->graph(), *table, BestKernel(), encoded, 0, {.expansion = 800});
  ASSERT_TRUE(walk);
  EXPECT_GT(walk->best.size(), live.Count() * 9 / 10);
  for (const Neighbour& hit : walk->best) ASSERT_TRUE(live.Contains(hit.row));
  EXPECT_GT(world.index->bytes(), 6000 * kBaseLinks * sizeof(RowId));
}

TEST(HnswIndex, ManyEqualRowsAndNoRowsAtAll) {
  std::mt19937 random(23);
  EncodedRows same = RandomCodes(1, 16, random);
  EncodedRows rows;
  for (int i = 0; i < 500; ++i) rows.Append(same, 0, 1);
  const auto table = TableInMemory(rows);
  const auto index = BuildHnsw(table, nullptr, {.threads = 2});
  ASSERT_TRUE(index);
  const Matrix query = RandomUnitRows(1, 16, random);
  const auto found = (*index)->Search(query.values(), 500, nullptr);
  ASSERT_TRUE(found);
  EXPECT_TRUE(Identical(*found, *ExactScan(table).Search(query.values(), 500, nullptr)));

  EncodedRows none;
  none.dimension = 16;
  const auto empty = BuildHnsw(TableInMemory(none), nullptr, {});
  ASSERT_TRUE(empty) << empty.error().message();
  EXPECT_TRUE((*(*empty)->Search(query.values(), 5, nullptr))[0].empty());
}

TEST(HnswIndex, TheSameRowsGiveTheSameGraphOnOneThread) {
  std::mt19937 random(24);
  const auto table = TableInMemory(RandomCodes(700, 16, random));
  const auto one = BuildHnswGraph(*table, nullptr, {.threads = 1});
  const auto two = BuildHnswGraph(*table, nullptr, {.threads = 1});
  ASSERT_TRUE(one && two);
  EXPECT_TRUE(std::equal(one->base, one->base + 700 * kBaseLinks, two->base));
}

TEST(HnswIndex, AnswersFromItsFileAsBefore) {
  const World& world = TheWorld();
  const TestFolder folder;
  const std::string path = folder.path() + "/graph.vix";
  ASSERT_TRUE(SaveHnsw(*world.index, FileIdentity(), path));
  const auto opened = OpenHnsw(path, FileIdentity(), world.table, {.threads = 1});
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ((*opened)->measured_recall(), world.index->measured_recall());
  EXPECT_EQ((*opened)->entries(), 6000U);
  EXPECT_EQ((*opened)->bytes(), world.index->bytes());
  EXPECT_TRUE(Identical(*(*opened)->Search(world.queries.values(), 10, nullptr),
                        *world.index->Search(world.queries.values(), 10, nullptr)));
  const std::string again = folder.path() + "/again.vix";
  ASSERT_TRUE(SaveHnsw(**opened, FileIdentity(), again));
  EXPECT_EQ(ReadBytes(again), ReadBytes(path));
}

TEST(HnswIndex, LessRecallMayBeAskedOfTheSameFile) {
  const World& world = TheWorld();
  const TestFolder folder;
  const std::string path = folder.path() + "/graph.vix";
  ASSERT_TRUE(SaveHnsw(*world.index, FileIdentity(), path));
  const auto rough = OpenHnsw(path, FileIdentity(), world.table, {.recall = 0.5});
  const auto fine = OpenHnsw(path, FileIdentity(), world.table, {.recall = 0.995});
  ASSERT_TRUE(rough && fine);
  EXPECT_LE((*rough)->expansion(), world.index->expansion());
  EXPECT_GE((*fine)->expansion(), world.index->expansion());
}

TEST(HnswIndex, AnyFlippedBitOrCutIsAnErrorOrTheRightAnswer) {
  const World& world = TheWorld();
  const TestFolder folder;
  const std::string path = folder.path() + "/graph.vix";
  ASSERT_TRUE(SaveHnsw(*world.index, FileIdentity(), path));
  const std::string whole = ReadBytes(path);
  const auto expected = world.index->Search(world.queries.row(0), 10, nullptr);
  std::mt19937 random(25);
  std::size_t noticed = 0;
  for (int round = 0; round < 600; ++round) {
    std::string bytes = whole;
    if (round % 6 == 0) {
      bytes.resize(round < 300 ? random() % bytes.size() : random() % 20'000);
    } else {
      // Half of the flips in headers and small sections, where each byte counts.
      char& byte = bytes[random() % (round % 2 == 0 ? bytes.size() : 30'000)];
      byte = static_cast<char>(byte ^ (1 << random() % 8));
    }
    WriteBytes(path, bytes);
    const auto opened = OpenHnsw(path, FileIdentity(), world.table, {.threads = 1});
    if (!opened) {
      ++noticed;
      EXPECT_EQ(opened.error().code(), Code::kCorrupt);
      continue;
    }
    const auto found = (*opened)->Search(world.queries.row(0), 10, nullptr);
    if (found) {
      EXPECT_TRUE(Identical(*found, *expected));
    } else {
      ++noticed;
      EXPECT_EQ(found.error().code(), Code::kCorrupt);
    }
  }
  EXPECT_GT(noticed, 200U);
}

/// Rewrites a section through the container, so that all checksums are right and only the contents are
/// nonsense.
void ForgeSections(const std::string& path, std::mt19937& random) {
  const World& world = TheWorld();
  std::vector<std::string> contents;
  std::vector<IndexSection> sections;
  {
    const auto file = *IndexFile::Open(path, IndexFileKind::kHnsw, FileIdentity(), *world.table);
    for (const char* name : {"shape", "upper", "base"}) {
      const auto bytes = *file->Section(name);
      contents.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
  }
  std::string& forged = contents[random() % 3];
  for (int i = 0; i < 200; ++i) {
    const std::uint32_t value = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 8000)
                                                  : static_cast<std::uint32_t>(random());
    std::memcpy(forged.data() + random() % (forged.size() / 4) * 4, &value, 4);
  }
  if (random() % 4 == 0) forged.resize(random() % forged.size());
  for (std::size_t i = 0; i < 3; ++i) {
    sections.push_back({std::array{"shape", "upper", "base"}[i], {std::as_bytes(std::span(contents[i]))}});
  }
  ASSERT_TRUE(WriteIndexFile(path, IndexFileKind::kHnsw, FileIdentity(), *world.table, 6000, sections));
}

TEST(HnswIndex, AForgedGraphWithRightChecksumsLeadsNowhereUnseen) {
  const World& world = TheWorld();
  const TestFolder folder;
  std::mt19937 random(26);
  for (int round = 0; round < 150; ++round) {
    const std::string path = folder.path() + "/graph.vix";
    ASSERT_TRUE(SaveHnsw(*world.index, FileIdentity(), path));
    ForgeSections(path, random);
    const auto opened = OpenHnsw(path, FileIdentity(), world.table, {.threads = 1});
    if (!opened) continue;
    for (std::size_t q = 0; q < 5; ++q) {
      const auto found = (*opened)->Search(world.queries.row(q), 10, nullptr);
      EXPECT_TRUE(!found || AreSound((*found)[0], world.queries.row(q), 10, nullptr));
    }
  }
}

TEST(HnswIndex, ManyThreadsMaySearchAtOnce) {
  const World& world = TheWorld();
  const auto expected = world.index->Search(world.queries.values(), 10, nullptr);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        const auto found = world.index->Search(world.queries.values(), 10, nullptr);
        if (!found || !Identical(*found, *expected)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace vitrine
