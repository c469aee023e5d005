#include "server/auth.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace vitrine::server {
namespace {

Result<std::string> RandomKey() {
  std::array<std::uint8_t, 32> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return Error(Code::kInternal, "the system gives no random bytes for a session key");
  }
  return Hex(bytes);
}

// The value of a cookie; empty where it is absent or there twice.
std::string_view CookieOf(std::string_view header, std::string_view name) {
  std::string_view found;
  std::size_t times = 0;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    std::string_view pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      found = pair.substr(name.size() + 1);
      ++times;
    }
  }
  return times == 1 ? found : std::string_view();
}

}  // namespace

bool EqualInConstantTime(std::string_view x, std::string_view y) {
  unsigned char difference = x.size() == y.size() ? 0 : 1;
  const std::size_t length = std::min(x.size(), y.size());
  for (std::size_t i = 0; i < length; ++i) {
    difference = static_cast<unsigned char>(difference | (x[i] ^ y[i]));
  }
  return difference == 0;
}

Auth::Auth(Auth&& other) noexcept
    : hosts_(std::move(other.hosts_)),
      url_(std::move(other.url_)),
      cookie_name_(std::move(other.cookie_name_)),
      launch_key_(std::move(other.launch_key_)),
      session_key_(std::move(other.session_key_)),
      launched_(other.launched_) {}

Result<Auth> Auth::Make(const std::string& address, int port) {
  Auth auth;
  const std::string suffix = ":" + std::to_string(port);
  const std::string named = address.find(':') == std::string::npos ? address : "[" + address + "]";
  auth.hosts_ = {named + suffix};
  if (address == "127.0.0.1" || address == "::1") auth.hosts_.push_back("localhost" + suffix);
  auth.url_ = "http://" + named + suffix + "/";
  // Browsers keep one set of cookies for all ports of a host.
  auth.cookie_name_ = "vitrine_session_" + std::to_string(port);
  auto launch = RandomKey();
  if (!launch) return std::move(launch).error();
  auto session = RandomKey();
  if (!session) return std::move(session).error();
  auth.launch_key_ = *std::move(launch);
  auth.session_key_ = *std::move(session);
  return auth;
}

bool Auth::HasSession(const Request& request) const {
  return EqualInConstantTime(CookieOf(request.Header("cookie"), cookie_name_), session_key_);
}

Door Auth::Check(const Request& request) const {
  const std::string_view host = request.Header("host");
  if (request.HeaderCount("host") != 1 || std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end()) {
    return Door::kWrongHost;
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const std::string_view site = request.Header("sec-fetch-site");
  const std::size_t origins = request.HeaderCount("origin");
  const bool own_origin = origins == 1 && request.Header("origin") == "http://" + std::string(host);
  const bool other_site =
      request.HeaderCount("sec-fetch-site") > 1 || (!site.empty() && site != "same-origin" && site != "none");
  const bool is_api = request.path.starts_with("/api/");
  if (reads) {
    // A page of another site may link here; it gets no session by that, and no data.
    if ((is_api && other_site) || (origins > 0 && !own_origin)) return Door::kWrongOrigin;
  } else {
    const bool from_here = own_origin || (origins == 0 && site == "same-origin");
    if (!from_here || other_site) return Door::kWrongOrigin;
  }
  return HasSession(request) ? Door::kOpen : Door::kNoSession;
}

bool Auth::Launch(std::string_view key) {
  const std::lock_guard lock(mutex_);
  if (launched_ || !EqualInConstantTime(key, launch_key_)) return false;
  launched_ = true;
  return true;
}

std::string Auth::Cookie() const {
  return cookie_name_ + "=" + session_key_ + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000";
}

}  // namespace vitrine::server
