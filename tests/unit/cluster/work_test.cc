// Several machines' views of one list of work, each with a clock of its own.
#include "cluster/work.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/stand_in_cluster.h"

namespace vitrine::cluster {
namespace {

using namespace std::chrono_literals;

const std::vector<WorkItem> kItems = {{"a", "/p"}, {"b", "/p"}, {"c", "/q"}};
constexpr char kIndex[] = "vitrine-work-a";

// A machine: its way to the documents, its clock, its view.
struct Machine {
  explicit Machine(const std::shared_ptr<StandInStore>& documents, const std::string& name,
                   StandInCluster::Hook hook = nullptr)
      : way(documents, std::move(hook)), work(*cluster, name, [this] { return now; }) {
    EXPECT_TRUE(work.Offer(kItems, false));
  }
  WorkList::Turn Next() { return work.Next().value(); }
  std::string Claim() { return Next().claimed.value_or(""); }

  std::chrono::steady_clock::time_point now{1h};
  StandInCluster way;
  std::unique_ptr<Cluster> cluster = way.Open();
  WorkList work;
};

TEST(WorkList, EachItemIsDoneOnceByWhoeverClaimsIt) {
  const auto documents = std::make_shared<StandInStore>();
  Machine one(documents, "one"), two(documents, "two");
  std::vector<std::string> done;
  while (true) {
    const std::string by_one = one.Claim(), by_two = two.Claim();
    if (by_one.empty() && by_two.empty()) break;
    EXPECT_NE(by_one, by_two);
    for (const auto& id : {by_one, by_two}) {
      if (!id.empty()) done.push_back(id);
    }
    one.work.Finish({.indexed = 1}).value();
    two.work.Finish({.indexed = 1}).value();
  }
  std::ranges::sort(done);
  EXPECT_EQ(done, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(one.Next().all_done);
  EXPECT_TRUE(two.Next().all_done);
}

TEST(WorkList, OfTwoThatReachForOneItemAtOnceOneGetsIt) {
  const auto documents = std::make_shared<StandInStore>();
  Machine two(documents, "two");
  std::string theirs;
  // While the first reads, the second claims the very item that the first is about to claim.
  Machine one(documents, "one", [&](const Request& request) -> std::optional<Answer> {
    const bool claims = request.body.find("\"holder\":\"one\"") != std::string::npos;
    if (!claims || !theirs.empty()) return {};
    const std::string named = request.path.substr(0, request.path.find('?'));
    theirs = named.substr(named.rfind('/') + 1);
    auto source = documents->DocumentsOf(kIndex).at(theirs).source;
    source["state"] = "claimed";
    source["holder"] = "two";
    documents->Put(kIndex, theirs, source);
    return {};
  });
  const std::string mine = one.Claim();
  EXPECT_FALSE(mine.empty());
  EXPECT_NE(mine, theirs);
  EXPECT_EQ(documents->DocumentsOf(kIndex).at(theirs).source["holder"], "two");
}

TEST(WorkList, TheWorkOfADeadMachineIsTakenOverAfterItsSilence) {
  const auto documents = std::make_shared<StandInStore>();
  Machine dead(documents, "dead");
  const std::string lost = dead.Claim();
  Machine other(documents, "other");
  while (!other.Claim().empty()) other.work.Finish({}).value();
  EXPECT_FALSE(other.Next().all_done);
  other.now += kSilence - 1s;
  EXPECT_TRUE(other.Claim().empty()) << "before its time";
  other.now += 2s;
  const auto turn = other.Next();
  EXPECT_EQ(turn.claimed, lost);
  EXPECT_EQ(turn.taken_over, std::vector<std::string>{"dead"});
  // The dead one was only slow: it learns that the work is another's.
  EXPECT_FALSE(dead.work.Beat().value());
  EXPECT_FALSE(dead.work.Finish({}).value());
  EXPECT_TRUE(other.work.Finish({.indexed = 7}).value());
  const auto late = dead.Next();
  EXPECT_TRUE(late.all_done);
  EXPECT_TRUE(std::ranges::any_of(
      late.finished, [&](const Finished& done) { return done.id == lost && done.result.indexed == 7; }));
}

// The clocks differ by a year, and neither matters: what counts is what each sees by its own.
TEST(WorkList, ALivingMachineKeepsItsClaimHoweverClocksDiffer) {
  const auto documents = std::make_shared<StandInStore>();
  Machine slow(documents, "slow"), other(documents, "other");
  other.now += 8760h;
  const std::string held = slow.Claim();
  while (!other.Claim().empty()) other.work.Finish({}).value();
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(slow.work.Beat().value());
    other.now += kSilence - 1s;
    EXPECT_TRUE(other.Claim().empty());
  }
  EXPECT_TRUE(slow.work.Finish({}).value());
  EXPECT_TRUE(other.Next().all_done);
}

// One look after a long sleep is no proof: the other may have said something a moment ago.
TEST(WorkList, AMachineThatSleptDoesNotTakeTheOthersForDead) {
  const auto documents = std::make_shared<StandInStore>();
  Machine living(documents, "living"), sleeper(documents, "sleeper");
  living.Claim();
  while (!sleeper.Claim().empty()) sleeper.work.Finish({}).value();
  sleeper.now += 10 * kSilence;
  living.work.Beat().value();
  EXPECT_TRUE(sleeper.Claim().empty());
}

TEST(WorkList, WorkThatEndsItsMachinesIsLeftOutAndSaid) {
  const auto documents = std::make_shared<StandInStore>();
  for (int i = 0; i < kMostTries; ++i) {
    Machine victim(documents, "victim" + std::to_string(i));
    for (auto turn = victim.Next(); turn.claimed != "b"; turn = victim.Next()) {
      if (turn.claimed) {
        victim.work.Finish({}).value();
      } else {
        victim.now += kSilence;
      }
    }
  }
  Machine last(documents, "last");
  std::vector<Finished> finished;
  for (bool all_done = false; !all_done; last.now += kSilence) {
    auto turn = last.Next();
    EXPECT_FALSE(turn.claimed);
    all_done = turn.all_done;
    std::ranges::move(turn.finished, std::back_inserter(finished));
  }
  const auto left_out = std::ranges::find(finished, "b", &Finished::id);
  ASSERT_NE(left_out, finished.end());
  ASSERT_EQ(left_out->result.failures.size(), 1U);
  EXPECT_EQ(left_out->result.failures.front().first, "/p");
  EXPECT_NE(left_out->result.failures.front().second.find("--retry-failed"), std::string::npos);
  Machine later(documents, "later");
  EXPECT_TRUE(later.Next().all_done);
  Machine asked(documents, "asked");
  ASSERT_TRUE(asked.work.Offer(kItems, true));
  EXPECT_EQ(asked.Claim(), "b");
}

TEST(WorkList, WhatWantsAnotherLookIsOpenedAgainByTheNextRun) {
  const auto documents = std::make_shared<StandInStore>();
  Machine first(documents, "first");
  while (true) {
    const std::string id = first.Claim();
    if (id.empty()) break;
    first.work.Finish({.failures = {{"/p/x.jpg", "cut"}}, .again = id == "c"}).value();
  }
  EXPECT_TRUE(first.Next().all_done);
  Machine next(documents, "next");
  const auto turn = next.Next();
  EXPECT_EQ(turn.claimed, "c");
  for (const Finished& done : turn.finished) {
    EXPECT_TRUE(done.before);
    EXPECT_EQ(done.result.failures.front().first, "/p/x.jpg");
  }
}

TEST(WorkList, WhatIsGivenBackIsFreeAtOnce) {
  const auto documents = std::make_shared<StandInStore>();
  Machine one(documents, "one"), two(documents, "two");
  const std::string id = one.Claim();
  ASSERT_TRUE(one.work.GiveBack());
  std::vector<std::string> claimed;
  for (std::string next = two.Claim(); !next.empty(); next = two.Claim()) {
    claimed.push_back(next);
    two.work.Finish({}).value();
  }
  EXPECT_EQ(std::ranges::count(claimed, id), 1);
}

// The answer to a claim is lost on the line, and the helper program sends it again: it is ours all the same.
TEST(WorkList, AClaimWhoseAnswerWasLostIsKnownAgain) {
  const auto documents = std::make_shared<StandInStore>();
  Machine one(documents, "one", [&](const Request& request) -> std::optional<Answer> {
    if (request.body.find("\"holder\":\"one\"") != std::string::npos) documents->Serve(request);
    return {};
  });
  EXPECT_FALSE(one.Claim().empty());
  EXPECT_TRUE(one.work.Beat().value());
  EXPECT_TRUE(one.work.Finish({}).value());
}

// A busy node took half of what was offered: the rest is offered when it is missed.
TEST(WorkList, WorkThatWasOfferedByHalfIsDoneAsAWhole) {
  const auto documents = std::make_shared<StandInStore>();
  bool offered = false;
  Machine one(documents, "one", [&](const Request& request) -> std::optional<Answer> {
    if (request.path.find("_bulk") == std::string::npos || std::exchange(offered, true)) return {};
    Request half = request;
    half.body.resize(half.body.find('\n', half.body.find('\n') + 1) + 1);
    return documents->Serve(half);
  });
  std::size_t done = 0;
  for (auto turn = one.Next(); !turn.all_done; turn = one.Next()) {
    if (turn.claimed && one.work.Finish({}).value()) ++done;
  }
  EXPECT_EQ(done, kItems.size());
}

}  // namespace
}  // namespace vitrine::cluster
