#include "query/mix.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace vitrine {
namespace {

AssetId Id(int number) { return static_cast<AssetId>(number); }

// A list of pictures, best first; relevance falls from 0.9 by a tenth each, and what is below a half is below
// the cut.
Answer ListOf(std::initializer_list<int> pictures) {
  Answer answer;
  double relevance = 0.9;
  for (const int picture : pictures) {
    Match& match = answer.matches.emplace_back();
    match.asset.id = Id(picture);
    match.relevance = relevance;
    match.below_cut = relevance < 0.5;
    match.why = {"looks like it"};
    relevance -= 0.1;
    if (!match.below_cut) ++answer.above_cut;
  }
  answer.total = pictures.size();
  return answer;
}

Answer Mix(Answer first, Answer second, std::size_t limit = 100) {
  return MixAnswers({{"one 1.0", std::move(first)}, {"two 2.0", std::move(second)}}, limit);
}

std::vector<int> Ids(const Answer& answer) {
  std::vector<int> ids;
  for (const Match& match : answer.matches) ids.push_back(static_cast<int>(match.asset.id));
  return ids;
}

using List = std::vector<int>;

TEST(MixAnswers, PutsWhatBothFindBeforeWhatOneFinds) {
  const Answer mixed = Mix(ListOf({1, 2, 3}), ListOf({4, 3, 5}));
  // 3 has 1/63 + 1/62; 1 and 4 have 1/61 each, and the first model is asked first.
  EXPECT_EQ(Ids(mixed), (List{3, 1, 4, 2, 5}));
  EXPECT_EQ(mixed.total, 3U);
}

TEST(MixAnswers, TheScoreIsOneForWhatBothRankFirstAndOrdersTheList) {
  const Answer mixed = Mix(ListOf({1, 2, 3}), ListOf({1, 3, 4}));
  EXPECT_FLOAT_EQ(mixed.matches.front().score, 1);
  for (std::size_t i = 1; i < mixed.matches.size(); ++i) {
    EXPECT_LE(mixed.matches[i].score, mixed.matches[i - 1].score);
  }
}

TEST(MixAnswers, NamesTheModelsThatFoundAPicture) {
  Answer first = ListOf({1, 2, 3});
  first.matches[2].why = {"its colours"};
  const Answer mixed = Mix(std::move(first), ListOf({4, 1, 3}));
  const auto why = [&](int picture) {
    for (const Match& match : mixed.matches) {
      if (match.asset.id == Id(picture)) return match.why;
    }
    return std::vector<std::string>();
  };
  EXPECT_EQ(why(1), (std::vector<std::string>{"looks like it", "1st with one 1.0, 2nd with two 2.0"}));
  EXPECT_EQ(why(3), (std::vector<std::string>{"its colours", "3rd with one 1.0, 3rd with two 2.0"}));
  EXPECT_EQ(why(4), (std::vector<std::string>{"looks like it", "1st with two 2.0"}));
}

TEST(MixAnswers, OrdinalsAreThoseOfTheLanguage) {
  Answer first;
  for (int i = 1; i <= 113; ++i) {
    first.matches.emplace_back().asset.id = Id(i);
  }
  const Answer mixed = Mix(std::move(first), Answer(), 200);
  const auto rank = [&](std::size_t at) { return mixed.matches[at - 1].why.back().substr(0, 5); };
  EXPECT_EQ(rank(11), "11th ");
  EXPECT_EQ(rank(22), "22nd ");
  EXPECT_EQ(rank(30), "30th ");
  EXPECT_EQ(rank(101), "101st");
  EXPECT_EQ(rank(112), "112th");
}

TEST(MixAnswers, RelevanceIsWhatTheSurerModelSays) {
  const Answer mixed = Mix(ListOf({1, 2, 3, 4}), ListOf({4}));
  ASSERT_EQ(mixed.matches.front().asset.id, Id(4));
  EXPECT_DOUBLE_EQ(mixed.matches.front().relevance, 0.9);
}

TEST(MixAnswers, WhatOneModelCountsInComesBeforeTheCut) {
  // 6 and 7 are below the cut of both although both have them; 9 is above that of one.
  const Answer mixed = Mix(ListOf({1, 2, 3, 4, 5, 6, 7}), ListOf({1, 2, 3, 9, 5, 6, 7}));
  EXPECT_EQ(mixed.above_cut, 6U);
  for (std::size_t i = 0; i < mixed.matches.size(); ++i) {
    EXPECT_EQ(mixed.matches[i].below_cut, i >= mixed.above_cut) << i;
  }
  EXPECT_EQ(mixed.matches[6].asset.id, Id(6));
}

TEST(MixAnswers, NothingMatchesOnlyWhereNoModelFindsAnything) {
  Answer nothing = ListOf({1, 2});
  nothing.nothing_matches = true;
  for (Match& match : nothing.matches) match.below_cut = true;
  EXPECT_TRUE(Mix(nothing, nothing).nothing_matches);
  EXPECT_FALSE(Mix(nothing, ListOf({3})).nothing_matches);
  EXPECT_TRUE(Mix(nothing, Answer()).nothing_matches) << "a model that has seen no picture has no say";
  EXPECT_FALSE(Mix(Answer(), Answer()).nothing_matches);
}

TEST(MixAnswers, EndsAtTheLimit) {
  const Answer mixed = Mix(ListOf({1, 2, 3}), ListOf({4, 5, 6}), 4);
  EXPECT_EQ(Ids(mixed), (List{1, 4, 2, 5}));
  EXPECT_EQ(mixed.above_cut, 4U);
}

TEST(MixAnswers, NoPictureIsShownTwiceWhereTheyAreGathered) {
  Answer first = ListOf({1, 3});
  first.matches[0].grouped = {Id(2)};
  Answer second = ListOf({2, 3, 1});
  second.matches[1].grouped = {Id(5)};
  const Answer mixed = Mix(std::move(first), std::move(second));
  // 2 is the best of one and under the best of the other: 1st with both.
  EXPECT_EQ(Ids(mixed), (List{2, 3}));
  EXPECT_EQ(mixed.matches[0].grouped, (std::vector<AssetId>{Id(1)}));
  EXPECT_EQ(mixed.matches[1].grouped, (std::vector<AssetId>{Id(5)}));
}

TEST(MixAnswers, AQueryOfFactsIsMergedByDateAndHasNoRanks) {
  const auto dated = [](std::initializer_list<std::pair<int, const char*>> pictures) {
    Answer answer;
    answer.by_facts = true;
    for (const auto& [picture, taken_at] : pictures) {
      Match& match = answer.matches.emplace_back();
      match.asset.id = Id(picture);
      match.asset.info.facts.taken_at = taken_at;
      match.score = 1;
      match.relevance = 1;
    }
    return answer;
  };
  const Answer mixed = Mix(dated({{1, "2024-05-01T10:00:00"}, {2, "2022-05-01T10:00:00"}}),
                           dated({{3, "2023-05-01T10:00:00"}, {2, "2022-05-01T10:00:00"}}));
  EXPECT_EQ(Ids(mixed), (List{1, 3, 2}));
  EXPECT_TRUE(mixed.matches.front().why.empty());
  EXPECT_FLOAT_EQ(mixed.matches.back().score, 1);
}

TEST(MixAnswers, KeepsNotesOnceAndSaysHowEachAnswered) {
  Answer first = ListOf({1});
  first.notes = {"shared"};
  first.plan = "filter: all\n";
  Answer second = ListOf({1});
  second.notes = {"shared", "own"};
  second.plan = "filter: none\n";
  const Answer mixed = Mix(std::move(first), std::move(second));
  EXPECT_EQ(mixed.notes, (std::vector<std::string>{"shared", "own"}));
  EXPECT_EQ(mixed.plan,
            "model one 1.0\nfilter: all\nmodel two 2.0\nfilter: none\nmixed by the ranks of each\n");
}

TEST(MixDepth, ReachesPastTheLimitButNotForVariety) {
  EXPECT_GT(MixDepth({.limit = 10}), 100U);
  EXPECT_EQ(MixDepth({.limit = 10, .diverse = true}), 10U);
}

}  // namespace
}  // namespace vitrine
