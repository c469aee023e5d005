#include "cli/json_output.h"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(LibraryStatsJson, KeepsTheContractOfSchema1) {
  LibraryStats stats;
  stats.pictures = 9;
  stats.rows = 10;
  stats.dead_rows = 1;
  stats.dimension = 384;
  stats.policy = {.kind = IndexKind::kAuto, .memory_bytes = 4096, .recall = 0.95};
  stats.index = {.kind = IndexKind::kCompressed,
                 .rows = 10,
                 .covered = 8,
                 .tail = 2,
                 .bytes = 100,
                 .build_seconds = 1.5,
                 .recall = 0.993,
                 .built = false,
                 .note = {}};
  stats.automatic = IndexKind::kExact;
  stats.why = "few";
  stats.pictures_search = {.queries = 128, .recall = 1, .milliseconds = 0.5};
  const Json json = Json::parse(LibraryStatsJson(stats));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["pictures"], 9);
  EXPECT_EQ(json["dead_rows"], 1);
  EXPECT_EQ(json["policy"], (Json{{"kind", "auto"}, {"memory_bytes", 4096}, {"recall", 0.95}}));
  EXPECT_EQ(json["index"]["kind"], "compressed");
  EXPECT_EQ(json["index"]["tail"], 2);
  EXPECT_EQ(json["index"]["recall"], 0.993);
  EXPECT_FALSE(json["index"].contains("note"));
  EXPECT_EQ(json["auto"], (Json{{"kind", "exact"}, {"why", "few"}}));
  EXPECT_EQ(json["measured"]["pictures"], (Json{{"queries", 128}, {"recall", 1.0}, {"ms", 0.5}}));
  for (const char* key : {"catalog_bytes", "vectors_bytes", "thumbnails_bytes"}) {
    EXPECT_TRUE(json["disk"].contains(key)) << key;
  }
}

TEST(ImportJson, StoppedImportHasNoIndexAndAnEmptyOneNoRoot) {
  ImportReport report;
  report.vectors = 5;
  report.pictures = 3;
  report.replaced = 2;
  report.stopped = true;
  const Json json = Json::parse(ImportJson(report));
  EXPECT_EQ(json["vectors"], 5);
  EXPECT_EQ(json["pictures"], 3);
  EXPECT_EQ(json["replaced"], 2);
  EXPECT_EQ(json["stopped"], true);
  EXPECT_FALSE(json.contains("index"));
  EXPECT_FALSE(json.contains("root"));
}

TEST(CompactJson, SaysWhatWentAndWhatIsLeft) {
  CompactReport report;
  report.pictures_removed = 4;
  report.rows_removed = 4;
  report.thumbnails_removed = 3;
  report.bytes_before = 1000;
  report.bytes_after = 600;
  const Json json = Json::parse(CompactJson(report));
  EXPECT_EQ(json["pictures_removed"], 4);
  EXPECT_EQ(json["thumbnails_removed"], 3);
  EXPECT_EQ(json["bytes_before"], 1000);
  EXPECT_EQ(json["bytes_after"], 600);
  EXPECT_EQ(json["index"]["kind"], "exact");
}

TEST(PictureTagsJson, OneLineAPathAndOnlyWhatThereIsToSay) {
  PictureTags picture;
  picture.id = AssetId{7};
  picture.paths = {"/a/b.jpg", "/c/\xFF.jpg"};
  picture.tags = {{.tag = "dog", .probability = 0.25}, {.tag = "ours", .probability = 0.125, .taught = true}};
  const std::string lines = PictureTagsJson(picture);
  ASSERT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  const Json first = Json::parse(lines.substr(0, lines.find('\n')));
  EXPECT_EQ(first, (Json{{"path", "/a/b.jpg"},
                         {"id", 7},
                         {"tags",
                          {{{"tag", "dog"}, {"probability", 0.25}},
                           {{"tag", "ours"}, {"probability", 0.125}, {"taught", true}}}}}));
  EXPECT_TRUE(Json::parse(lines.substr(lines.find('\n') + 1)).contains("path_b64"));
  const Json outside = Json::parse(PictureTagsJson({.id = {}, .paths = {"/x.jpg"}, .tags = {}}));
  EXPECT_EQ(outside, (Json{{"path", "/x.jpg"}, {"tags", Json::array()}}));
}

TEST(TagsJson, ListsChangesAndLessons) {
  EXPECT_EQ(Json::parse(TagListJson({{.tag = "a/b", .accepted = 1, .suggested = 2, .rejected = 3}})),
            (Json{{"schema", 1},
                  {"tags", {{{"tag", "a/b"}, {"accepted", 1}, {"suggested", 2}, {"rejected", 3}}}}}));
  EXPECT_EQ(Json::parse(TagChangeJson({.pictures = 4, .tags = 1, .entry = 9})),
            (Json{{"schema", 1}, {"pictures", 4}, {"tags", 1}, {"entry", 9}}));
  const Json lesson =
      Json::parse(TeachJson({.accepted = 5, .rejected = 4, .suggested = 3, .accuracy = 0.75, .entry = 2}));
  EXPECT_EQ(lesson["accepted"], 5);
  EXPECT_EQ(lesson["accuracy"], 0.75);
}

TEST(ModelJson, KeepsTheContractOfSchema1) {
  ModelInfo model;
  model.id = "tiny-1.0.0";
  model.name = "tiny";
  model.folder = "/library/models/tiny-1.0.0";
  model.dimension = 8;
  model.answers = true;
  model.pictures = 7;
  const Json list = Json::parse(ModelListJson({.models = {model}, .pictures = 9}));
  EXPECT_EQ(list["schema"], 1);
  EXPECT_EQ(list["pictures"], 9);
  EXPECT_EQ(list["models"][0]["id"], "tiny-1.0.0");
  EXPECT_EQ(list["models"][0]["path"], "/library/models/tiny-1.0.0");
  EXPECT_EQ(list["models"][0]["answers"], true);
  EXPECT_EQ(list["models"][0]["pictures"], 7);
  EXPECT_FALSE(list["models"][0].contains("problem"));
  EXPECT_EQ(Json::parse(ModelJson(model))["model"], list["models"][0]);
  UseReport use;
  use.id = "tiny-1.0.0";
  use.before = "starter";
  use.embedded = 3;
  use.left_out = 1;
  use.failures = {{.path = "/a.jpg", .outcome = FileRecord::Outcome::kFailed, .reason = "gone"}};
  const Json used = Json::parse(UseJson(use));
  EXPECT_EQ(used["before"], "starter");
  EXPECT_EQ(used["embedded"], 3);
  EXPECT_EQ(used["answers"], false);
  EXPECT_EQ(used["failures"][0]["reason"], "gone");
  EXPECT_EQ(Json::parse(ModelRemovalJson({.id = "x", .vectors = 2, .pack_removed = true}))["vectors"], 2);
  ModelBench bench;
  bench.text_ms = 1.5;
  EXPECT_EQ(Json::parse(ModelBenchJson(bench))["text_ms"], 1.5);
}

}  // namespace
}  // namespace vitrine
