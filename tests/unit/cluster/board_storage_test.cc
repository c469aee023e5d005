// Boards on a cluster that stands in for a real one: what must hold of every library's, and what people do to
// each other who are cut off or slow.
#include "cluster/board_storage.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/board_store_cases.h"
#include "support/stand_in_cluster.h"

namespace vitrine {
namespace {

using testing::Picture;
using testing::Put;

// A machine that keeps its boards on the cluster.
class Machine {
 public:
  explicit Machine(const std::shared_ptr<StandInStore>& store) : line_(store) {}

  StandInCluster& line() { return line_; }
  BoardStore& boards() { return boards_; }

 private:
  StandInCluster line_;
  const std::unique_ptr<cluster::Cluster> cluster_ = line_.Open();
  BoardStore boards_{cluster::OpenBoardsOn(*cluster_)};
};

std::shared_ptr<StandInStore> EmptyCluster() {
  return std::make_shared<StandInStore>(std::vector<StandInStore::Document>());
}

class OnCluster final : public BoardPlace {
 public:
  std::unique_ptr<BoardStore> Open() override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::make_unique<StandInCluster>(store_));
    clusters_.push_back(lines_.back()->Open());
    return std::make_unique<BoardStore>(cluster::OpenBoardsOn(*clusters_.back()));
  }

 private:
  const std::shared_ptr<StandInStore> store_ = EmptyCluster();
  std::mutex mutex_;
  std::vector<std::unique_ptr<StandInCluster>> lines_;
  std::vector<std::unique_ptr<cluster::Cluster>> clusters_;  // Go before their lines.
};

INSTANTIATE_TEST_SUITE_P(Cluster, BoardStoreCases, ::testing::Values([]() -> std::unique_ptr<BoardPlace> {
                           return std::make_unique<OnCluster>();
                         }));

TEST(ClusterBoards, WithoutAnIndexThereAreNone) {
  Machine machine(EmptyCluster());
  EXPECT_TRUE(machine.boards().List(false)->empty());
  EXPECT_EQ(machine.boards().Get("0123456789abcdef").error().code(), Code::kNotFound);
  EXPECT_EQ(machine.boards().Find("Kitchen").error().code(), Code::kNotFound);
}

// The answer to a write is lost, and the request is sent again on the next node: it is done once.
TEST(ClusterBoards, AnAnswerThatWasLostIsNoSecondStep) {
  const auto store = EmptyCluster();
  Machine machine(store);
  const std::string id = machine.boards().Create({.name = "Kitchen"})->id;
  bool once = true;
  machine.line().set_hook([&](const cluster::Request& request) -> std::optional<cluster::Answer> {
    if (request.path.find("if_seq_no") == std::string::npos || !once) return std::nullopt;
    once = false;
    store->Serve(request);
    return store->Serve(request);
  });
  const auto edit = machine.boards().Edit(id, Put(0, {Picture("p1")}));
  ASSERT_TRUE(edit) << edit.error().message();
  EXPECT_EQ(edit->step.revision, 1);
  EXPECT_EQ(machine.boards().Get(id)->revision, 1);
}

// Somebody is quicker between reading and writing: both steps are there.
TEST(ClusterBoards, WhoIsOutrunBeginsAnew) {
  const auto store = EmptyCluster();
  Machine slow(store), quick(store);
  const std::string id = slow.boards().Create({.name = "Kitchen"})->id;
  bool once = true;
  slow.line().set_hook([&](const cluster::Request& request) -> std::optional<cluster::Answer> {
    if (request.path.find("if_seq_no") != std::string::npos && std::exchange(once, false)) {
      EXPECT_TRUE(quick.boards().Edit(id, Put(0, {Picture("quick")})));
      EXPECT_TRUE(quick.boards().Edit(id, Put(1, {Picture("both", 1)})));
    }
    return std::nullopt;
  });
  const auto edit = slow.boards().Edit(id, Put(0, {Picture("slow"), Picture("both", 2)}));
  ASSERT_TRUE(edit) << edit.error().message();
  EXPECT_EQ(edit->step.revision, 3);
  EXPECT_EQ(edit->missed.size(), 2U);
  EXPECT_EQ(edit->conflicts, std::vector<std::string>{"both"});
  EXPECT_EQ(quick.boards().Get(id)->items.size(), 3U);
  EXPECT_EQ(quick.boards().StepsSince(id, 0)->size(), 3U);
}

// Cut off before the board itself is written: nothing has happened, and the next step goes on from there.
TEST(ClusterBoards, WhoIsCutOffHasChangedNothing) {
  const auto store = EmptyCluster();
  Machine dying(store), other(store);
  const std::string id = dying.boards().Create({.name = "Kitchen"})->id;
  ASSERT_TRUE(dying.boards().Edit(id, Put(0, {Picture("p1")})));
  dying.line().set_hook([&](const cluster::Request& request) -> std::optional<cluster::Answer> {
    if (request.path.find("if_seq_no") == std::string::npos) return std::nullopt;
    return cluster::Answer{.status = 0, .trouble = cluster::Trouble::kUnreachable, .body = "gone"};
  });
  EXPECT_FALSE(dying.boards().Edit(id, Put(1, {Picture("p2")})));
  EXPECT_EQ(other.boards().Get(id)->revision, 1);
  ASSERT_TRUE(other.boards().Edit(id, Put(1, {Picture("p3")})));
  EXPECT_EQ(other.boards().StepsSince(id, 0)->size(), 2U);
  ASSERT_TRUE(other.boards().Undo(id, 2));
  ASSERT_TRUE(other.boards().Undo(id, 3));
  EXPECT_TRUE(other.boards().Get(id)->items.empty());
}

TEST(ClusterBoards, OfANewerVitrineNothingIsTouched) {
  const auto store = EmptyCluster();
  Machine machine(store);
  const std::string id = machine.boards().Create({.name = "Kitchen"})->id;
  auto document = store->DocumentsOf("vitrine-boards-a").at(id).source;
  document["format"] = 99;
  store->Serve(
      {.method = cluster::Method::kPut, .path = "/vitrine-boards-a/_doc/" + id, .body = document.dump()});
  const auto edit = machine.boards().Edit(id, Put(0, {Picture("p1")}));
  ASSERT_FALSE(edit);
  EXPECT_EQ(edit.error().code(), Code::kUnsupported);
}

}  // namespace
}  // namespace vitrine
