#include "query/language.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "query_maker.h"

namespace vitrine {
namespace {

using Kind = QueryNode::Kind;

constexpr double kOpen = std::numeric_limits<double>::infinity();

QueryNode Parsed(const std::string& typed) {
  const Result<QueryNode> query = ParseQuery(typed, QueryMaker::kNow);
  if (!query) {
    ADD_FAILURE() << typed << ": " << query.error().message();
    return {};
  }
  return *query;
}

std::string Refusal(const std::string& typed) {
  const Result<QueryNode> query = ParseQuery(typed, QueryMaker::kNow);
  if (query) return "(read as " + FormatQuery(*query) + ")";
  EXPECT_EQ(query.error().code(), Code::kInvalidArgument);
  return query.error().message();
}

void ExpectRefused(const std::string& typed, std::size_t column, const std::string& piece) {
  const std::string message = Refusal(typed);
  EXPECT_TRUE(message.starts_with("column " + std::to_string(column) + ": ")) << typed << "\n" << message;
  EXPECT_NE(message.find(piece), std::string::npos) << typed << "\n" << message;
}

double Midnight(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days date =
      std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return static_cast<double>(date.time_since_epoch().count()) * 86400;
}

// Meaning.

TEST(ParseQuery, WordsSideBySideAreOnePhraseAsTyped) {
  for (const std::string text : {
           "two dogs in the snow",
           "Two adults - a male and a female - are standing on scooters .",
           "a sign that says \" no skiing \" at 3:30 , in 16:9",
           "a man (left) and a dog (right)",
           "( one in red , two in blue , play soccer .",
           "a woman 's t-shirt, red-and-white; it's 5\" wide -> here --",
           "cute :) and/or w/ a ball",
           "HELLO AND WELCOME NOT THIS",
           "there is a dog : it runs",
           "std::vector and http://example.org/a are words too",
           "\u65e5\u672c\u8a9e\u3000\u72ac",
       }) {
    const QueryNode query = Parsed(text);
    EXPECT_EQ(query.kind, Kind::kMeaning) << text;
    EXPECT_EQ(query.text, text);
    EXPECT_EQ(FormatQuery(query), text);
  }
}

TEST(ParseQuery, LeavesWhiteSpaceAroundAPhraseOut) {
  EXPECT_EQ(Parsed(" \t two  dogs \n").text, "two  dogs");
  EXPECT_EQ(Parsed(" \t two  dogs \n").column, 4u);
}

TEST(ParseQuery, EveryCaptionWithoutASignIsOnePhrase) {
  const std::filesystem::path path = std::filesystem::path(VITRINE_SHARED_DATA) / "flickr8k/captions.tsv";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "no captions here";
  std::size_t captions = 0, with_signs = 0;
  for (std::string line; std::getline(file, line); ++captions) {
    std::string caption = line.substr(line.find('\t') + 1);
    while (!caption.empty() && (caption.back() == ' ' || caption.back() == '\r')) caption.pop_back();
    while (caption.starts_with(' ')) caption.erase(0, 1);
    const Result<QueryNode> query = ParseQuery(caption);
    ASSERT_TRUE(query) << caption << "\n" << query.error().message();
    if (query->kind == Kind::kMeaning) {
      ASSERT_EQ(query->text, caption);
    } else {
      ++with_signs;
    }
  }
  EXPECT_GT(captions, 30'000u);
  EXPECT_LE(with_signs, 1u);  // One shirt says "-ependent", which leaves something out.
}

// Signs.

TEST(ParseQuery, ASignedTermEndsThePhrase) {
  const QueryNode query = Parsed("2:dog beach -umbrella \"Frog Hopper\", 0.5*./pool.jpg id:12 -(red hat)");
  ASSERT_EQ(query.kind, Kind::kAll);
  ASSERT_EQ(query.children.size(), 7u);
  EXPECT_EQ(query.children[0].weight, 2);
  EXPECT_EQ(query.children[0].text, "dog");
  EXPECT_EQ(query.children[1].text, "beach");
  EXPECT_EQ(query.children[1].column, 7u);
  EXPECT_TRUE(query.children[2].excluded);
  EXPECT_EQ(query.children[2].column, 13u);
  EXPECT_EQ(query.children[3].kind, Kind::kExact);
  EXPECT_EQ(query.children[3].text, "Frog Hopper");
  EXPECT_EQ(query.children[4].kind, Kind::kPicture);
  EXPECT_EQ(query.children[4].text, "./pool.jpg");
  EXPECT_EQ(query.children[4].weight, 0.5);
  EXPECT_EQ(query.children[5].asset, AssetId{12});
  EXPECT_TRUE(query.children[6].excluded);
  EXPECT_EQ(query.children[6].text, "red hat");
}

TEST(ParseQuery, ColumnsCountCharacters) {
  const QueryNode query = Parsed("\u00fc\u72ac -caf\u00e9 tag:x");
  ASSERT_EQ(query.children.size(), 3u);
  EXPECT_EQ(query.children[1].column, 4u);
  EXPECT_EQ(query.children[2].column, 10u);
  ExpectRefused("caf\u00e9 \u72ac\u72ac typ:x", 9, "type:");
}

TEST(ParseQuery, SidesOfOrReachAsFarAsTheyCan) {
  const QueryNode query = Parsed("dogs in snow OR cats tag:x");
  ASSERT_EQ(query.kind, Kind::kAny);
  EXPECT_EQ(query.children[0].text, "dogs in snow");
  EXPECT_EQ(query.children[1].kind, Kind::kAll);
  EXPECT_EQ(Parsed("dogs or cats").kind, Kind::kMeaning);
}

TEST(ParseQuery, GroupsThatSayNothingNewAreGone) {
  EXPECT_TRUE(SameQuery(Parsed("((a OR (b OR c)) (tag:x (tag:y)))"), Parsed("(a OR b OR c) tag:x tag:y")));
  EXPECT_TRUE(SameQuery(Parsed("-(-tag:x)"), Parsed("tag:x")));
  EXPECT_TRUE(SameQuery(Parsed("2:(dog 3:(cat OR id:4) tag:x)"), Parsed("2:dog (6:cat OR 6:id:4) tag:x")));
  EXPECT_EQ(Parsed("-(tag:x tag:y)").kind, Kind::kAll);
  EXPECT_TRUE(Parsed("-(tag:x tag:y)").excluded);
}

TEST(ParseQuery, ParenthesesBesideWordsAreText) {
  const QueryNode query = Parsed("a man (left) tag:x (a dog) 2:(big dog)");
  ASSERT_EQ(query.children.size(), 4u);
  EXPECT_EQ(query.children[0].text, "a man (left)");
  EXPECT_EQ(query.children[2].text, "a dog");
  EXPECT_EQ(query.children[3].text, "big dog");
}

TEST(ParseQuery, PlusKeepsPhrasesApart) {
  const QueryNode query = Parsed("a dog + a beach");
  ASSERT_EQ(query.children.size(), 2u);
  EXPECT_EQ(query.children[1].text, "a beach");
}

TEST(ParseQuery, ABackslashMakesAWordPlain) {
  EXPECT_EQ(Parsed("\\-dog \\OR \\tag:x \\\"a \\(b \\\\c").text, "-dog OR tag:x \"a (b \\c");
}

TEST(ParseQuery, PicturesAreTokensThatLookLikeFiles) {
  for (const std::string name : {"./a", "../b.png", "~/c", "/d/e.JPG", "photos/f.heic", "./g(1).jpg"}) {
    EXPECT_EQ(Parsed(name).kind, Kind::kPicture) << name;
    EXPECT_EQ(Parsed(name).text, name);
  }
  EXPECT_EQ(Parsed("\"./new york (1).jpg\"").text, "./new york (1).jpg");
  EXPECT_EQ(Parsed("\"./new york.jpg\"").kind, Kind::kPicture);
  for (const std::string text : {"and/or", "/home/me", "a.jpg", "./", "w/ jpg"}) {
    EXPECT_EQ(Parsed(text).kind, Kind::kMeaning) << text;
  }
  const QueryNode crop = Parsed("./a.jpg#crop=10,12.5,60,100");
  EXPECT_EQ(crop.text, "./a.jpg");
  EXPECT_EQ(crop.crop, (CropBox{.left = 0.1, .top = 0.125, .right = 0.6, .bottom = 1}));
}

TEST(ParseQuery, ExactWordsTakeTypographicMarks) {
  EXPECT_EQ(Parsed("\u201cno \\\" entry\u201d").text, "no \" entry");
  EXPECT_EQ(Parsed("\u201cno entry\u201d").kind, Kind::kExact);
}

// Facts.

Fact FactIn(const std::string& typed) {
  const QueryNode query = Parsed(typed);
  EXPECT_EQ(query.kind, Kind::kFact) << typed;
  return query.fact;
}

TEST(ParseQuery, ReadsNumbersComparisonsAndSpans) {
  const auto expect = [](const std::string& typed, double low, double high) {
    const Fact fact = FactIn(typed);
    EXPECT_EQ(fact.low, low) << typed;
    EXPECT_EQ(fact.high, high) << typed;
  };
  const auto f = [](float number) { return static_cast<double>(number); };
  expect("iso:800", 800, 800);
  expect("iso:>=800", 800, kOpen);
  expect("iso:>800", f(std::nextafter(800.0F, 1e9F)), kOpen);
  expect("ISO:<800", -kOpen, f(std::nextafter(800.0F, 0.0F)));
  expect("iso:100..800", 100, 800);
  expect("iso:..800", -kOpen, 800);
  expect("f:1.4..2.8", f(1.4F), f(2.8F));
  expect("exposure:1/250", f(0.004F), f(0.004F));
  expect("focal:35mm", 35, 35);
  expect("rating:>3", 4, kOpen);
  expect("rating:-1", -1, -1);
}

TEST(ParseQuery, ReadsSizes) {
  const auto expect = [](const std::string& typed, double low, double high, const std::string& unit) {
    const Fact fact = FactIn(typed);
    EXPECT_EQ(fact.low, low) << typed;
    EXPECT_EQ(fact.high, high) << typed;
    EXPECT_EQ(fact.unit, unit) << typed;
  };
  expect("size:>5MB", 5 * 0x1p20 + 1, kOpen, "bytes");
  expect("size:2..5MB", 2 * 0x1p20, 5 * 0x1p20, "bytes");
  expect("size:512KB..1.5gb", 0x1p19, 1.5 * 0x1p30, "bytes");
  expect("size:5MB", 4.5 * 0x1p20, 5.5 * 0x1p20, "bytes");
  expect("size:12mp", 11.5, 12.5, "mp");
  expect("size:12.2mp", 12.15, 12.25, "mp");
  expect("size:1920px", 1920, 1920, "px");
  expect("size:<4000px", -kOpen, 3999, "px");
}

TEST(ParseQuery, ReadsDates) {
  const auto expect = [](const std::string& typed, double low, double high) {
    const Fact fact = FactIn(typed);
    EXPECT_EQ(fact.low, low) << typed;
    EXPECT_EQ(fact.high, high) << typed;
  };
  expect("date:2023", Midnight(2023, 1, 1), Midnight(2024, 1, 1));
  expect("date:2024-02", Midnight(2024, 2, 1), Midnight(2024, 3, 1));
  expect("date:2024-02-29", Midnight(2024, 2, 29), Midnight(2024, 3, 1));
  expect("date:2023..2024-06", Midnight(2023, 1, 1), Midnight(2024, 7, 1));
  expect("date:>2020", Midnight(2021, 1, 1), kOpen);
  expect("date:>=2020", Midnight(2020, 1, 1), kOpen);
  expect("date:<2020-05", -kOpen, Midnight(2020, 5, 1));
  expect("date:<=1969", -kOpen, 0);
  // The clock says Tuesday, 2023-11-14.
  expect("date:today", Midnight(2023, 11, 14), Midnight(2023, 11, 15));
  expect("date:yesterday", Midnight(2023, 11, 13), Midnight(2023, 11, 14));
  expect("date:this-week", Midnight(2023, 11, 13), Midnight(2023, 11, 20));
  expect("date:\"last week\"", Midnight(2023, 11, 6), Midnight(2023, 11, 13));
  expect("date:last-month", Midnight(2023, 10, 1), Midnight(2023, 11, 1));
  expect("date:last-year", Midnight(2022, 1, 1), Midnight(2023, 1, 1));
  expect("date:last:30d", Midnight(2023, 10, 16), Midnight(2023, 11, 15));
  expect("date:last:2w", Midnight(2023, 11, 1), Midnight(2023, 11, 15));
  expect("date:last:3m", Midnight(2023, 8, 15), Midnight(2023, 11, 15));
  expect("date:last:1y", Midnight(2022, 11, 15), Midnight(2023, 11, 15));
  expect("date:last-week..today", Midnight(2023, 11, 6), Midnight(2023, 11, 15));
}

TEST(ParseQuery, ReadsColoursAndPlaces) {
  EXPECT_EQ(FactIn("color:#ff8800~30%").color, (Swatch{.red = 255, .green = 136, .blue = 0, .share = 0.3F}));
  EXPECT_EQ(FactIn("colour:#F80").color, (Swatch{.red = 255, .green = 136, .blue = 0, .share = 0.08F}));
  EXPECT_EQ(FactIn("color:Gray").color, FactIn("color:grey").color);
  const Fact near = FactIn("near:48.85,-2.35,0.5");
  EXPECT_EQ(near.latitude, 48.85);
  EXPECT_EQ(near.longitude, -2.35);
  EXPECT_EQ(near.kilometres, 0.5);
  EXPECT_EQ(FactIn("near:48.85,2.35").kilometres, 5);
}

TEST(ParseQuery, WordsOfAFieldHaveOneSpelling) {
  EXPECT_EQ(FactIn("type:JPG").text, "jpeg");
  EXPECT_EQ(FactIn("type:.heic").text, "heif");
  EXPECT_EQ(FactIn("Mood:Warm").text, "warm");
  EXPECT_EQ(FactIn("tag:\"a \\\"b\\\" \\\\ (c)\"").text, "a \"b\" \\ (c)");
  EXPECT_EQ(FactIn("tag:a\\/b").text, "a\\/b");
  EXPECT_EQ(FactIn("folder:/").text, "/");
}

// Refusals.

TEST(ParseQuery, RefusesWithColumnCauseAndHint) {
  ExpectRefused("", 1, "empty");
  ExpectRefused("  ", 1, "empty");
  ExpectRefused("dog camra:fuji", 5, "did you mean camera:?");
  ExpectRefused("dog xyzzy:fuji", 5, "the fields are tag, ");
  ExpectRefused("type:jpgg", 6, "did you mean jpeg?");
  ExpectRefused("mood:wram", 6, "did you mean warm?");
  ExpectRefused("orientation:potrait", 13, "did you mean portrait?");
  ExpectRefused("is:duplicates", 4, "did you mean duplicate?");
  ExpectRefused("color:orenge", 7, "did you mean orange?");
  ExpectRefused("a dog tag: cat", 7, "tag:animals/dog");
  ExpectRefused("says \"no end", 6, "\\\"");
  ExpectRefused("tag:\"no end", 5, "never closed");
  ExpectRefused("tag:\"a\"b", 1, "white space");
  ExpectRefused("a \"\" b", 3, "nothing");
  ExpectRefused("dog OR", 5, "\\OR");
  ExpectRefused("OR dog", 1, "\\OR");
  ExpectRefused("dog OR OR tag:x", 5, "\\OR");
  ExpectRefused("+ dog", 1, "\\+");
  ExpectRefused("dog + + cat", 5, "\\+");
  ExpectRefused("apple + pear - fruit", 14, "-dog");
  ExpectRefused("(dog OR cat", 1, "never closed");
  ExpectRefused("dog tag:x)", 10, "closes nothing");
  ExpectRefused("tag:x ()", 7, "nothing stands");
  ExpectRefused("2:tag:x", 1, "weight");
  ExpectRefused("2:\"a b\"", 1, "weight");
  ExpectRefused("2:-dog", 3, "-2:dog");
  ExpectRefused("0:dog", 1, "0.001");
  ExpectRefused("5000:dog", 1, "1000");
  ExpectRefused("x 900:(2:dog OR tag:x)", 3, "multiply");
  ExpectRefused("id:x", 4, "id:12");
  ExpectRefused("id:0", 4, "id:12");
  ExpectRefused("./a.jpg#crop=10,10,5,60", 1, "#crop=10,10,60,60");
  ExpectRefused("iso:80x", 5, "iso:100..800");
  ExpectRefused("iso:800-1600", 5, "iso:100..800");
  ExpectRefused("iso:800..100", 5, "smaller first");
  ExpectRefused("rating:6", 8, "stars");
  ExpectRefused("rating:>5", 8, "stars");
  ExpectRefused("size:5", 6, "MB");
  ExpectRefused("size:5MB..3px", 6, "MB");
  ExpectRefused("date:2023-02-30", 6, "2023-06-01");
  ExpectRefused("date:0000", 6, "no date");
  ExpectRefused("date:>9999", 6, "no date");
  ExpectRefused("date:2024..2023", 6, "earlier");
  ExpectRefused("near:91,0,5", 6, "near:48.85,2.35,5");
  ExpectRefused("near:1,2,", 6, "near:48.85,2.35,5");
  ExpectRefused("color:red~0%", 7, "share");
  ExpectRefused(std::string("a\0b", 3), 2, "NUL");
  ExpectRefused("ab\xff", 3, "UTF-8");
}

TEST(ParseQuery, HasLimits) {
  EXPECT_TRUE(ParseQuery(std::string(std::size_t{64} << 10, 'x')));
  ExpectRefused(std::string((std::size_t{64} << 10) + 1, 'x'), 1, "64 KiB");
  ExpectRefused(std::string(std::size_t{1} << 20, '('), 1, "64 KiB");
  std::string terms;
  for (int i = 0; i < 1000; ++i) terms += "-x ";
  EXPECT_TRUE(ParseQuery(terms));
  ExpectRefused(terms + "tag:x", 3001, "1,000 terms");
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '(') + "a OR b" + std::string(levels, ')');
  };
  EXPECT_TRUE(ParseQuery(nested(32)));
  ExpectRefused(nested(33), 33, "32");
  EXPECT_EQ(Parsed(std::string(60'000, '(')).kind, Kind::kMeaning);
}

// Writing.

TEST(FormatQuery, RandomTreesComeBack) {
  constexpr int kRounds = 10'000;
  QueryMaker maker(20'261'125);
  for (int round = 0; round < kRounds; ++round) {
    const QueryNode tree = maker.Tree(3, [&] { return maker.Leaf(); });
    const std::string text = FormatQuery(tree);
    const Result<QueryNode> back = ParseQuery(text, QueryMaker::kNow);
    ASSERT_TRUE(back) << "round " << round << ": " << text << "\n" << back.error().message();
    ASSERT_TRUE(SameQuery(tree, *back))
        << "round " << round << ": " << text << "\nbecame " << FormatQuery(*back);
  }
}

TEST(FormatQuery, WritesFactsShort) {
  for (const std::string text :
       {"iso:>800", "iso:<=100", "f:1.4..2.8", "exposure:<1/250", "date:2023", "date:2023..2024-06",
        "date:>=2024", "size:>5MB", "size:2MB..5.5MB", "size:11.5mp..12.5mp", "color:orange~30%",
        "color:#123456", "near:48.85,2.35,5", "rating:>=4", "tag:\"a b\"", "folder:2023/italy", "is:untagged",
        "mood:warm", "name:IMG_*.jpg"}) {
    EXPECT_EQ(FormatQuery(Parsed(text)), text);
  }
}

}  // namespace
}  // namespace vitrine
