// The head of a request: its first line and its headers, read from a socket within limits of size and time,
// and taken apart without any leniency. What two programs can read in two ways is refused.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "server/message.h"

namespace vitrine::server {

struct Head {
  /// 0: the head is whole. Else what to answer: 400 (not a request), 414 (the first line is too long), 431
  /// (too many or too long headers); -1: nothing, the peer went or was too slow.
  int status = 0;
  std::string bytes;  ///< All that was read: the head with its empty line, and perhaps the body's beginning.
  bool is_alone = false;  ///< Nothing was sent behind its empty line yet.
  Headers headers;  ///< Names in lower case, values byte for byte; the body's length is plain or "chunked".

  bool has_body() const;
};

/// @param ending  asked ten times a second: true ends the wait.
Head ReadHead(int socket, std::chrono::milliseconds patience, const std::function<bool()>& ending);

/// The headers of a whole head, up to and with its empty line, and the status.
Head ParseHead(std::string_view text);

}  // namespace vitrine::server
