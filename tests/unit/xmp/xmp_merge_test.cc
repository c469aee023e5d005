#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/xmp_samples.h"
#include "xmp/note.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

using testing::ChangeNote;
using testing::MakeXmpSamples;
using testing::OthersIn;
using testing::XmpSample;

constexpr char kHead[] =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
    "xmlns:lr='http://ns.adobe.com/lightroom/1.0/' xmlns:digiKam='http://www.digikam.org/ns/1.0/'>";
constexpr char kTail[] = "</rdf:RDF></x:xmpmeta>";

std::string Merged(const std::string& description, const EmbeddedNote& note) {
  const auto merged = MergeXmp(kHead + description + kTail, {.note = note});
  EXPECT_TRUE(merged) << merged.error().message();
  if (!merged) return {};
  EXPECT_TRUE(merged->starts_with(kHead) && merged->ends_with(kTail)) << *merged;
  return merged->substr(sizeof kHead - 1, merged->size() - (sizeof kHead - 1) - (sizeof kTail - 1));
}

std::set<std::string> Keys(const EmbeddedNote& note) {
  std::set<std::string> keys;
  for (const std::string& tag : note.tags) keys.insert(TagKey(tag));
  return keys;
}

TEST(MergeXmp, SayingWhatIsSaidChangesNoByte) {
  const std::string full =
      "<rdf:Description xmp:Rating='3.0' "
      "dc:description='a'><dc:subject><rdf:Bag><rdf:li>x</rdf:li><rdf:li>y</rdf:li>"
      "</rdf:Bag></dc:subject><lr:hierarchicalSubject><rdf:Bag><rdf:li>x|y</rdf:li></rdf:Bag></"
      "lr:hierarchicalSubject>"
      "<digiKam:TagsList><rdf:Seq><rdf:li>x/y</rdf:li></rdf:Seq></digiKam:TagsList></rdf:Description>";
  EXPECT_EQ(Merged(full, {.tags = {"x/y"}, .rating = 3, .caption = "a"}), full);
  EXPECT_EQ(Merged("<rdf:Description/>", {}), "<rdf:Description/>");
}

TEST(MergeXmp, ValuesAreReplacedWhereTheyStand) {
  EXPECT_EQ(Merged("<rdf:Description a='1' xmp:Rating = '3' b=\"2\"/>", {.rating = 5}),
            "<rdf:Description a='1' xmp:Rating = '5' b=\"2\"/>");
  EXPECT_EQ(Merged("<rdf:Description a='1' xmp:Rating='3' b=\"2\"/>", {}),
            "<rdf:Description a='1' b=\"2\"/>");
  EXPECT_EQ(Merged("<rdf:Description><xmp:Rating>3</xmp:Rating><!--c--></rdf:Description>", {.rating = -1}),
            "<rdf:Description><xmp:Rating>-1</xmp:Rating><!--c--></rdf:Description>");
  EXPECT_EQ(Merged("<rdf:Description><xmp:Rating/></rdf:Description>", {.rating = 0}),
            "<rdf:Description><xmp:Rating>0</xmp:Rating></rdf:Description>");
  EXPECT_EQ(Merged("<rdf:Description dc:description=\"old\"/>", {.caption = "\"new\" <&>"}),
            "<rdf:Description dc:description=\"&quot;new&quot; &lt;&amp;&gt;\"/>");
}

TEST(MergeXmp, EntriesThatStayKeepTheirPlaceAndForm) {
  const std::string before =
      "<rdf:Description>\n <dc:subject>\n  <rdf:Bag>\n   <rdf:li xml:lang='en'>keep</rdf:li>\n   <!-- note "
      "-->\n"
      "   <rdf:li>drop</rdf:li>\n   <rdf:li><![CDATA[Stay]]></rdf:li>\n  </rdf:Bag>\n "
      "</dc:subject>\n</rdf:Description>";
  const std::string merged = Merged(before, {.tags = {"keep", "stay", "fresh"}});
  EXPECT_NE(merged.find("<rdf:Bag>\n   <rdf:li xml:lang='en'>keep</rdf:li>\n   <!-- note -->\n"
                        "   <rdf:li><![CDATA[Stay]]></rdf:li>\n   <rdf:li>fresh</rdf:li>\n  </rdf:Bag>"),
            std::string::npos)
      << merged;
}

TEST(MergeXmp, AllThreeListsWithAncestors) {
  const auto merged = MergeXmp("", {.note = {.tags = {"places/France/Paris"}, .rating = 4, .caption = "Hi"}});
  ASSERT_TRUE(merged);
  for (const char* part : {"<rdf:li>places</rdf:li>", "<rdf:li>France</rdf:li>", "<rdf:li>Paris</rdf:li>",
                           "<rdf:li>places|France|Paris</rdf:li>", "<rdf:li>places/France/Paris</rdf:li>",
                           "<xmp:Rating>4</xmp:Rating>", "<rdf:li xml:lang=\"x-default\">Hi</rdf:li>"}) {
    EXPECT_NE(merged->find(part), std::string::npos) << part << " in\n" << *merged;
  }
}

