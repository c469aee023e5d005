#include "xmp/xml.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

std::string At(std::string_view text, XmlRange range) {
  return std::string(text.substr(range.begin, range.end - range.begin));
}

TEST(Xml, PlacesAreThoseOfTheBytes) {
  for (const std::string mark : {"", "\ufeff"}) {
    const std::string text =
        mark +
        "<?xml version='1.0'?><!-- \u00e9 -->\r\n<a:b xmlns:a='urn:x' one = \"1>&amp;\"\n a:two='2'>"
        "t<![CDATA[<x>]]>&#65;<c/></a:b>";
    const auto document = ParseXml(text);
    ASSERT_TRUE(document) << document.error().message();
    const XmlElement& root = document->root();
    EXPECT_EQ(root.name, (XmlName{"urn:x", "b"}));
    EXPECT_EQ(root.raw_name, "a:b");
    EXPECT_EQ(root.text, "t<x>A");
    EXPECT_EQ(At(text, root.stop), "</a:b>");
    ASSERT_EQ(root.attributes.size(), 2u);
    EXPECT_EQ(root.attributes[0].value, "1>&");
    EXPECT_EQ(At(text, root.attributes[0].whole), "one = \"1>&amp;\"");
    EXPECT_EQ(At(text, root.attributes[0].inside), "1>&amp;");
    EXPECT_EQ(root.attributes[1].name, (XmlName{"urn:x", "two"}));
    EXPECT_EQ(At(text, root.attributes[1].whole), "a:two='2'");
    const XmlElement& child = document->elements[1];
    EXPECT_EQ(At(text, child.start), "<c/>");
    EXPECT_TRUE(child.stop.empty());
    EXPECT_EQ(At(text, child.whole()), "<c/>");
  }
}

TEST(Xml, PrefixesAreThoseThatAreSeen) {
  const auto document = ParseXml("<a xmlns:p='urn:1' xmlns:q='urn:2'><b xmlns:p='urn:2' xmlns='urn:3'/></a>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->PrefixOf(document->elements[0], "urn:1"), "p");
  EXPECT_EQ(document->PrefixOf(document->elements[1], "urn:1"), "");
  EXPECT_EQ(document->PrefixOf(document->elements[1], "urn:2"), "p");
  EXPECT_EQ(document->PrefixOf(document->elements[1], "urn:3"), "") << "the default namespace has no prefix";
  EXPECT_EQ(document->NamespaceOf(document->elements[1], "q"), "urn:2");
  EXPECT_EQ(document->NamespaceOf(document->elements[1], "r"), "");
}

TEST(Xml, BombsAreRefusedUnread) {
  std::string laughs = "<!DOCTYPE lolz [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    laughs += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int j = 0; j < 10; ++j) laughs += "&l" + std::to_string(i - 1) + ";";
    laughs += "\">";
  }
  laughs += "]><a>&l9;</a>";
  const std::string outside = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
  const std::string plain = "<!DOCTYPE a><a/>";
  for (const std::string& text : {laughs, outside, plain}) {
    const auto document = ParseXml(text);
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code(), Code::kUnsupported);
    EXPECT_NE(document.error().message().find("document type"), std::string::npos);
  }
}

TEST(Xml, LimitsHold) {
  std::string deep;
  for (std::size_t i = 0; i < kMaxXmlDepth; ++i) deep = "<a>" + deep + "</a>";
  EXPECT_TRUE(ParseXml(deep));
  EXPECT_FALSE(ParseXml("<a>" + deep + "</a>"));
  std::string many = "<a>";
  for (std::size_t i = 0; i + 1 < kMaxXmlElements; ++i) many += "<b/>";
  EXPECT_TRUE(ParseXml(many + "</a>"));
  const auto more = ParseXml(many + "<b/></a>");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code(), Code::kUnsupported);
  EXPECT_FALSE(ParseXml("<a>" + std::string(kMaxXmlBytes, ' ') + "</a>"));
}

TEST(Xml, DamageIsNamedWithItsPlace) {
  for (const char* text : {"", "<a>", "<a></b>", "<a b='1' b='2'/>", "<a>&nbsp;</a>", "<p:a/>", "<a/>junk",
                           "<a>\xff</a>", "<a>\x01</a>"}) {
    const auto document = ParseXml(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().code(), Code::kCorrupt) << text;
    EXPECT_NE(document.error().message().find("line 1"), std::string::npos) << document.error().message();
  }
}

TEST(Xml, WhatIsWrittenReadsBack) {
  const std::string text = "a<b>&\"'\n\t\r]]>\u00e9";
  const auto document = ParseXml("<a b=\"" + XmlAttributeValue(text, '"') + "\" c='" +
                                 XmlAttributeValue(text, '\'') + "'>" + XmlText(text) + "</a>");
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_EQ(document->root().text, text);
  EXPECT_EQ(document->root().attributes[0].value, text);
  EXPECT_EQ(document->root().attributes[1].value, text);
}

}  // namespace
}  // namespace vitrine
