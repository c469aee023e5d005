// The same library asked on this machine and through a cluster that stands in for a real one: field by field
// the same answers.
#include "engine/cluster/query.h"

#include <gtest/gtest.h>

#include "../query/query_maker.h"
#include "cluster/browsing.h"
#include "cluster/filter_json.h"
#include "described_library.h"
#include "engine/cluster/duplicate_pictures.h"
#include "engine/cluster/facets.h"
#include "engine/facets.h"
#include "engine/row_orders.h"
#include "index/exact_scan.h"
#include "query/duplicates.h"
#include "query/fact_rows.h"
#include "query/runner.h"

namespace vitrine {
namespace {

class ClusterQueryTest : public DescribedLibraryTest {
 protected:
  void SetUp() override {
    DescribedLibraryTest::SetUp();
    const std::string& space = embedder_.space().id;
    index_ = IndexInMemory(rows_);
    live_ = catalog_->LiveRows(space).value();
    facts_ = std::make_shared<LibraryFacts>();
    facts_->table = LoadFacts(*catalog_, space).value();
    facts_->derived = DeriveFacts(*facts_->table);
  }

  QueryRooms Local() {
    return {.embedder = embedder_, .catalog = *catalog_, .index = *index_, .live = live_, .facts = [this] {
              return Result<std::shared_ptr<const LibraryFacts>>(facts_);
            }};
  }

  Result<Answer> Remote(const PreparedQuery& query, const RunOptions& options) {
    const cluster::IndexMeta meta = {.space = embedder_.space().id, .dimension = FakeEmbedder::kDimension};
    cluster::Looking looking(*cluster_, "vitrine-library-a", meta);
    const auto sample = IndexInMemory(looking.Sample(kSampleRows).value());
    return AnswerFromCluster({.looking = looking,
                              .lookups = Lookups(),
                              .model = embedder_,
                              .sample = *sample,
                              .dimension = meta.dimension},
                             query, options);
  }

  const cluster::FilterLookups& Lookups() {
    if (!duplicates_) {
      duplicates_ = std::make_unique<DuplicatePictures>(*cluster_, "vitrine-library-a");
      lookups_.duplicates = [this] { return duplicates_->Find(); };
    }
    return lookups_;
  }

  nlohmann::json TimelineFilter(const char* text) {
    if (*text == 0) return {{"match_all", nlohmann::json::object()}};
    return cluster::FilterOf(*ParseQuery(text), Lookups()).value();
  }

  // False when the cluster is not asked such a thing.
  bool Compare(const std::string& text, const RunOptions& options) {
    const PreparedQuery query = {.plan = PlanQuery(ParseQuery(text, QueryMaker::kNow).value()).value()};
    const auto remote = Remote(query, options);
    if (!remote && remote.error().code() == Code::kInvalidArgument) return false;
    EXPECT_TRUE(remote) << text << ": " << remote.error().message();
    const auto local = RunQueries(Local(), std::span(&query, 1), options);
    EXPECT_TRUE(local) << text << ": " << local.error().message();
    if (remote && local) ExpectSame(text, local->front(), *remote);
    return true;
  }

  static void ExpectSame(const std::string& text, const Answer& local, const Answer& remote) {
    EXPECT_EQ(local.total, remote.total) << text;
    EXPECT_EQ(local.above_cut, remote.above_cut) << text;
    EXPECT_EQ(local.nothing_matches, remote.nothing_matches) << text;
    EXPECT_EQ(local.notes, remote.notes) << text;
    ASSERT_EQ(local.matches.size(), remote.matches.size()) << text;
    for (std::size_t i = 0; i < local.matches.size(); ++i) {
      EXPECT_EQ(local.matches[i].asset.id, remote.matches[i].asset.id) << text << " at " << i;
      EXPECT_EQ(local.matches[i].asset.paths, remote.matches[i].asset.paths) << text << " at " << i;
      EXPECT_FLOAT_EQ(local.matches[i].score, remote.matches[i].score) << text << " at " << i;
      EXPECT_NEAR(local.matches[i].relevance, remote.matches[i].relevance, 1e-6) << text << " at " << i;
      EXPECT_EQ(local.matches[i].why, remote.matches[i].why) << text << " at " << i;
      EXPECT_EQ(local.matches[i].grouped, remote.matches[i].grouped) << text << " at " << i;
    }
  }

