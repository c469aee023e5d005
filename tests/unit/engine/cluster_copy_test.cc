// Copies of a library to a cluster and back that are cut off and run again.
#include "engine/cluster/copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "catalog/catalog.h"
#include "unit/engine/cluster_fixture.h"

namespace vitrine {
namespace {

using cluster::Answer;
using cluster::Request;
using Json = nlohmann::json;
using Documents = std::map<std::string, Json>;

const Answer kUnreachable = {.status = 0, .trouble = cluster::Trouble::kUnreachable, .body = "it is gone"};

bool Has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// What an observer was told, each step once.
struct Steps final : VectorObserver {
  void OnStep(std::string_view step, std::uint64_t, std::uint64_t) override { said.emplace(step); }
  bool Has(std::string_view part) const {
    return std::ranges::any_of(said, [&](const std::string& step) { return vitrine::Has(step, part); });
  }
  std::set<std::string> said;
};

std::size_t Lines(const std::string& body) {
  return static_cast<std::size_t>(std::ranges::count(body, '\n'));
}

class ClusterCopyTest : public ClusterFixture {
 protected:
  Documents There() {
    Documents documents;
    for (const auto& [id, document] : store_->DocumentsOf(kAlias)) documents[id] = document.source;
    return documents;
  }

  // Serves the first part of a bulk request, then the cluster is gone.
  StandInCluster::Hook CutOffAfter(std::size_t documents) {
    return [this, documents](const Request& request) -> std::optional<Answer> {
      if (!Has(request.path, "_bulk")) return std::nullopt;
      Request part = request;
      std::size_t end = 0;
      for (std::size_t line = 0; line < 2 * documents; ++line) end = part.body.find('\n', end) + 1;
      part.body.resize(end);
      store_->Serve(part);
      return kUnreachable;
    };
  }

