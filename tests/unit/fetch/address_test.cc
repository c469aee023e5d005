#include "fetch/address.h"

#include <gtest/gtest.h>

namespace vitrine::fetch {
namespace {

TEST(Address, HttpsFromAnywhereAndHttpFromThisMachine) {
  for (const char* fine : {"https://models.example/a/", "https://models.example:8443/a?b=c",
                           "http://127.0.0.1:80/", "http://localhost/", "http://[::1]:8080/x"}) {
    EXPECT_TRUE(CheckAddress(fine)) << fine;
  }
}

TEST(Address, TheRestIsRefused) {
  for (const char* bad :
       {"http://models.example/", "http://127.0.0.1.example/", "http://127.0.0.1@models.example/",
        "http://localhost.example/", "https://user@models.example/", "https://", "https:///path",
        "ftp://models.example/", "file:///etc/passwd", "models.example", "https://models.example/a b",
        "https://models.example\\@127.0.0.1/", "https://models.example/\n", ""}) {
    const Status checked = CheckAddress(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().code(), Code::kInvalidArgument);
  }
}

TEST(Address, ARedirectStaysOnTheWebOrOnThisMachine) {
  EXPECT_TRUE(CheckRedirect("https://a.example/x", "https://b.example/y"));
  EXPECT_TRUE(CheckRedirect("http://127.0.0.1:1/x", "http://localhost:2/y"));
  EXPECT_TRUE(CheckRedirect("http://127.0.0.1:1/x", "https://b.example/y"));
  EXPECT_FALSE(CheckRedirect("https://a.example/x", "http://b.example/y"));
  EXPECT_FALSE(CheckRedirect("https://a.example/x", "http://127.0.0.1/y"));
  EXPECT_FALSE(CheckRedirect("http://127.0.0.1/x", "http://b.example/y"));
  EXPECT_FALSE(CheckRedirect("https://a.example/x", "file:///etc/passwd"));
}

TEST(Address, PathsAreEncodedButForTheirSlashes) {
  EXPECT_EQ(AddressOf("https://a.example/m/", "onnx/text_model.onnx"),
            "https://a.example/m/onnx/text_model.onnx");
  EXPECT_EQ(AddressOf("https://a.example/", "a b?c#d%"), "https://a.example/a%20b%3Fc%23d%25");
}

}  // namespace
}  // namespace vitrine::fetch
