#include "cluster/changing.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/matrix.h"
#include "index/quantise.h"
#include "support/stand_in_cluster.h"

namespace vitrine::cluster {
namespace {

const IndexMeta kMeta = {.dimension = 4};

PictureCopy Picture(std::uint8_t content, const std::string& path) {
  PictureCopy picture;
  picture.asset.id = AssetId{content};
  picture.asset.content.fill(content);
  picture.asset.info = {.width_px = 4, .height_px = 2, .format = "jpeg", .facts = {}};
  picture.asset.paths = {path};
  picture.stamps = {{.size_bytes = 1}};
  picture.texts = {"a name", "", "", "a folder", ""};
  Matrix vector(1, 4);
  vector.row(0)[content % 4] = 1;
  picture.vector = Encode(vector);
  return picture;
}

std::string Put(const std::shared_ptr<StandInStore>& documents, const PictureCopy& picture) {
  std::string id = DocumentId(picture.asset.content);
  documents->Put("i", id, DocumentOf(picture, kMeta.vectors));
  return id;
}

PictureCopy At(const std::shared_ptr<StandInStore>& documents, const std::string& id) {
  return PictureOf(id, documents->DocumentsOf("i").at(id).source, 4).value();
}

Result<bool> AddPath(PictureCopy& picture, const std::string& path) {
  picture.asset.paths.push_back(path);
  picture.stamps.push_back({.size_bytes = 2});
  return true;
}

TEST(ChangePictures, WritesWhatWasChangedAndLeavesTheRest) {
  const auto documents = std::make_shared<StandInStore>();
  StandInCluster way(documents);
  const std::vector<std::string> ids = {Put(documents, Picture(1, "/a")), Put(documents, Picture(2, "/b")),
                                        std::string(64, '0')};
  const auto written = ChangePictures(*way.Open(), "i", kMeta, ids, [](PictureCopy& picture) -> Result<bool> {
    if (picture.asset.paths.front() == "/b") return false;
    picture.note.rating = 5;
    return true;
  });
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(*written, 1U);
  EXPECT_EQ(documents->DocumentsOf("i").size(), 2U);
  EXPECT_EQ(At(documents, ids[0]).note.rating, 5);
  EXPECT_EQ(documents->DocumentsOf("i").at(ids[0]).source["words"]["folder"], "a folder");
}

TEST(ChangePictures, WhatSomebodyElseDidMeanwhileStays) {
  const auto documents = std::make_shared<StandInStore>();
  const std::string id = Put(documents, Picture(1, "/a"));
  bool others_wrote = false;
  StandInCluster way(documents, [&](const Request& request) -> std::optional<Answer> {
    if (request.path.find("_bulk") == std::string::npos || std::exchange(others_wrote, true)) return {};
    PictureCopy theirs = Picture(1, "/a");
    theirs.note.caption = "theirs";
    Put(documents, theirs);
    return {};
  });
  ASSERT_TRUE(ChangePictures(*way.Open(), "i", kMeta, std::span(&id, 1),
                             [](PictureCopy& picture) { return AddPath(picture, "/mine"); }));
  EXPECT_EQ(At(documents, id).note.caption, "theirs");
  EXPECT_EQ(At(documents, id).asset.paths, (std::vector<PathBytes>{"/a", "/mine"}));
}

TEST(ChangePictures, TwoThatMakeOnePictureAtOnceMakeItOnce) {
  const auto documents = std::make_shared<StandInStore>();
  const std::string id = DocumentId(Picture(1, "").asset.content);
  bool others_wrote = false;
  StandInCluster way(documents, [&](const Request& request) -> std::optional<Answer> {
    if (request.path.find("_bulk") != std::string::npos && !std::exchange(others_wrote, true))
      Put(documents, Picture(1, "/theirs"));
    return {};
  });
  ASSERT_TRUE(ChangePictures(
      *way.Open(), "i", kMeta, std::span(&id, 1),
      [](PictureCopy& picture) { return AddPath(picture, "/mine"); },
      [](const std::string&) -> Result<PictureCopy> { return Picture(1, "/mine"); }));
  EXPECT_EQ(documents->DocumentsOf("i").size(), 1U);
  EXPECT_EQ(At(documents, id).asset.paths, (std::vector<PathBytes>{"/theirs", "/mine"}));
}

TEST(ChangePictures, OneThatIsLeftWithoutAPathGoes) {
  const auto documents = std::make_shared<StandInStore>();
  StandInCluster way(documents);
  const std::string id = Put(documents, Picture(1, "/a"));
  ASSERT_TRUE(ChangePictures(*way.Open(), "i", kMeta, std::span(&id, 1), [](PictureCopy& picture) {
    picture.asset.paths.clear();
    picture.stamps.clear();
    return Result<bool>(true);
  }));
  EXPECT_TRUE(documents->DocumentsOf("i").empty());
}

// Half of a request is refused by a busy node: only that half is read, changed and sent again.
TEST(ChangePictures, AHalfAppliedRequestIsFinished) {
  const auto documents = std::make_shared<StandInStore>();
  const std::vector<std::string> ids = {Put(documents, Picture(1, "/a")), Put(documents, Picture(2, "/b"))};
  std::vector<std::size_t> lines;
  StandInCluster way(documents, [&](const Request& request) -> std::optional<Answer> {
    if (request.path.find("_bulk") == std::string::npos) return {};
    lines.push_back(static_cast<std::size_t>(std::ranges::count(request.body, '\n')));
    if (lines.size() > 1) return {};
    const std::size_t half = request.body.find('\n', request.body.find('\n') + 1) + 1;
    Request first = request;
    first.body.resize(half);
    documents->Serve(first);
    return StandInStore::Says(200,
                              {{"items", {{{"index", {{"status", 200}}}}, {{"index", {{"status", 429}}}}}}});
  });
  const auto written = ChangePictures(*way.Open(), "i", kMeta, ids,
                                      [](PictureCopy& picture) { return AddPath(picture, "/more"); });
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(*written, 2U);
  EXPECT_EQ(lines, (std::vector<std::size_t>{4, 2}));
  for (const std::string& id : ids) EXPECT_EQ(At(documents, id).asset.paths.size(), 2U);
}

TEST(ChangePictures, AFullDiskAndARefusalAreErrors) {
  const auto code = [](int status, const char* error) {
    const auto documents = std::make_shared<StandInStore>();
    const std::string id = Put(documents, Picture(1, "/a"));
    StandInCluster way(documents, [&](const Request& request) -> std::optional<Answer> {
      if (request.path.find("_bulk") == std::string::npos) return {};
      return StandInStore::Says(
          200, {{"items", {{{"index", {{"status", status}, {"error", {{"type", error}}}}}}}}});
    });
    return ChangePictures(*way.Open(), "i", kMeta, std::span(&id, 1),
                          [](PictureCopy& picture) { return AddPath(picture, "/more"); })
        .error()
        .code();
  };
  EXPECT_EQ(code(403, "flood-stage"), Code::kNoSpace);
  EXPECT_EQ(code(400, "mapper_parsing_exception"), Code::kInternal);
}

}  // namespace
}  // namespace vitrine::cluster
