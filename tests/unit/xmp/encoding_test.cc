#include "xmp/encoding.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::string_literals;

TEST(XmpEncoding, EveryFormComesBackByteForByte) {
  const std::string text = "<a>caf\u00e9 \U0001F600</a>";
  for (const XmpEncoding encoding : {XmpEncoding::kUtf8, XmpEncoding::kUtf16Le, XmpEncoding::kUtf16Be}) {
    for (const std::string& mark : {std::string(), "\ufeff"s}) {
      const std::string bytes = EncodeXmp({mark + text, encoding});
      const auto decoded = DecodeXmp(bytes);
      ASSERT_TRUE(decoded) << decoded.error().message();
      EXPECT_EQ(decoded->utf8, mark + text);
      EXPECT_EQ(decoded->encoding, encoding);
      EXPECT_EQ(EncodeXmp(*decoded), bytes);
    }
  }
}

TEST(XmpEncoding, WhatItCannotKeepIsRefused) {
  const std::string latin = "<?xml version='1.0' encoding='ISO-8859-1'?><a/>";
  const std::string false_claim = "<?xml version='1.0' encoding='UTF-16'?><a/>";
  for (const std::string& bytes : {latin, false_claim, "<\0\0\0"s, "\xff\xfe\0\0"s, "\0\0\xfe\xff"s}) {
    const auto decoded = DecodeXmp(bytes);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code(), Code::kUnsupported);
    EXPECT_NE(decoded.error().message().find("UTF-8"), std::string::npos);
  }
}

TEST(XmpEncoding, BrokenUtf16IsDamage) {
  const std::string half = "\xff\xfe<\0a"s;
  const std::string lone_high = "\xff\xfe<\0\x00\xd8"s;
  const std::string lone_low = "\xff\xfe\x00\xdc<\0"s;
  for (const std::string& bytes : {half, lone_high, lone_low}) {
    const auto decoded = DecodeXmp(bytes);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code(), Code::kCorrupt);
  }
}

}  // namespace
}  // namespace vitrine
