// One request for one file: the seam between what is done with an answer (download.h) and the library that
// gets it (transfer_curl.cc).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine::fetch {

struct Request {
  std::string address;
  std::uint64_t offset = 0;  ///< Bytes from here on; 0 asks for the whole file.
  std::string validator;     ///< With an offset: only if the file is still this version. May be empty.
};

/// What stands before the bytes of a final answer (redirects are behind us).
struct ResponseHead {
  int status = 0;
  std::optional<std::uint64_t> length;       ///< Of the body that follows.
  std::optional<std::uint64_t> range_start;  ///< Of a part: where it begins.
  std::optional<std::uint64_t> total;        ///< Of the whole file, when a part or a 416 names it.
  std::string validator;    ///< Strong ETag, else Last-Modified; empty when there is neither.
  bool is_encoded = false;  ///< The body is compressed, though we asked for none of it.
  std::uint32_t retry_after_s = 0;
};

/// Takes an answer. An error ends the transfer and is what it returns.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual Status OnHead(const ResponseHead& head) = 0;
  virtual Status OnBody(std::string_view bytes) = 0;
};

/// How a request ended.
struct Outcome {
  enum class Kind : std::uint8_t {
    kDone,         ///< The server sent all it announced.
    kInterrupted,  ///< The line, the server, or a silence: worth another try.
    kRefused,      ///< Will not work however often it is tried, or the sink refused it.
  };
  Kind kind = Kind::kDone;
  Error error = Error(Code::kInternal, "");  ///< When it is not kDone.
};

class Transfer {
 public:
  virtual ~Transfer() = default;
  /// Not thread-safe. Stops soon after the stop signal, as kRefused with kCancelled.
  virtual Outcome Get(const Request& request, BodySink& sink) = 0;
};

struct TransferOptions {
  std::string proxy;           ///< Empty: as the environment says (https_proxy, no_proxy, ...).
  std::uint32_t stall_s = 30;  ///< A line slower than 1 KiB/s for so long is given up.
  const StopSignal* stop = nullptr;
};

/// HTTP by libcurl: certificates of the system are verified, at most five redirects are followed (address.h
/// says where to), no compression, no cookies, no user names. Errors: kInternal (libcurl cannot be started).
Result<std::unique_ptr<Transfer>> MakeCurlTransfer(TransferOptions options);

}  // namespace vitrine::fetch
