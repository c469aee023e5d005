#include "server/message.h"

#include <gtest/gtest.h>

namespace vitrine::server {
namespace {

TEST(DecodePercent, ReadsEscapes) {
  EXPECT_EQ(DecodePercent(""), "");
  EXPECT_EQ(DecodePercent("a%20b%2Fc"), "a b/c");
  EXPECT_EQ(DecodePercent("%e4%bd%a0"), "\xe4\xbd\xa0");
  EXPECT_EQ(DecodePercent("a+b"), "a+b");
}

TEST(DecodePercent, RefusesWhatIsNoText) {
  for (const char* text : {"%", "%2", "%zz", "a%", "%00", "a%00b", "%ff", "%c3", "%ed%a0%80"}) {
    EXPECT_FALSE(DecodePercent(text)) << text;
  }
}

TEST(Attachment, HoldsNothingThatEndsAHeader) {
  const std::string value = Attachment("a\"b\r\nSet-Cookie: x=1;\xc3\xbc \xff.jpg");
  EXPECT_EQ(value.find('\r'), std::string::npos);
  EXPECT_EQ(value.find('\n'), std::string::npos);
  EXPECT_NE(value.find("filename*=UTF-8''a%22b%0D%0A"), std::string::npos);
  EXPECT_NE(value.find("%C3%BC"), std::string::npos);
  EXPECT_NE(value.find("filename=\"a_b"), std::string::npos);
}

TEST(Request, AHeaderThatCameTwiceHasNoValue) {
  Request request;
  request.headers = {{"host", "a"}, {"cookie", "x"}, {"cookie", "y"}};
  EXPECT_EQ(request.Header("host"), "a");
  EXPECT_EQ(request.Header("cookie"), "");
  EXPECT_EQ(request.HeaderCount("cookie"), 2U);
  EXPECT_EQ(request.Header("origin"), "");
}

}  // namespace
}  // namespace vitrine::server