  // As Vitrine made it before there was a gallery over clusters.
  void MakeOlder() {
    constexpr std::array kNew = {"colors", "palette", "order_folder", "order_name", "shown"};
    for (auto& [id, document] : store_->DocumentsOf(kAlias)) {
      Json older = document.source;
      for (const char* field : kNew) older.erase(field);
      older["sent"] = std::string(16, '1');
      store_->Put(kAlias, id, older);
    }
    Json mapping = store_->MappingOf(kAlias);
    for (const char* field : kNew) mapping["properties"].erase(field);
    mapping["_meta"]["vitrine"]["format"] = 1;
    store_->SetMapping(kAlias, mapping);
  }
};

TEST_F(ClusterCopyTest, WhatWasSentBeforeTheClusterWasGoneIsNotSentAgain) {
  constexpr std::size_t kSent = 700;
  const auto cut_off = Send(CutOffAfter(kSent));
  ASSERT_FALSE(cut_off);
  EXPECT_EQ(cut_off.error().code(), Code::kIo);
  EXPECT_NE(cut_off.error().message().find("the same command goes on"), std::string::npos);
  std::size_t sent = 0;
  Steps steps;
  const auto rest = Send(
      [&](const Request& request) -> std::optional<Answer> {
        if (Has(request.path, "_bulk")) sent += Lines(request.body) / 2;
        return std::nullopt;
      },
      &steps);
  ASSERT_TRUE(rest) << rest.error().message();
  EXPECT_EQ(sent, kPictures - kSent);
  EXPECT_EQ(rest->written, kPictures - kSent);
  EXPECT_EQ(rest->pictures, kPictures);
  EXPECT_TRUE(steps.Has("beside 700 that are there"));
  // As one that was never cut off, which then finds nothing to send.
  const Documents resumed = There();
  store_ = std::make_shared<StandInStore>();
  EXPECT_EQ(Send().value().written, kPictures);
  EXPECT_EQ(resumed, There());
  const auto again = Send([](const Request& request) -> std::optional<Answer> {
    EXPECT_FALSE(Has(request.path, "_bulk"));
    return std::nullopt;
  });
  EXPECT_EQ(again.value().written, 0U);
}

TEST_F(ClusterCopyTest, ADocumentThatWasDamagedThereIsSentAgain) {
  ASSERT_TRUE(Send());
  const Documents whole = There();
  const std::string id = whole.begin()->first;
  Json damaged = whole.at(id);
  damaged["sent"] = "0123456789abcdef";
  store_->Put(kAlias, id, damaged);
  store_->Put(kAlias, std::string(64, 'a'), damaged);
  const auto again = Send();
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(again->written, 1U);
  EXPECT_EQ(again->removed, 1U);
  EXPECT_EQ(There(), whole);
}

TEST_F(ClusterCopyTest, AnAcknowledgedDocumentThatIsNotThereIsAnError) {
  const auto lost = Send([this](const Request& request) -> std::optional<Answer> {
    if (!Has(request.path, "_bulk")) return std::nullopt;
    Request part = request;
    part.body.resize(part.body.rfind("{\"index\":"));
    Json said = Json::parse(store_->Serve(part).body);
    said["items"].push_back(said["items"].back());
    return StandInStore::Says(200, said);
  });
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Code::kCorrupt);
  EXPECT_NE(lost.error().message().find("holds 1199 as they are here"), std::string::npos);
  EXPECT_EQ(Send().value().written, 1U);
}

TEST_F(ClusterCopyTest, OverAnIndexOfAnOlderFormatItBringsThatUpToDate) {
  ASSERT_TRUE(Send());
  const Documents documents = There();
  const Json mapping = store_->MappingOf(kAlias);
  MakeOlder();
  {
    StandInCluster line(store_);
    const auto library =
        OpenCluster({.folder = "opensearch://127.0.0.1:9200/a", .model = tiny_.path()}, LinkOver(line));
    ASSERT_FALSE(library);
    EXPECT_EQ(library.error().code(), Code::kUnsupported);
    EXPECT_TRUE(Has(library.error().message(), "by an older Vitrine")) << library.error().message();
  }
  // Cut off, it is still of the older format: not all documents have the new fields.
  ASSERT_FALSE(Send(CutOffAfter(10)));
  EXPECT_EQ(store_->MappingOf(kAlias)["_meta"]["vitrine"]["format"], 1);
  const auto brought = Send();
  ASSERT_TRUE(brought) << brought.error().message();
  EXPECT_EQ(brought->written, kPictures - 10);
  EXPECT_EQ(There(), documents);
  EXPECT_EQ(store_->MappingOf(kAlias), mapping);
}

TEST_F(ClusterCopyTest, WhatCameBackBeforeTheClusterWasGoneIsNotFetchedAgain) {
  ASSERT_TRUE(Send());
  int requests = 0;
  const auto cut_off = Fetch([&](const Request& request) -> std::optional<Answer> {
    if (!Has(request.path, "_mget") || ++requests == 1) return std::nullopt;
    return kUnreachable;
  });
  ASSERT_FALSE(cut_off);
  EXPECT_NE(cut_off.error().message().find("the same command goes on"), std::string::npos);
  std::size_t fetched = 0;
  Steps steps;
  const auto rest = Fetch(
      [&](const Request& request) -> std::optional<Answer> {
        if (Has(request.path, "_mget")) fetched += Json::parse(request.body)["docs"].size();
        return std::nullopt;
      },
      &steps);
  ASSERT_TRUE(rest) << rest.error().message();
  EXPECT_EQ(fetched, kPictures - 500U);
  EXPECT_EQ(rest->written, kPictures - 500U);
  EXPECT_EQ(rest->pictures, kPictures);
  EXPECT_TRUE(steps.Has("beside 500 that are here"));
}

// What is left by a process that was killed between the transactions that record a batch.
TEST_F(ClusterCopyTest, ABatchThatWasRecordedByHalfIsRecordedAsAWhole) {
  ASSERT_TRUE(Send());
  ASSERT_TRUE(Fetch());
  const auto bird = [this](auto use) {
    const auto catalog = Catalog::Open(back_, CatalogMode::kWrite).value();
    const auto marked = catalog->annotations().MarksOf("animals/bird").value();
    use(*catalog, marked.size());
    return marked.size();
  };
  const std::size_t birds = bird([](Catalog&, std::size_t) {});
  ASSERT_EQ(birds, kPictures / 3U);
  std::string words;
  for (const auto& [id, document] : There()) words += id + "\n";
  bird([](Catalog& catalog, std::size_t) {
    const auto change = catalog.annotations().BeginUnrecorded().value();
    ASSERT_TRUE(change->DeleteTag("animals/bird"));
    ASSERT_TRUE(change->Commit());
  });
  const auto changed = Fetch();
  ASSERT_FALSE(changed) << "a tag that somebody took away here stays away";
  EXPECT_EQ(changed.error().code(), Code::kCorrupt);
  bird([&](Catalog& catalog, std::size_t) { ASSERT_TRUE(catalog.SetSetting(kRestoringSetting, words)); });
  const auto completed = Fetch();
  ASSERT_TRUE(completed) << completed.error().message();
  EXPECT_EQ(
      bird([](Catalog& catalog, std::size_t) { EXPECT_EQ(catalog.Setting(kRestoringSetting).value(), ""); }),
      birds);
}

}  // namespace
}  // namespace vitrine
