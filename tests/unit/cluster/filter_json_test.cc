#include "cluster/filter_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../query/query_maker.h"

namespace vitrine::cluster {
namespace {

using nlohmann::json;

json Filter(const char* query) {
  const auto filter = FilterOf(*ParseQuery(query, QueryMaker::kNow), {});
  return filter ? *filter : json(filter.error().message());
}

TEST(FilterJson, FactsBecomeTermsAndRanges) {
  EXPECT_EQ(Filter("type:png"), json::parse(R"({"term":{"format":"png"}})"));
  EXPECT_EQ(Filter("rating:>=3"), json::parse(R"({"range":{"rating":{"gte":3.0}}})"));
  EXPECT_EQ(Filter("iso:>400")["range"]["iso"].contains("lte"), false);
  EXPECT_EQ(Filter("date:2023"),
            json::parse(R"({"range":{"taken_s":{"gte":1672531200.0,"lt":1704067200.0}}})"));
  EXPECT_EQ(Filter("is:tagged"), json::parse(R"({"exists":{"field":"tags"}})"));
  EXPECT_EQ(Filter("-is:offline"), json::parse(R"({"bool":{"must_not":[{"term":{"offline":true}}]}})"));
}

TEST(FilterJson, PatternsStayInsideTheirLevelAndKeepTheirSigns) {
  EXPECT_EQ(Filter("tag:animals/d*g")["regexp"]["tags"]["value"],
            "(.*)\x1f"
            "animals\x1f"
            "d[^\x1f]*g\x1f.*");
  EXPECT_EQ(Filter("folder:/photos")["regexp"]["folders"]["value"], "\x1fphotos\x1f.*");
  EXPECT_EQ(Filter("folder:\"a.b\"")["regexp"]["folders"]["value"],
            "(.*)\x1f"
            "a\\.b\x1f.*");
  EXPECT_EQ(Filter("name:img")["wildcard"]["names"]["value"], "*img*");
  EXPECT_EQ(Filter("name:*.JPG")["wildcard"]["names"]["value"], "*.jpg");
  EXPECT_EQ(Filter("camera:\"a?b\"")["wildcard"]["camera"]["value"], "*a\\?b*");
}

TEST(FilterJson, ExactWordsAreLookedForInEachText) {
  const json filter = Filter("\"Red KAYAK\"");
  ASSERT_EQ(filter["bool"]["should"].size(), 5U);
  EXPECT_EQ(filter["bool"]["should"][0], json::parse(R"({"match_phrase":{"words.name":"red kayak"}})"));
}

TEST(FilterJson, WhatAClusterIsNotAskedYetIsSaidWithItsColumn) {
  for (const char* query : {"board:x", "is:duplicate"}) {
    const auto filter = FilterOf(*ParseQuery(query), {});
    ASSERT_FALSE(filter) << query;
    EXPECT_EQ(filter.error().code(), Code::kInvalidArgument);
    EXPECT_TRUE(filter.error().message().starts_with("column 1: ")) << filter.error().message();
  }
}

TEST(FilterJson, WhatIsLookedUpBecomesTermsOfIds) {
  std::vector<AssetId> twins = {AssetId{7}, AssetId{9}};
  const FilterLookups lookups = {.duplicates = [&]() -> Result<std::vector<AssetId>> { return twins; }};
  const auto filter = [&](const char* query) { return FilterOf(*ParseQuery(query), lookups).value(); };
  EXPECT_EQ(filter("is:duplicate"), json::parse(R"({"terms":{"id":[7,9]}})"));
  EXPECT_EQ(filter("-is:duplicate"), json::parse(R"({"bool":{"must_not":[{"terms":{"id":[7,9]}}]}})"));
  EXPECT_EQ(filter("type:png OR is:duplicate")["bool"]["should"][1]["terms"]["id"].size(), 2U);
  twins.assign(65'537, AssetId{1});
  EXPECT_EQ(filter("is:duplicate")["bool"]["should"][1]["terms"]["id"].size(), 1U);
  twins.clear();
  EXPECT_TRUE(filter("is:duplicate").contains("match_none"));
}

TEST(FilterJson, ABoardIsTheContentsOfItsPictures) {
  const FilterLookups lookups = {.boards = [](const std::string& board) -> Result<std::vector<std::string>> {
    if (board == "kitchen") return std::vector<std::string>{"aa", "bb"};
    return Error(board == "away" ? Code::kIo : Code::kNotFound, "no such board");
  }};
  const auto filter = [&](const char* query) { return FilterOf(*ParseQuery(query), lookups); };
  EXPECT_EQ(filter("board:kitchen").value(), json::parse(R"({"terms":{"_id":["aa","bb"]}})"));
  EXPECT_EQ(filter("board:kitchn").error().message(), "column 1: no such board");
  EXPECT_EQ(filter("board:away").error().code(), Code::kIo);
}

TEST(FilterJson, EveryTreeOfFactsBecomesAFilterOrAnError) {
  QueryMaker maker(5);
  int made = 0;
  for (int i = 0; i < 2'000; ++i) {
    const QueryNode tree = maker.Tree(3, [&] { return maker.FactLeaf(); });
    const auto filter = FilterOf(tree, {});
    if (!filter) {
      EXPECT_EQ(filter.error().code(), Code::kInvalidArgument);
      continue;
    }
    ++made;
    // What cannot be written as text cannot be sent.
    EXPECT_NO_THROW(static_cast<void>(filter->dump()));
  }
  EXPECT_GT(made, 500);
}

}  // namespace
}  // namespace vitrine::cluster