TEST(MergeXmp, OtherLanguagesStay) {
  const std::string entry = "<rdf:li xml:lang='de'>Meer</rdf:li>";
  const auto description = [](const std::string& entries) {
    return "<rdf:Description><dc:description><rdf:Alt>" + entries +
           "</rdf:Alt></dc:description></rdf:Description>";
  };
  const std::string old = "<rdf:li xml:lang='x-default'>sea</rdf:li>";
  EXPECT_EQ(Merged(description(entry + old), {.caption = "lake"}),
            description(entry + "<rdf:li xml:lang='x-default'>lake</rdf:li>"));
  EXPECT_EQ(Merged(description(entry + old), {}),
            description(entry + "<rdf:li xml:lang='x-default'></rdf:li>"));
  EXPECT_EQ(Merged(description(old), {}), "<rdf:Description></rdf:Description>");
  const std::string two = entry + "<rdf:li xml:lang='fr'>mer</rdf:li>";
  EXPECT_EQ(Merged(description(two), {.caption = "lake"}),
            description("<rdf:li xml:lang=\"x-default\">lake</rdf:li>" + two));
}

TEST(MergeXmp, EntriesThatNameNoTagAreLeftAlone) {
  const std::string before =
      "<rdf:Description><dc:subject><rdf:Bag><rdf:li> </rdf:li><rdf:li>x</rdf:li></rdf:Bag>"
      "</dc:subject></rdf:Description>";
  EXPECT_EQ(
      Merged(before, {}),
      "<rdf:Description><dc:subject><rdf:Bag><rdf:li> </rdf:li></rdf:Bag></dc:subject></rdf:Description>");
}

TEST(MergeXmp, NamesThatNoListCanHoldComeBack) {
  const EmbeddedNote note = {
      .tags = {"music/AC\\/DC", "a|b", "x\\/y|z/deep", "back\\\\slash", "\u202eabc/\u05d0"}};
  const auto merged = MergeXmp("", {.note = note});
  ASSERT_TRUE(merged) << merged.error().message();
  const auto back = ReadXmp(*merged);
  ASSERT_TRUE(back);
  EXPECT_EQ(Keys(*back), Keys(note));
  EXPECT_NE(merged->find("<vitrine:tags>"), std::string::npos);
  const auto less = MergeXmp(*merged, {.note = {.tags = {"a|b"}}});
  ASSERT_TRUE(less);
  EXPECT_EQ(less->find("<vitrine:tags>"), std::string::npos);
}

TEST(MergeXmp, SuggestionsAreWrittenOnlyWhenAskedFor) {
  const XmpWanted wanted = {
      .note = {.tags = {"dog"}},
      .machine = {{{.path = "animals/cat", .probability = 0.25, .model = "starter:int8"}}}};
  const auto with = MergeXmp("", wanted);
  ASSERT_TRUE(with);
  EXPECT_NE(with->find("<vitrine:tag>animals/cat</vitrine:tag>"), std::string::npos);
  EXPECT_NE(with->find("<vitrine:probability>0.2500</vitrine:probability>"), std::string::npos);
  EXPECT_EQ(ReadXmp(*with)->tags, std::vector<std::string>{"dog"}) << "a suggestion is no tag";
  const auto kept = MergeXmp(*with, {.note = {.tags = {"dog"}}});
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, *with);
  const auto gone = MergeXmp(*with, {.note = {.tags = {"dog"}}, .machine = std::vector<MachineTag>()});
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->find("suggestions"), std::string::npos);
}

TEST(MergeXmp, WhatCannotBeReadIsNotWrittenOver) {
  for (const char* bytes : {"<a", "<!DOCTYPE a><a/>", "<html/>", "JFIF"})
    EXPECT_FALSE(MergeXmp(bytes, {})) << bytes;
}

TEST(MergeXmp, LineEndsAreThoseOfTheFile) {
  const auto first = MergeXmp("", {.note = {.rating = 3}});
  std::string crlf;
  for (const char c : *first) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  const auto merged = MergeXmp(crlf, {.note = {.tags = {"a/b"}, .rating = 3, .caption = "c"}});
  ASSERT_TRUE(merged);
  EXPECT_EQ(std::ranges::count(*merged, '\n'), std::ranges::count(*merged, '\r'));
}

// The whole claim at once: whatever a sidecar looks like and whatever changes, what is wanted comes back and
// what belongs to others stays.
TEST(MergeXmp, MadeSidecarsLoseNothing) {
  std::size_t changed = 0;
  for (const XmpSample& sample : MakeXmpSamples(600)) {
    const auto before = ReadXmp(sample.bytes);
    ASSERT_TRUE(before) << sample.name << ": " << before.error().message();
    std::string now = sample.bytes;
    EmbeddedNote note = *before;
    for (unsigned round = 0; round < 4; ++round) {
      note = ChangeNote(note, round * 1000 + static_cast<unsigned>(sample.bytes.size()));
      const auto merged = MergeXmp(now, {.note = note});
      ASSERT_TRUE(merged) << sample.name << ": " << merged.error().message() << "\n" << now;
      EXPECT_EQ(OthersIn(*merged), OthersIn(sample.bytes)) << sample.name << "\n" << *merged;
      const auto again = MergeXmp(*merged, {.note = note});
      ASSERT_TRUE(again);
      EXPECT_EQ(*again, *merged) << sample.name << ": a second merge changes nothing";
      changed += *merged != now ? 1u : 0u;
      now = *merged;
    }
  }
  EXPECT_GT(changed, 1500u);
}

}  // namespace
}  // namespace vitrine
