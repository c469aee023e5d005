#include "query/plan.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using Kind = QueryNode::Kind;

QueryNode Words(const std::string& text, bool excluded = false) {
  QueryNode node;
  node.kind = Kind::kMeaning;
  node.text = text;
  node.excluded = excluded;
  return node;
}

QueryNode Camera(const std::string& text) {
  QueryNode node;
  node.kind = Kind::kFact;
  node.fact.field = Field::kCamera;
  node.fact.text = text;
  return node;
}

QueryNode Group(Kind kind, std::vector<QueryNode> children, bool excluded = false) {
  QueryNode node;
  node.kind = kind;
  node.children = std::move(children);
  node.excluded = excluded;
  return node;
}

std::string Spelled(const std::vector<Likeness>& likenesses) {
  std::string text;
  for (const Likeness& likeness : likenesses) text += likeness.text + ";";
  return text;
}

TEST(PlanQuery, WordsAloneAreOneBranchWithoutFacts) {
  const QueryPlan plan = PlanQuery(Words("two dogs")).value();
  ASSERT_EQ(plan.branches.size(), 1u);
  EXPECT_EQ(Spelled(plan.branches[0].wanted), "two dogs;");
  EXPECT_TRUE(plan.branches[0].facts.empty());
}

TEST(PlanQuery, AlternativesOfFactsStayOneBitmap) {
  const QueryPlan plan =
      PlanQuery(Group(Kind::kAll, {Words("dog"), Group(Kind::kAny, {Camera("fuji"), Camera("leica")})}))
          .value();
  ASSERT_EQ(plan.branches.size(), 1u);
  ASSERT_EQ(plan.branches[0].facts.size(), 1u);
  EXPECT_EQ(plan.branches[0].facts[0].children.size(), 2u);
}

TEST(PlanQuery, AlternativesOfMeaningAreBranchesWithEverythingElseInEach) {
  const QueryPlan plan =
      PlanQuery(
          Group(Kind::kAll, {Camera("fuji"), Group(Kind::kAny, {Words("snow"), Words("ice")}), Words("dog")}))
          .value();
  ASSERT_EQ(plan.branches.size(), 2u);
  EXPECT_EQ(Spelled(plan.branches[0].wanted), "snow;dog;");
  EXPECT_EQ(Spelled(plan.branches[1].wanted), "ice;dog;");
  for (const Branch& branch : plan.branches) EXPECT_EQ(branch.facts.size(), 1u);
}

// NOT (snow OR ice) excludes both; NOT (snow AND camera) holds when either fails.
TEST(PlanQuery, NegatedGroupsFollowDeMorgan) {
  const QueryPlan both = PlanQuery(Group(Kind::kAny, {Words("snow"), Words("ice")}, true)).value();
  ASSERT_EQ(both.branches.size(), 1u);
  EXPECT_EQ(Spelled(both.branches[0].unwanted), "snow;ice;");

  const QueryPlan either = PlanQuery(Group(Kind::kAll, {Words("snow"), Camera("fuji")}, true)).value();
  ASSERT_EQ(either.branches.size(), 2u);
  EXPECT_EQ(Spelled(either.branches[0].unwanted), "snow;");
  EXPECT_TRUE(either.branches[1].facts.at(0).excluded);
}

TEST(PlanQuery, TwiceNegatedIsWanted) {
  const QueryPlan plan = PlanQuery(Group(Kind::kAny, {Words("snow", true), Words("ice")}, true)).value();
  EXPECT_EQ(Spelled(plan.branches.at(0).wanted), "snow;");
  EXPECT_EQ(Spelled(plan.branches.at(0).unwanted), "ice;");
}

TEST(PlanQuery, PicturesAreNumberedInTheOrderOfTheQuery) {
  const QueryPlan plan = PlanQuery(LikePictures({"./a.jpg", "./b.jpg"})).value();
  ASSERT_EQ(plan.pictures.size(), 2u);
  EXPECT_EQ(plan.pictures[1].file, "./b.jpg");
  EXPECT_EQ(plan.branches.at(0).wanted.at(1).picture, 1u);
}

TEST(PlanQuery, TooManyAlternativesAreRefusedWithTheColumn) {
  std::vector<QueryNode> pairs;
  for (int i = 0; i < 5; ++i) pairs.push_back(Group(Kind::kAny, {Words("a"), Words("b")}));
  pairs.back().column = 41;
  const auto plan = PlanQuery(Group(Kind::kAll, pairs));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code(), Code::kInvalidArgument);
  EXPECT_NE(plan.error().message().find("column 41"), std::string::npos);
  pairs.pop_back();
  EXPECT_EQ(PlanQuery(Group(Kind::kAll, pairs)).value().branches.size(), 16u);
}

TEST(PlanQuery, NothingAskedIsRefused) { EXPECT_FALSE(PlanQuery(QueryNode())); }

}  // namespace
}  // namespace vitrine
