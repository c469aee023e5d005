#include <gtest/gtest.h>

#include "support/xmp_samples.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

using Tags = std::vector<std::string>;

std::string Rdf(const std::string& description) {
  return "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
         "xmlns:dc='http://purl.org/dc/elements/1.1/' "
         "xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:lr='http://ns.adobe.com/lightroom/1.0/' "
         "xmlns:digiKam='http://www.digikam.org/ns/1.0/'>" +
         description + "</rdf:RDF>";
}

EmbeddedNote Read(const std::string& description) {
  const auto note = ReadXmp(Rdf(description));
  EXPECT_TRUE(note) << note.error().message();
  return note ? *note : EmbeddedNote();
}

std::string Bag(const std::string& name, const Tags& entries) {
  std::string text = "<" + name + "><rdf:Bag>";
  for (const std::string& entry : entries) text += "<rdf:li>" + entry + "</rdf:li>";
  return text + "</rdf:Bag></" + name + ">";
}

TEST(ReadXmp, HierarchiesFirstThenWordsThatTheyDoNotCover) {
  const EmbeddedNote note =
      Read("<rdf:Description>" + Bag("dc:subject", {"Paris", "places", "beach", "France"}) +
           Bag("lr:hierarchicalSubject", {"places|France|Paris", "people|Ada"}) +
           Bag("digiKam:TagsList", {"places/France/Paris"}) + "</rdf:Description>");
  EXPECT_EQ(note.tags, (Tags{"places/France/Paris", "people/Ada", "beach"}));
}

TEST(ReadXmp, SeparatorsOfOtherListsArePartsOfNames) {
  EXPECT_EQ(
      Read("<rdf:Description>" + Bag("lr:hierarchicalSubject", {"music|AC/DC"}) + "</rdf:Description>").tags,
      Tags{"music/AC\\/DC"});
  EXPECT_EQ(Read("<rdf:Description>" + Bag("digiKam:TagsList", {"odd/a|b"}) + "</rdf:Description>").tags,
            Tags{"odd/a|b"});
  EXPECT_EQ(Read("<rdf:Description>" + Bag("dc:subject", {"a/b", "c|d"}) + "</rdf:Description>").tags,
            (Tags{"a\\/b", "c|d"}));
}

TEST(ReadXmp, EveryFormOfAValue) {
  EXPECT_EQ(Read("<rdf:Description xmp:Rating='4'/>").rating, 4);
  EXPECT_EQ(Read("<rdf:Description><xmp:Rating>-1</xmp:Rating></rdf:Description>").rating, -1);
  EXPECT_EQ(Read("<rdf:Description><xmp:Rating rdf:parseType='Resource'><rdf:value>2</rdf:value></xmp:Rating>"
                 "</rdf:Description>")
                .rating,
            2);
  EXPECT_EQ(
      Read("<rdf:Description><xmp:Rating><rdf:Description rdf:value='3'/></xmp:Rating></rdf:Description>")
          .rating,
      3);
  EXPECT_FALSE(Read("<rdf:Description xmp:Rating='many'/>").rating);
  EXPECT_EQ(Read("<rdf:Description dc:description='a&#10;b'/>").caption, "a\nb");
  EXPECT_EQ(Read("<rdf:Description><dc:description> plain </dc:description></rdf:Description>").caption,
            "plain");
  EXPECT_EQ(Read("<rdf:Description dc:subject='one word'/>").tags, Tags{"one word"});
}

TEST(ReadXmp, TheDefaultLanguageIsTheCaption) {
  const std::string de = "<rdf:li xml:lang='de'>Meer</rdf:li>";
  const std::string any = "<rdf:li xml:lang='X-Default'>sea</rdf:li>";
  const std::string fr = "<rdf:li xml:lang='fr'>mer</rdf:li>";
  const auto caption = [](const std::string& entries) {
    return Read("<rdf:Description><dc:description><rdf:Alt>" + entries +
                "</rdf:Alt></dc:description></rdf:Description>")
        .caption;
  };
  EXPECT_EQ(caption(de + any), "sea");
  EXPECT_EQ(caption(de), "Meer");
  EXPECT_EQ(caption(de + fr), "");
  EXPECT_EQ(caption(""), "");
}

TEST(ReadXmp, NamesThatOnlyLookRightAreNotOurs) {
  const EmbeddedNote note = Read("<rdf:Description xmlns:dc='urn:else' xmp:rating='3' Rating='3'>" +
                                 Bag("dc:subject", {"no"}) + "</rdf:Description><dc:subject>no</dc:subject>");
  EXPECT_TRUE(note.tags.empty());
  EXPECT_FALSE(note.rating);
}

TEST(ReadXmp, PaddingAndZeroBytesBehindAPacketAreNoDamage) {
  std::string packet = "<?xpacket begin='\ufeff'?>" + Rdf("<rdf:Description xmp:Rating='4'/>") +
                       std::string(2000, ' ') + "<?xpacket end='w'?>" + std::string(3, '\0');
  const auto note = ReadXmp(packet);
  ASSERT_TRUE(note) << note.error().message();
  EXPECT_EQ(note->rating, 4);
}

TEST(ReadXmp, WhatIsNoXmpIsRefused) {
  const auto svg = ReadXmp("<svg xmlns='urn:svg'/>");
  ASSERT_FALSE(svg);
  EXPECT_EQ(svg.error().code(), Code::kUnsupported);
  const auto text = ReadXmp("not xml at all");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), Code::kCorrupt);
  EXPECT_FALSE(ReadXmp(std::string(kMaxXmpBytes + 1, ' ')));
  EXPECT_FALSE(ReadXmp(""));
}

TEST(ReadXmp, CutFilesNeverPass) {
  for (const testing::XmpSample& sample : testing::MakeXmpSamples(12)) {
    ASSERT_TRUE(ReadXmp(sample.bytes)) << sample.name;
    const std::size_t root_end = sample.bytes.size() / 2;
    for (std::size_t size = 0; size < root_end; size += 7) {
      EXPECT_FALSE(ReadXmp(sample.bytes.substr(0, size))) << sample.name << " cut at " << size;
    }
  }
}

}  // namespace
}  // namespace vitrine
