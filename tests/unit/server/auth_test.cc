#include "server/auth.h"

#include <gtest/gtest.h>

#include <set>

namespace vitrine::server {
namespace {

constexpr int kPort = 4711;

Auth MakeAuth() {
  auto auth = Auth::Make("127.0.0.1", kPort);
  EXPECT_TRUE(auth);
  return *std::move(auth);
}

std::string SessionOf(const Auth& auth) {
  const std::string cookie = auth.Cookie();
  return cookie.substr(0, cookie.find(';'));
}

Request Asking(const Auth& auth, std::string method = "GET", std::string path = "/api/v1/library") {
  Request request{.method = std::move(method), .path = std::move(path)};
  request.headers = {{"host", "127.0.0.1:4711"}, {"cookie", SessionOf(auth)}};
  if (request.method != "GET") request.headers.emplace_back("origin", "http://127.0.0.1:4711");
  return request;
}

void Replace(Request& request, const std::string& name, const std::string& value) {
  std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
  request.headers.emplace_back(name, value);
}

TEST(Auth, OpensForItsOwnPages) {
  const Auth auth = MakeAuth();
  EXPECT_EQ(auth.Check(Asking(auth)), Door::kOpen);
  EXPECT_EQ(auth.Check(Asking(auth, "POST")), Door::kOpen);
  Request by_name = Asking(auth, "POST");
  Replace(by_name, "host", "localhost:4711");
  Replace(by_name, "origin", "http://localhost:4711");
  EXPECT_EQ(auth.Check(by_name), Door::kOpen);
}

TEST(Auth, EveryOtherHostIsRefused) {
  const Auth auth = MakeAuth();
  std::vector<std::string> hosts = {"",
                                    " ",
                                    "127.0.0.1",
                                    "localhost",
                                    "127.0.0.1:4712",
                                    "localhost:80",
                                    "attacker.com",
                                    "attacker.com:4711",
                                    "localhost.attacker.com:4711",
                                    "127.0.0.1.nip.io:4711",
                                    "127.0.0.1:4711.attacker.com",
                                    "127.0.0.1:4711:4711",
                                    "127.0.0.1:04711",
                                    "127.0.0.1:4711 ",
                                    " 127.0.0.1:4711",
                                    "127.0.0.1:4711.",
                                    "127.0.0.1.:4711",
                                    "localhost.:4711",
                                    "LOCALHOST:4711",
                                    "LocalHost:4711",
                                    "user@127.0.0.1:4711",
                                    "127.0.0.1:4711@attacker.com",
                                    "user:pass@localhost:4711",
                                    "0.0.0.0:4711",
                                    "0:4711",
                                    "127.1:4711",
                                    "127.0.1:4711",
                                    "2130706433:4711",
                                    "0x7f000001:4711",
                                    "0177.0.0.1:4711",
                                    "127.0.0.2:4711",
                                    "[::1]:4711",
                                    "[::]:4711",
                                    "::1:4711",
                                    "[::ffff:127.0.0.1]:4711",
                                    "[0:0:0:0:0:0:0:1]:4711",
                                    "127.0.0.1:4711/",
                                    "127.0.0.1:4711/path",
                                    "127.0.0.1:4711?x",
                                    "127.0.0.1:4711#x",
                                    "http://127.0.0.1:4711",
                                    "//127.0.0.1:4711",
                                    "127.0.0.1:4711\t",
                                    "127.0.0.1:4711,attacker.com",
                                    "127.0.0.1:4711;attacker.com",
                                    "127.0.0.1%00:4711",
                                    "127.0.0.1:4711%00",
                                    "127.0.0.1:+4711",
                                    "127.0.0.1:-4711",
                                    "127.0.0.1:4711a",
                                    "127.0.0.1:a4711",
                                    "127.0.0.1:",
                                    ":4711",
                                    "*",
                                    "*:4711",
                                    "null",
                                    "file",
                                    "127.0.0.1\\:4711",
                                    "127.0.0.1:4711\\",
                                    "lvh.me:4711",
                                    "localtest.me:4711",
                                    "ip6-localhost:4711",
                                    "localhost6:4711",
                                    "localhost.localdomain:4711",
                                    "vitrine:4711",
                                    "vitrine.local:4711",
                                    "192.168.0.1:4711",
                                    "10.0.0.1:4711",
                                    "169.254.169.254:4711",
                                    "1.0.0.127:4711",
                                    "127.0.0.1:47111",
                                    "127.0.0.1:471",
                                    "xn--localhost:4711",
                                    "localhost%2eattacker.com:4711",
                                    "\xEF\xBC\x91"
                                    "27.0.0.1:4711"};
  for (int octet = 3; octet < 40; ++octet) hosts.push_back("127.0.0." + std::to_string(octet) + ":4711");
  EXPECT_GE(std::set(hosts.begin(), hosts.end()).size(), 100U);
  for (const std::string& host : hosts) {
    Request request = Asking(auth);
    Replace(request, "host", host);
    EXPECT_EQ(auth.Check(request), Door::kWrongHost) << host;
  }
  Request none = Asking(auth);
  std::erase_if(none.headers, [](const auto& header) { return header.first == "host"; });
  EXPECT_EQ(auth.Check(none), Door::kWrongHost);
  Request twice = Asking(auth);
  twice.headers.emplace_back("host", "127.0.0.1:4711");
  EXPECT_EQ(auth.Check(twice), Door::kWrongHost);
}

TEST(Auth, ReadingNeedsTheSessionToo) {
  const Auth auth = MakeAuth();
  const std::string session = SessionOf(auth);
  const std::string name = session.substr(0, session.find('='));
  const std::vector<std::string> cookies = {"",
                                            name,
                                            name + "=",
                                            name + "=0",
                                            "x" + session,
                                            session + "0",
                                            session.substr(0, session.size() - 1),
                                            session + "; " + session,
                                            "other=1; " + name + "x=" + session.substr(name.size() + 1)};
  for (const std::string& cookie : cookies) {
    Request request = Asking(auth);
    Replace(request, "cookie", cookie);
    EXPECT_EQ(auth.Check(request), Door::kNoSession) << cookie;
  }
  Request beside_others = Asking(auth);
  Replace(beside_others, "cookie", "theme=dark; " + session + "; lang=en");
  EXPECT_EQ(auth.Check(beside_others), Door::kOpen);
}

TEST(Auth, WritesComeFromThisOriginAlone) {
  const Auth auth = MakeAuth();
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"}) {
    for (const char* origin :
         {"null", "", "http://attacker.com", "https://127.0.0.1:4711", "http://127.0.0.1",
          "http://127.0.0.1:4712", "http://localhost:4711", "http://127.0.0.1:4711/",
          "http://127.0.0.1:4711.attacker.com", "HTTP://127.0.0.1:4711", "file://"}) {
      Request request = Asking(auth, method);
      Replace(request, "origin", origin);
      EXPECT_EQ(auth.Check(request), Door::kWrongOrigin) << method << " " << origin;
    }
    Request none = Asking(auth, method);
    std::erase_if(none.headers, [](const auto& header) { return header.first == "origin"; });
    EXPECT_EQ(auth.Check(none), Door::kWrongOrigin) << method;
    Replace(none, "sec-fetch-site", "same-site");
    EXPECT_EQ(auth.Check(none), Door::kWrongOrigin) << method;
    Replace(none, "sec-fetch-site", "same-origin");
    EXPECT_EQ(auth.Check(none), Door::kOpen) << method;
  }
}

TEST(Auth, PagesOfOtherSitesReadNothing) {
  const Auth auth = MakeAuth();
  for (const char* site : {"cross-site", "same-site", "unheard-of"}) {
    Request request = Asking(auth);
    Replace(request, "sec-fetch-site", site);
    EXPECT_EQ(auth.Check(request), Door::kWrongOrigin) << site;
  }
  Request typed = Asking(auth);
  Replace(typed, "sec-fetch-site", "none");
  EXPECT_EQ(auth.Check(typed), Door::kOpen);
}

TEST(Auth, TheLaunchKeyWorksOnce) {
  Auth auth = MakeAuth();
  const std::string url = auth.launch_url();
  const std::string key = url.substr(url.find('=') + 1);
  EXPECT_EQ(key.size(), 64U);
  EXPECT_FALSE(auth.Launch(""));
  EXPECT_FALSE(auth.Launch(key.substr(1)));
  EXPECT_FALSE(auth.Launch(key + "0"));
  EXPECT_TRUE(auth.Launch(key));
  EXPECT_FALSE(auth.Launch(key));
  EXPECT_EQ(auth.Cookie().find(key), std::string::npos);
}

TEST(Auth, CookiesStayInTheirBrowserAndSite) {
  const std::string cookie = MakeAuth().Cookie();
  for (const char* part : {"HttpOnly", "SameSite=Strict", "Path=/"}) {
    EXPECT_NE(cookie.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(cookie.find("Domain"), std::string::npos);
}

TEST(Auth, EveryRunHasKeysOfItsOwn) {
  const Auth first = MakeAuth(), second = MakeAuth();
  EXPECT_NE(first.launch_url(), second.launch_url());
  EXPECT_EQ(second.Check(Asking(first)), Door::kNoSession);
}

TEST(Auth, AnAddressForOthersIsNamedExactly) {
  auto auth = Auth::Make("192.168.1.5", kPort);
  ASSERT_TRUE(auth);
  Request request = Asking(*auth);
  EXPECT_EQ(auth->Check(request), Door::kWrongHost);
  Replace(request, "host", "192.168.1.5:4711");
  EXPECT_EQ(auth->Check(request), Door::kOpen);
  Replace(request, "host", "localhost:4711");
  EXPECT_EQ(auth->Check(request), Door::kWrongHost);
}

TEST(EqualInConstantTime, IsEquality) {
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_TRUE(EqualInConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualInConstantTime("abc", "ab"));
  EXPECT_FALSE(EqualInConstantTime("", "a"));
}

}  // namespace
}  // namespace vitrine::server
