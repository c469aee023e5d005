// Random query trees in normal form, for the tests that hold a tree against something slow and obvious.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/language.h"

namespace vitrine {

class QueryMaker {
 public:
  explicit QueryMaker(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }

  template <typename Choices>
  auto OneOf(const Choices& choices) {
    return choices[Below(std::size(choices))];
  }

  /// A fact as it is typed, sure to parse.
  std::string FactText() {
    static constexpr std::string_view kFacts[] = {"tag:animals/dog",
                                                  "tag:DOG",
                                                  "tag:d*g",
                                                  "tag:places",
                                                  "tag:\"rock \\\"n\\\" roll\"",
                                                  "tag:a\\/b",
                                                  "folder:2023",
                                                  "folder:/photos",
                                                  "folder:italy/Rome",
                                                  "folder:20*",
                                                  "folder:\"My (old) pictures\"",
                                                  "name:img",
                                                  "name:*.JPG",
                                                  "name:img_*1*.jpg",
                                                  "name:\u00dcber",
                                                  "type:jpg",
                                                  "type:png",
                                                  "type:raw",
                                                  "camera:fuji",
                                                  "camera:*t5",
                                                  "lens:35",
                                                  "iso:800",
                                                  "iso:>400",
                                                  "iso:<=200",
                                                  "iso:100..400",
                                                  "f:1.4",
                                                  "f:1.4..2.8",
                                                  "f:<4",
                                                  "exposure:1/250",
                                                  "exposure:<1/250",
                                                  "exposure:>=0.5s",
                                                  "focal:24..70mm",
                                                  "focal:>35",
                                                  "date:2023",
                                                  "date:2023-06",
                                                  "date:2023-06-01",
                                                  "date:2022..2023-06",
                                                  "date:>2022",
                                                  "date:<2023-02",
                                                  "date:..2022",
                                                  "date:today",
                                                  "date:yesterday",
                                                  "date:last:30d",
                                                  "date:last-year",
                                                  "date:\"this month\"",
                                                  "size:>5MB",
                                                  "size:<=1.5KB",
                                                  "size:2..8MB",
                                                  "size:5MB",
                                                  "size:12mp",
                                                  "size:>4000px",
                                                  "size:1920px",
                                                  "size:1.3TB",
                                                  "size:<=3123456789B",
                                                  "size:>1.234567GB",
                                                  "size:700000000000000B",
                                                  "size:0.1..12mp",
                                                  "orientation:landscape",
                                                  "orientation:portrait",
                                                  "orientation:square",
                                                  "orientation:panorama",
                                                  "rating:5",
                                                  "rating:>=3",
                                                  "rating:-1",
                                                  "rating:<3",
                                                  "rating:0..4",
                                                  "near:48.85,2.35,5",
                                                  "near:48.85,2.35,700",
                                                  "near:-33.9,151.2,2000",
                                                  "color:red",
                                                  "color:#3c78c8~20%",
                                                  "color:grey~1%",
                                                  "color:white~60",
                                                  "mood:warm",
                                                  "mood:cool",
                                                  "mood:dark",
                                                  "mood:bright",
                                                  "mood:muted",
                                                  "mood:vivid",
                                                  "is:offline",
                                                  "is:tagged",
                                                  "is:untagged",
                                                  "is:rated",
                                                  "is:unrated",
                                                  "is:duplicate"};
    return std::string(OneOf(kFacts));
  }

  QueryNode FactLeaf() {
    QueryNode node = *ParseQuery(FactText(), kNow);
    node.excluded = Below(4) == 0;
    return node;
  }

  /// Facts, meanings, exact words, pictures and assets.
  QueryNode Leaf() {
    if (Below(3) == 0) return FactLeaf();
    QueryNode node;
    node.excluded = Below(4) == 0;
    const std::array kinds = {QueryNode::Kind::kMeaning, QueryNode::Kind::kMeaning, QueryNode::Kind::kExact,
                              QueryNode::Kind::kPicture, QueryNode::Kind::kAsset};
    node.kind = OneOf(kinds);
    if (node.kind != QueryNode::Kind::kExact && Below(3) == 0) {
      constexpr double kWeights[] = {0.001, 0.5, 2, 3.25, 1000};
      node.weight = OneOf(kWeights);
    }
    if (node.kind == QueryNode::Kind::kMeaning || node.kind == QueryNode::Kind::kExact) node.text = Phrase();
    if (node.kind == QueryNode::Kind::kPicture) {
      static constexpr std::string_view kNames[] = {"./pool.jpg",
                                                    "/a b/c.png",
                                                    "../x(1).jpeg",
                                                    "~/p\"q\\.webp",
                                                    "./odd)",
                                                    "a#crop=1/b.jpg",
                                                    "./\u201cbad\u201d idea.jpg",
                                                    "photos/a.cr2",
                                                    "./x#crop=1,2,3,4",
                                                    "./\u00fc.jpg"};
      node.text = OneOf(kNames);
      if (Below(2) == 0) node.crop = {.left = 0.1, .top = 0.125, .right = 0.6, .bottom = 0.333};
    }
    if (node.kind == QueryNode::Kind::kAsset)
      node.asset = AssetId{static_cast<std::int64_t>(1 + Below(1u << 30))};
    return node;
  }

  /// At most so many levels of kAll and kAny. @param leaf  makes the leaves.
  template <typename MakeLeaf>
  QueryNode Tree(int levels, MakeLeaf leaf) {
    if (levels == 0 || Below(3) == 0) return leaf();
    QueryNode node{.kind = Below(2) == 0 ? QueryNode::Kind::kAll : QueryNode::Kind::kAny};
    const std::size_t count = 2 + Below(3);
    while (node.children.size() < count) {
      QueryNode child = Tree(levels - 1, leaf);
      if (child.kind == node.kind) child.excluded = true;
      node.children.push_back(std::move(child));
    }
    node.excluded = Below(5) == 0;
    return node;
  }

  static constexpr std::int64_t kNow = 1'700'000'000;  // 2023-11-14.

 private:
  // Words that are signs elsewhere among those that are not, joined by more than single spaces.
  std::string Phrase() {
    static constexpr std::string_view kWords[] = {
        "dog",    "a",      "the", "snow",          "OR",         "+",         "-",       "-cat",  "(left)",
        "(",      ")",      ":)",  "tag:x",         "camra:fuji", "2:dog",     "3:30",    "0.5*x", "\"",
        "\"sale", "sale\"", "\\",  "\\-x",          "./a.jpg",    "it's",      "t-shirt", "cat(s", "(a",
        "b)",     "id:3",   "is:", "\u201cx\u201d", "\u72ac",     "caf\u00e9", "5\"",     "->",    "--",
        ",",      "\\\""};
    static constexpr std::string_view kSpaces[] = {" ", " ", " ", "  ", "\t", "\u3000"};
    std::string phrase;
    const std::size_t count = 1 + Below(5);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) phrase += OneOf(kSpaces);
      phrase += OneOf(kWords);
    }
    return phrase;
  }

  std::mt19937_64 random_;
};

}  // namespace vitrine
