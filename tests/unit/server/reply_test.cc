#include "server/reply.h"

#include <gtest/gtest.h>

namespace vitrine::server {
namespace {

TEST(Problem, HasTheStatusOfItsCode) {
  EXPECT_EQ(Problem(Error(Code::kNotFound, "x")).status, 404);
  EXPECT_EQ(Problem(Error(Code::kNoSpace, "x")).status, 507);
  const Json json = Json::parse(Problem(Error(Code::kLocked, "busy \xff")).body);
  EXPECT_EQ(json["error"]["code"], "locked");
  EXPECT_EQ(json["error"]["message"], "busy \xef\xbf\xbd");
  EXPECT_EQ(json["schema"], 1);
}

TEST(Fields, TakesWhatIsThere) {
  Fields fields(R"({"a":"text","b":2,"c":true,"d":[1,2],"e":null,"f":1.5,"g":["x"]})");
  EXPECT_EQ(fields.Text("a"), "text");
  EXPECT_EQ(fields.Whole("b"), 2);
  EXPECT_TRUE(fields.FlagOr("c", false));
  EXPECT_EQ(fields.Ids("d", 10).size(), 2U);
  EXPECT_TRUE(fields.IsNull("e"));
  EXPECT_FALSE(fields.MaybeText("e"));
  EXPECT_EQ(fields.NumberOr("f", 0), 1.5);
  EXPECT_EQ(fields.TextsOr("g").front(), "x");
  EXPECT_TRUE(fields.Done());
}

std::string Complaint(const std::string& body, void (*read)(Fields&)) {
  Fields fields(body);
  read(fields);
  const Status done = fields.Done();
  return done ? "" : done.error().message();
}

TEST(Fields, NamesWhatIsWrong) {
  EXPECT_EQ(Complaint("[]", [](Fields&) {}), "the body is no JSON object");
  EXPECT_EQ(Complaint("{", [](Fields&) {}), "the body is no JSON object");
  EXPECT_EQ(Complaint("{}", [](Fields& f) { f.Text("tag"); }), "the body lacks \"tag\"");
  EXPECT_EQ(Complaint(R"({"tag":1})", [](Fields& f) { f.Text("tag"); }), "\"tag\" is no text");
  EXPECT_EQ(Complaint(R"({"n":1.5})", [](Fields& f) { f.WholeOr("n", 0); }), "\"n\" is no whole number");
  EXPECT_EQ(Complaint(R"({"n":18446744073709551615})", [](Fields& f) { f.WholeOr("n", 0); }),
            "\"n\" is no whole number");
  EXPECT_NE(Complaint(R"({"ids":[1,-2]})", [](Fields& f) { f.Ids("ids", 9); }), "");
  EXPECT_NE(Complaint(R"({"ids":["1"]})", [](Fields& f) { f.Ids("ids", 9); }), "");
  EXPECT_NE(Complaint(R"({"ids":[1,2,3]})", [](Fields& f) { f.Ids("ids", 2); }), "");
  EXPECT_NE(Complaint(R"({"path":"/etc/passwd"})", [](Fields&) {}), "");
}

TEST(Fields, DeepNestingIsNoHarm) {
  const std::string deep(1'000'000, '[');
  EXPECT_NE(Complaint(deep, [](Fields&) {}), "");
  EXPECT_NE(Complaint("{\"a\":" + deep + std::string(1'000'000, ']') + "}", [](Fields&) {}), "");
}

TEST(PictureId, IsAPositiveNumber) {
  EXPECT_TRUE(PictureId("17"));
  for (const char* text : {"", "0", "-1", "1a", " 1", "0x1", "99999999999999999999", "../1", "1/2"}) {
    EXPECT_FALSE(PictureId(text)) << text;
  }
}

}  // namespace
}  // namespace vitrine::server
