#include "server/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace vitrine {
namespace {

std::string_view Text(const Page& page) {
  return {reinterpret_cast<const char*>(page.body.data()), page.body.size()};
}

TEST(Pages, HoldTheFrontPageAndWhatItNames) {
  const Page* index = FindPage("/index.html");
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->content_type, "text/html; charset=utf-8");
  EXPECT_FALSE(index->immutable);
  const auto of_type = [](std::string_view type) {
    return std::ranges::count_if(
        Pages(), [&](const Page& page) { return page.content_type == type && page.immutable; });
  };
  EXPECT_GE(of_type("text/javascript; charset=utf-8"), 1);
  EXPECT_GE(of_type("text/css; charset=utf-8"), 1);
}

TEST(Pages, AreSortedAndFoundByTheirOwnPath) {
  const auto pages = Pages();
  EXPECT_TRUE(std::ranges::is_sorted(pages, {}, &Page::path));
  for (const Page& page : pages) {
    EXPECT_EQ(FindPage(page.path), &page);
    EXPECT_EQ(page.etag.size(), 34u) << page.path;
    EXPECT_TRUE(page.etag.starts_with('"') && page.etag.ends_with('"')) << page.etag;
  }
}

TEST(Pages, AreFoundByNoOtherSpelling) {
  for (const std::string_view path :
       {"", "/", "index.html", "//index.html", "/./index.html", "/x/../index.html", "/index.html/",
        "/index%2ehtml", "/INDEX.HTML", "/~", "/index.htm"}) {
    EXPECT_EQ(FindPage(path), nullptr) << path;
  }
  EXPECT_EQ(FindPage(std::string_view("/index.html\0", 12)), nullptr);
}

TEST(Pages, AreWholeGzipStreamsWhereTheySaySo) {
  for (const Page& page : Pages()) {
    const std::string_view body = Text(page);
    if (!page.gzipped) {
      EXPECT_EQ(body.size(), page.plain_size) << page.path;
      continue;
    }
    ASSERT_GT(body.size(), 18u) << page.path;
    EXPECT_EQ(body.substr(0, 3), "\x1f\x8b\x08") << page.path;
    EXPECT_EQ(body.substr(4, 4), std::string(4, '\0'))
        << page.path << ": a time stamp would change every build";
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      size |= static_cast<std::size_t>(static_cast<unsigned char>(body[body.size() - 4 + i])) << (8 * i);
    }
    EXPECT_EQ(size, page.plain_size) << page.path;
  }
}

}  // namespace
}  // namespace vitrine
