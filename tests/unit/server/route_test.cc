#include "server/route.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "server/description.h"

namespace vitrine::server {
namespace {

TEST(Routes, AreFoundByTheirPatterns) {
  for (const Route& route : Routes()) {
    std::string path(route.pattern);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      path.replace(at, path.find('}') - at + 1, "7");
    }
    const Routed routed = FindRoute(route.method, path);
    ASSERT_NE(routed.route, nullptr) << route.method << " " << path;
    EXPECT_EQ(routed.route->pattern, route.pattern);
    EXPECT_NE(route.handler, nullptr);
  }
}

TEST(Routes, AreAllDescribed) {
  const auto description = nlohmann::json::parse(Description(), nullptr, false);
  ASSERT_TRUE(description.is_object());
  std::set<std::string> served, described;
  for (const Route& route : Routes()) {
    std::string method(route.method);
    for (char& letter : method) letter = static_cast<char>(letter - 'A' + 'a');
    served.insert(method + " " + std::string(route.pattern));
  }
  for (const auto& [path, methods] : description["paths"].items()) {
    if (path == "/launch") continue;
    for (const auto& [method, operation] : methods.items()) {
      if (method != "parameters") described.insert(method + " " + path);
    }
  }
  EXPECT_EQ(served, described);
}

TEST(FindRoute, NamesTheMethodsThatWouldDo) {
  const Routed routed = FindRoute("DELETE", "/api/v1/pictures");
  EXPECT_EQ(routed.route, nullptr);
  EXPECT_EQ(routed.status, 405);
  EXPECT_EQ(routed.allow, "GET, POST");
}

TEST(FindRoute, KnowsNothingElse) {
  for (const char* path : {"", "/", "/api", "/api/v1", "/api/v1/", "/api/v2/library", "/api/v1/library/",
                           "/api/v1/library/x", "//api/v1/library", "/api/v1//library", "/API/v1/library",
                           "/api/v1/pictures/", "/api/v1/pictures//thumbnail", "/api/v1/../v1/library"}) {
    const Routed routed = FindRoute("GET", path);
    EXPECT_EQ(routed.route, nullptr) << path;
    EXPECT_EQ(routed.status, 404) << path;
  }
  EXPECT_EQ(FindRoute("GET", "/api/v1/pictures/%zz").status, 400);
  EXPECT_EQ(FindRoute("GET", "/api/v1/pictures/%00").status, 400);
}

TEST(FindRoute, DecodesItsPartsOnce) {
  const Routed routed = FindRoute("PUT", "/api/v1/searches/a%2Fb%2520c");
  ASSERT_NE(routed.route, nullptr);
  EXPECT_EQ(routed.parts.at("name"), "a/b%20c");
}

}  // namespace
}  // namespace vitrine::server
