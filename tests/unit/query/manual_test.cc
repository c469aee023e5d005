// Every example of docs/query.md is read, and written back as the page says.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "query/language.h"

namespace vitrine {
namespace {

struct Example {
  std::size_t line = 0;
  std::string typed, wanted;  // `wanted` is empty where the page says nothing.
};

// The lines of fenced blocks of one kind; "typed    =>    wanted".
std::vector<Example> Examples(const std::string& kind) {
  constexpr std::string_view kArrow = "    =>    ";
  std::ifstream page(VITRINE_SOURCE_DIR "/docs/query.md");
  std::vector<Example> examples;
  bool inside = false;
  std::size_t number = 0;
  for (std::string line; std::getline(page, line);) {
    ++number;
    if (line.starts_with("```")) {
      inside = line == "```" + kind;
    } else if (inside) {
      const std::size_t arrow = line.find(kArrow);
      examples.push_back({.line = number,
                          .typed = line.substr(0, arrow),
                          .wanted = arrow == std::string::npos ? "" : line.substr(arrow + kArrow.size())});
    }
  }
  return examples;
}

TEST(Manual, EveryQueryIsReadAndWrittenAsThePageSays) {
  const std::vector<Example> examples = Examples("query");
  EXPECT_GT(examples.size(), 40u);
  for (const Example& example : examples) {
    const Result<QueryNode> query = ParseQuery(example.typed);
    ASSERT_TRUE(query) << "line " << example.line << ": " << query.error().message();
    EXPECT_EQ(FormatQuery(*query), example.wanted.empty() ? example.typed : example.wanted)
        << "line " << example.line;
  }
}

TEST(Manual, EveryRefusalIsAsThePageSays) {
  const std::vector<Example> examples = Examples("refused");
  EXPECT_GT(examples.size(), 4u);
  for (const Example& example : examples) {
    const Result<QueryNode> query = ParseQuery(example.typed);
    ASSERT_FALSE(query) << "line " << example.line;
    EXPECT_EQ(query.error().message(), example.wanted) << "line " << example.line;
  }
}

}  // namespace
}  // namespace vitrine
