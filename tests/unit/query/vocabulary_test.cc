#include "query/vocabulary.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace vitrine {
namespace {

std::vector<std::string> Paths(const Vocabulary& vocabulary) {
  std::vector<std::string> paths;
  for (const Term& term : vocabulary.terms) paths.push_back(term.path);
  return paths;
}

Vocabulary Parsed(std::string_view text) {
  auto vocabulary = ParseVocabulary(text);
  EXPECT_TRUE(vocabulary) << vocabulary.error().message();
  return vocabulary ? *std::move(vocabulary) : Vocabulary();
}

TEST(ParseVocabulary, OneNameALineIsEnough) {
  const Vocabulary flat = Parsed("dog\ngrand_piano\nBass, the fish\n");
  EXPECT_EQ(Paths(flat), (std::vector<std::string>{"dog", "grand_piano", "Bass, the fish"}));
  EXPECT_TRUE(flat.notes.empty());
}

TEST(ParseVocabulary, IndentationIsHierarchy) {
  const Vocabulary tree = Parsed(
      "animals\n"
      "  dog = puppy =  hound \n"
      "    poodle\n"
      "  cat\n"
      "plants\n");
  EXPECT_EQ(Paths(tree), (std::vector<std::string>{"animals", "animals/dog", "animals/dog/poodle",
                                                   "animals/cat", "plants"}));
  EXPECT_EQ(tree.terms[1].names, (std::vector<std::string>{"dog", "puppy", "hound"}));
  EXPECT_EQ(tree.terms[2].line, 3u);
}

TEST(ParseVocabulary, OutdentedBetweenLevelsBelongsToTheNearestLineLessIndented) {
  EXPECT_EQ(Paths(Parsed("a\n      b\n   c\n")), (std::vector<std::string>{"a", "a/b", "a/c"}));
}

TEST(ParseVocabulary, TabGoesToTheNextMultipleOfEight) {
  EXPECT_EQ(Paths(Parsed("a\n\tb\n        c\n  \td\n")),
            (std::vector<std::string>{"a", "a/b", "a/c", "a/d"}));
}

TEST(ParseVocabulary, HeadingGroupsAndIsNoTerm) {
  EXPECT_EQ(Paths(Parsed("# things\nobjects:\n  cup\n\n  key\n")),
            (std::vector<std::string>{"objects/cup", "objects/key"}));
}

TEST(ParseVocabulary, WindowsFilesAndByteOrderMarksReadAlike) {
  EXPECT_EQ(Paths(Parsed("\xEF\xBB\xBF"
                         "a\r\n  b\r\n")),
            (std::vector<std::string>{"a", "a/b"}));
  EXPECT_EQ(Paths(Parsed("a")), (std::vector<std::string>{"a"}));
}

TEST(ParseVocabulary, SlashInANameIsNoLevel) {
  EXPECT_EQ(Paths(Parsed("AC/DC\n  back\\slash | pipe\n")),
            (std::vector<std::string>{"AC\\/DC", "AC\\/DC/back\\\\slash | pipe"}));
}

TEST(ParseVocabulary, RightToLeftTextIsAName) {
  EXPECT_EQ(Parsed("\xD7\x9B\xD7\x9C\xD7\x91 = dog\n").terms[0].names.size(), 2u);
}

TEST(ParseVocabulary, DuplicatesAreMergedWithANoteThatNamesBothLines) {
  const Vocabulary merged = Parsed("dog = puppy\ncat\nDog = hound\n");
  ASSERT_EQ(merged.terms.size(), 2u);
  EXPECT_EQ(merged.terms[0].names, (std::vector<std::string>{"dog", "puppy", "hound"}));
  EXPECT_EQ(merged.merged, 1u);
  ASSERT_EQ(merged.notes.size(), 1u);
  EXPECT_NE(merged.notes[0].find("line 3"), std::string::npos) << merged.notes[0];
  EXPECT_NE(merged.notes[0].find("line 1"), std::string::npos) << merged.notes[0];
}

TEST(ParseVocabulary, SameNameBelowDifferentTermsIsTwoTags) {
  EXPECT_EQ(Paths(Parsed("fish\n  bass\nmusic\n  bass\n")),
            (std::vector<std::string>{"fish", "fish/bass", "music", "music/bass"}));
}

TEST(ParseVocabulary, BadLinesAreNamedByNumberAndTheRestIsUsed) {
  const std::string long_name(300, 'x');
  const Vocabulary rest = Parsed("dog\n\x01zap\n" + long_name + "\n\xFF\xFE\n = \ncat\n");
  EXPECT_EQ(Paths(rest), (std::vector<std::string>{"dog", "cat"}));
  EXPECT_EQ(rest.passed_over, 4u);
  ASSERT_EQ(rest.notes.size(), 4u);
  EXPECT_NE(rest.notes[0].find("line 2"), std::string::npos) << rest.notes[0];
  EXPECT_NE(rest.notes[1].find("line 3"), std::string::npos) << rest.notes[1];
  for (const std::string& note : rest.notes) EXPECT_LT(note.size(), 400u);
}

TEST(ParseVocabulary, NotesAreFewHoweverManyLinesAreBad) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "dog\n";
  const Vocabulary merged = Parsed(text);
  EXPECT_EQ(merged.terms.size(), 1u);
  EXPECT_EQ(merged.merged, 4999u);
  EXPECT_LE(merged.notes.size(), 20u);
}

TEST(ParseVocabulary, HundredThousandLinesAreRead) {
  std::string text;
  for (int i = 0; i < 100'000; ++i)
    text += std::string(static_cast<std::size_t>(i % 4), ' ') + "term " + std::to_string(i) + "\n";
  const Vocabulary large = Parsed(text);
  EXPECT_EQ(large.terms.size(), 100'000u);
  EXPECT_EQ(large.terms[3].path, "term 0/term 1/term 2/term 3");
  EXPECT_EQ(NamesOf(large).size(), 100'000u);
}

TEST(ParseVocabulary, TooDeepIsPassedOver) {
  std::string text;
  for (std::size_t i = 0; i < 20; ++i) text += std::string(i, ' ') + "n" + std::to_string(i) + "\n";
  const Vocabulary deep = Parsed(text);
  EXPECT_EQ(deep.terms.size(), 16u);
  EXPECT_EQ(deep.passed_over, 4u);
}

TEST(ParseVocabulary, NothingInItIsAnErrorThatSaysSo) {
  for (const std::string_view text : {"", "\n\n", "# only words about words\n", "a heading:\n"}) {
    const auto empty = ParseVocabulary(text);
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().code(), Code::kInvalidArgument);
    EXPECT_NE(empty.error().message().find("no term"), std::string::npos);
  }
  EXPECT_EQ(ParseVocabulary(std::string(1'000'001, '\n')).error().code(), Code::kInvalidArgument);
}

TEST(NamesOfVocabulary, EachNameStandsOnce) {
  EXPECT_EQ(NamesOf(Parsed("dog = puppy\nwolf = dog\n")), (std::vector<std::string>{"dog", "puppy", "wolf"}));
}

TEST(DefaultVocabulary, ReadsWithoutANote) {
  const std::string text =
      ReadFile(std::string(VITRINE_SOURCE_DIR) + "/models/vocabulary/default.txt").value();
  const Vocabulary ours = Parsed(text);
  EXPECT_TRUE(ours.notes.empty()) << ours.notes.front();
  EXPECT_GT(ours.terms.size(), 1500u);
}

}  // namespace
}  // namespace vitrine
