#include "cli/json_output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vitrine {
namespace {

using Json = nlohmann::json;

TEST(SearchJson, KeepsTheContractOfSchema1) {
  SearchResult result;
  result.total = 12;
  result.took_ms = 1.25;
  Hit hit;
  hit.id = AssetId{3};
  hit.paths = {"/a/b.jpg", "/c/d.jpg"};
  hit.score = 0.5f;
  hit.relevance = 0.75;
  hit.why = {"looks like \"dog\""};
  result.hits = {hit};
  const Json json = Json::parse(SearchJson("dog", result));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["query"], "dog");
  EXPECT_EQ(json["total"], 12);
  EXPECT_EQ(json["took_ms"], 1.25);
  EXPECT_EQ(json["hits"][0]["path"], "/a/b.jpg");
  EXPECT_EQ(json["hits"][0]["id"], 3);
  EXPECT_EQ(json["hits"][0]["score"], 0.5);
  EXPECT_EQ(json["hits"][0]["relevance"], 0.75);
  EXPECT_EQ(json["hits"][0]["why"][0], "looks like \"dog\"");
  EXPECT_EQ(json["hits"][0]["copies"][0]["path"], "/c/d.jpg");
  EXPECT_FALSE(json["hits"][0].contains("offline"));
}

TEST(SearchJson, NoHitsIsAnEmptyList) { EXPECT_EQ(Json::parse(SearchJson("x", {}))["hits"], Json::array()); }

TEST(SearchJson, AnswerIsOneLineWhateverTheQuery) {
  const std::string line = SearchJson("a\nb\xFF", {});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(Json::parse(line)["query"], "a\nb\xEF\xBF\xBD");
}

TEST(FileJson, PathThatIsNotUtf8StandsInBase64Too) {
  const Json json = Json::parse(
      FileJson({.path = "/\xFF", .outcome = FileRecord::Outcome::kFailed, .reason = "cut short"}));
  EXPECT_EQ(json["path"], "/\xEF\xBF\xBD");
  EXPECT_EQ(json["path_b64"], "L/8=");
  EXPECT_EQ(json["outcome"], "failed");
  EXPECT_EQ(json["reason"], "cut short");
}

TEST(IndexJson, KeepsTheContractOfSchema1) {
  IndexReport report;
  report.seen = 10;
  report.indexed = 6;
  report.reused = 2;
  report.removed = 1;
  report.failed = 2;
  report.skipped = 3;
  report.seconds = 2;
  report.failures = {{.path = "/bad.jpg", .outcome = FileRecord::Outcome::kFailed, .reason = "empty file"}};
  const Json json = Json::parse(IndexJson(report));
  for (const char* key : {"schema", "seen", "indexed", "reused", "removed", "failed", "skipped", "seconds",
                          "images_per_second", "failures"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["images_per_second"], 3.0);
  EXPECT_EQ(json["failures"][0]["path"], "/bad.jpg");
  EXPECT_EQ(json["failures"][0]["reason"], "empty file");
}

TEST(DoctorJson, LevelsHaveNames) {
  const Json json = Json::parse(DoctorJson({{Finding::Level::kProblem, "model", "gone"}}));
  EXPECT_EQ(json["findings"][0]["level"], "problem");
}

}  // namespace
}  // namespace vitrine
