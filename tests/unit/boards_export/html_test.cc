#include "base/hash.h"
#include "base/utf8.h"
#include "boards/export/html_page.h"
#include "export_fixture.h"

namespace vitrine::testing {
namespace {

class Html : public ExportFixture {
 protected:
  std::string Make(const ExportRequest& request = {.format = ExportFormat::kHtml}) {
    const auto report = Export(request);
    EXPECT_TRUE(report) << (report ? "" : report.error().message());
    return Slurp(File());
  }
  static std::string Between(const std::string& text, const std::string& from, const std::string& to) {
    const std::size_t start = text.find(from) + from.size();
    return text.substr(start, text.find(to, start) - start);
  }
  static std::size_t Count(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
  }
  static std::string HashOf(const std::string& text) {
    const Sha256Digest digest = Sha256(text);
    return "'sha256-" + Base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) + "'";
  }
};

TEST_F(Html, ThePolicyNamesJustItsOwnScriptAndStyle) {
  const std::string page = Make();
  const std::string policy = Between(page, "Content-Security-Policy\" content=\"", "\"");
  EXPECT_NE(policy.find("style-src " + HashOf(Between(page, "<style>", "</style>"))), std::string::npos);
  EXPECT_NE(policy.find("script-src " + HashOf(Between(page, "<script>", "</script>"))), std::string::npos);
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.find("style=\""), std::string::npos);
  EXPECT_EQ(page.find("http:"), std::string::npos);
  EXPECT_EQ(page.find("https:"), std::string::npos);
}

TEST_F(Html, TextNeverBecomesMarkup) {
  const std::string quiet = Make();
  const char* const payloads[] = {"<script>alert(1)</script>",
                                  "\"><img src=x onerror=alert(1)>",
                                  "</style><script>1</script>",
                                  "</title><svg onload=alert(1)>",
                                  "' onmouseover='alert(1)",
                                  "&lt;script&gt;",
                                  "<!--",
                                  "]]>",
                                  "\xC0\xBCscript\xC0\xBE",
                                  "javascript:alert(1)"};
  for (const char* payload : payloads) {
    board_.name = payload;
    for (BoardItem& item : board_.items) item.text = payload;
    source_.At(first_).known.name = payload;
    source_.At(second_).known.caption = payload;
    const std::string page = Make();
    for (const char* tag :
         {"<script", "</script", "<style", "</style", "<img ", "<svg ", "</title", "<!--"}) {
      EXPECT_EQ(Count(page, tag), Count(quiet, tag)) << tag << " with " << payload;
    }
    EXPECT_EQ(page.find("<img src=x"), std::string::npos);
  }
}

TEST_F(Html, PicturesAreInItWithoutMetadata) {
  const std::string page = Make();
  EXPECT_EQ(Count(page, "src=\"data:image/jpeg;base64,"), 2u);
  EXPECT_NE(page.find("alt=\"Garden.jpg\""), std::string::npos);
  EXPECT_NE(page.find("alt=\"A caption\""), std::string::npos);
  EXPECT_EQ(page.find(Base64(source_.At(first_).bytes)), std::string::npos);
  const std::string whole = Make({.format = ExportFormat::kHtml, .keep_private = true});
  EXPECT_NE(whole.find(Base64(source_.At(first_).bytes)), std::string::npos);
}

TEST_F(Html, AFlatArrowHasRoom) {
  BoardItem& arrow = board_.items[3];
  arrow.height = 0;
  const std::string rule = Between(Make(), "#i4{", "}");
  EXPECT_EQ(rule.find("height:0%"), std::string::npos) << rule;
}

TEST_F(Html, NumbersHaveNoLocale) {
  EXPECT_EQ(CssNumber(12.5), "12.5");
  EXPECT_EQ(CssNumber(-0.0), "0");
  EXPECT_EQ(CssNumber(1e7), "10000000");
  EXPECT_EQ(CssNumber(0.0000004), "0");
}

TEST_F(Html, EscapingKeepsWords) {
  EXPECT_EQ(EscapeHtml("a<b>&\"'\x01\n"), "a&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD\n");
}

}  // namespace
}  // namespace vitrine::testing
