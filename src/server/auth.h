// Who may ask: only pages that this server sent, in a browser that was given its launch URL.
//
// Any program on the machine, and any web page in its browser, can reach a port of the loopback address. Four
// locks, each of which has stood alone between a known attack and its goal (DNS rebinding, cross-site
// requests, guessed ports):
//   1. the Host header names this server and nothing else, byte for byte;
//   2. everything, reading too, needs a cookie that was handed out once, against a key that the owner saw;
//   3. whatever changes something comes from a page of this very origin;
//   4. no answer ever carries a CORS header.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/message.h"
#include "vitrine/result.h"

namespace vitrine::server {

/// What became of a request at the door.
enum class Door : std::uint8_t {
  kOpen,
  kWrongHost,    ///< 403: made for another server, or for none.
  kNoSession,    ///< 401: no cookie, or not this run's.
  kWrongOrigin,  ///< 403: comes from another site.
};

/// Thread-safe.
class Auth {
 public:
  /// @param address  that the server listens on, @param port the same.
  /// Errors: kInternal (the system has no random bytes).
  static Result<Auth> Make(const std::string& address, int port);

  Auth(Auth&& other) noexcept;

  /// The address for people: "http://127.0.0.1:4711/".
  const std::string& url() const { return url_; }
  /// With the key that Launch() takes once.
  std::string launch_url() const { return url_ + "launch?key=" + launch_key_; }

  Door Check(const Request& request) const;
  /// True for the right key, the first time.
  bool Launch(std::string_view key);
  /// The value of Set-Cookie.
  std::string Cookie() const;
  bool HasSession(const Request& request) const;

 private:
  Auth() = default;

  std::vector<std::string> hosts_;
  std::string url_, cookie_name_, launch_key_, session_key_;
  std::mutex mutex_;  // Guards launched_.
  bool launched_ = false;
};

/// The same in any case: how long it takes tells nothing but the lengths.
bool EqualInConstantTime(std::string_view x, std::string_view y);

}  // namespace vitrine::server