  std::unique_ptr<VectorIndex> index_;
  RowSet live_;
  std::shared_ptr<LibraryFacts> facts_;
  std::unique_ptr<DuplicatePictures> duplicates_;
  cluster::FilterLookups lookups_;
};

TEST_F(ClusterQueryTest, WordsAndMeaningsAreAnsweredAsOnThisMachine) {
  for (const char* text : {"red kayak", "dog OR cat", "a photo of the beach -snow", "\"blue\"",
                           "\"nothing says this\"", "sibiu night", "2:dog beach -\"cat\"",
                           "(red OR blue) \"kayak\"", "cafe", "caf\xC3\xA9s", "zzz qqq", "dogs"}) {
    EXPECT_TRUE(Compare(text, {.limit = 10})) << text;
    EXPECT_TRUE(Compare(text, {.limit = 300})) << text;
  }
}

TEST_F(ClusterQueryTest, VarietyAndGroupsAreTheSame) {
  EXPECT_TRUE(Compare("red dog", {.limit = 7, .diverse = true}));
  EXPECT_TRUE(Compare("red dog", {.limit = 7, .group = Grouping::kSimilar}));
  EXPECT_TRUE(Compare("beach", {.limit = 7, .group = Grouping::kDay}));
}

TEST_F(ClusterQueryTest, EveryFactHoldsForTheSamePictures) {
  QueryMaker maker(3);
  const std::vector<StandInCluster::Document> documents = Documents();
  int compared = 0;
  for (int i = 0; i < 400; ++i) {
    const QueryNode tree = maker.Tree(2, [&] { return maker.FactLeaf(); });
    const auto filter = cluster::FilterOf(tree, Lookups());
    if (!filter) continue;
    const auto rows = RowsOfFacts(*facts_, tree);
    ASSERT_TRUE(rows) << rows.error().message();
    ++compared;
    for (RowId row = 0; row < kPictures; ++row) {
      ASSERT_EQ(StandInCluster::Holds(*filter, documents[row]), rows->Contains(row))
          << FormatQuery(tree) << " on " << documents[row].source["picture"].dump();
    }
  }
  EXPECT_GT(compared, 150);
}

TEST_F(ClusterQueryTest, ColorsFilterAndRankAsOnThisMachine) {
  for (const char* text :
       {"color:red", "dog color:blue", "color:#3c78c8~20% beach", "color:red color:orange~1%",
        "-color:grey~50%", "(color:teal OR color:pink) red", "color:green -dog"}) {
    EXPECT_TRUE(Compare(text, {.limit = 10})) << text;
    EXPECT_TRUE(Compare(text, {.limit = 200})) << text;
  }
}

TEST_F(ClusterQueryTest, DuplicatesAreThoseOfThisMachineAndReadOnceUntilSomethingChanges) {
  const RowSet rows = DuplicateRows(*facts_->table);
  std::vector<AssetId> expected;
  for (RowId row = 0; row < kPictures; ++row) {
    if (rows.Contains(row)) expected.push_back(facts_->table->assets[row]);
  }
  ASSERT_GT(expected.size(), 20U);
  ASSERT_LT(expected.size(), 200U);
  std::atomic<int> read = 0;
  stand_in_->set_hook([&](const cluster::Request& request) -> std::optional<cluster::Answer> {
    if (request.body.find("picture.hash") != std::string::npos) ++read;
    return std::nullopt;
  });
  DuplicatePictures duplicates(*cluster_, "vitrine-library-a");
  EXPECT_EQ(duplicates.Find().value(), expected);
  EXPECT_EQ(duplicates.Find().value(), expected);
  EXPECT_EQ(read, 1);

  // Its twin goes as well, where it has no other.
  const std::string gone = cluster::DocumentId(catalog_->ContentOf(expected.front()).value().value());
  const std::string body = nlohmann::json{{"delete", {{"_id", gone}}}}.dump() + "\n";
  ASSERT_TRUE(cluster_->Ask(cluster::Method::kPost, "/vitrine-library-a/_bulk", body));
  ASSERT_TRUE(cluster_->Ask(cluster::Method::kPost, "/vitrine-library-a/_refresh"));
  const std::vector<AssetId> now = duplicates.Find().value();
  EXPECT_EQ(read, 2);
  EXPECT_LT(now.size(), expected.size());
  EXPECT_EQ(std::ranges::count(now, expected.front()), 0);

  stand_in_->set_missing(1);
  DuplicatePictures blind(*cluster_, "vitrine-library-a");
  EXPECT_EQ(blind.Find().error().code(), Code::kIo);
}

TEST_F(ClusterQueryTest, TimelinesStandInTheSameOrders) {
  const RowOrders orders(facts_->table);
  for (const Order order : {Order::kNewest, Order::kOldest, Order::kName, Order::kAdded}) {
    for (const char* text : {"", "tag:animals", "color:red~1%", "-date:2022", "is:duplicate"}) {
      cluster::Browsing browsing(*cluster_, "vitrine-library-a");
      const RowSet rows =
          *text == 0 ? facts_->derived.living : RowsOfFacts(*facts_, *ParseQuery(text)).value();
      std::vector<AssetId> expected;
      for (const RowId row : orders.In(order)) {
        if (rows.Contains(row)) expected.push_back(facts_->table->assets[row]);
      }
      const cluster::Timeline timeline = browsing.InOrder(TimelineFilter(text), order, 1'000, 7).value();
      EXPECT_EQ(timeline.ids, expected) << text;
      EXPECT_EQ(timeline.total, expected.size());
      const cluster::Timeline first = browsing.InOrder(TimelineFilter(text), order, 10, 7).value();
      EXPECT_TRUE(std::ranges::equal(first.ids, std::span(expected).first(10)));
      EXPECT_EQ(first.total, expected.size());
    }
  }
}

TEST_F(ClusterQueryTest, FacetsAreTheSame) {
  for (const char* text :
       {"", "tag:animals", "date:2022", "date:2022-03", "-camera:fuji", "rating:>2", "-is:duplicate"}) {
    const RowSet rows = *text == 0 ? facts_->derived.living : RowsOfFacts(*facts_, *ParseQuery(text)).value();
    cluster::Browsing browsing(*cluster_, "vitrine-library-a");
    const std::vector<Facet> local = FacetsOf(*facts_, rows, 1'000);
    const std::vector<Facet> remote = FacetsOnCluster(browsing, TimelineFilter(text), 1'000).value();
    ASSERT_EQ(local.size(), remote.size()) << text;
    for (std::size_t i = 0; i < local.size(); ++i) {
      EXPECT_EQ(local[i].field, remote[i].field) << text;
      ASSERT_EQ(local[i].values.size(), remote[i].values.size()) << text << " " << local[i].field;
      for (std::size_t k = 0; k < local[i].values.size(); ++k) {
        const FacetValue &here = local[i].values[k], &there = remote[i].values[k];
        EXPECT_EQ(here.label, there.label) << text;
        EXPECT_EQ(here.query, there.query) << text;
        EXPECT_EQ(here.count, there.count) << text << " " << here.query;
      }
    }
  }
}

TEST_F(ClusterQueryTest, PicturesArriveAsTheyWereAskedForWithoutThoseThatAreUnknown) {
  cluster::Browsing browsing(*cluster_, "vitrine-library-a");
  const std::vector<AssetId> ids = {AssetId{9}, AssetId{777'777}, AssetId{3}};
  const auto pictures = browsing.Pictures(ids).value();
  const auto paths = browsing.Paths(ids).value();
  const auto records = catalog_->AssetsOf(ids).value();
  ASSERT_EQ(pictures.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(pictures[i].asset.id, records[i].id);
    EXPECT_EQ(pictures[i].asset.paths, records[i].paths);
    EXPECT_EQ(paths[i], records[i].paths.front());
  }
}

TEST_F(ClusterQueryTest, RandomQueriesAreAnsweredTheSame) {
  QueryMaker maker(8);
  int compared = 0;
  for (int i = 0; i < 150; ++i) {
    std::string text = Word() + (Below(2) == 0 ? " " + Word() : "");
    if (Below(3) == 0) text += " -" + Word();
    if (Below(2) == 0) text += " " + maker.FactText();
    if (Below(4) == 0) text = "(" + text + ") OR " + maker.FactText();
    compared += Compare(text, {.limit = 1 + Below(20)}) ? 1 : 0;
  }
  EXPECT_GT(compared, 80);
}

TEST_F(ClusterQueryTest, MissingShardsAreSaid) {
  stand_in_->set_missing(2);
  const PreparedQuery query = {.plan = PlanQuery(ParseQuery("red").value()).value()};
  const auto answer = Remote(query, {.limit = 5});
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->notes.size(), 1U);
  EXPECT_NE(answer->notes.front().find("2 of 6 shards"), std::string::npos) << answer->notes.front();
}

}  // namespace
}  // namespace vitrine
