#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "base/utf8.h"
#include "fetch/address.h"
#include "fetch/transfer.h"
#include "vitrine/version.h"

namespace vitrine::fetch {
namespace {

constexpr int kMaxRedirects = 5;
constexpr long kConnectSeconds = 30;
constexpr long kSlowestBytesPerSecond = 1024;
constexpr std::size_t kMaxIgnoredBytes = 1 << 20;  // The page beside a redirect.
constexpr std::uint32_t kMaxRetryAfter = 120;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "bytes 5-9/10", "bytes 5-9/*" and "bytes */10".
void ReadContentRange(std::string_view value, ResponseHead& head) {
  if (!value.starts_with("bytes ")) return;
  value.remove_prefix(6);
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos) return;
  head.total = Number(value.substr(slash + 1));
  head.range_start = Number(value.substr(0, std::min(value.find('-'), slash)));
}

bool IsRedirect(int status) { return status >= 301 && status <= 308 && status != 304 && status != 306; }

// Another try may go better: what the line or a busy server does.
bool IsWorthAnotherTry(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

class CurlTransfer final : public Transfer {
 public:
  CurlTransfer(CURL* handle, TransferOptions options) : curl_(handle), options_(std::move(options)) {}
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer() override { curl_easy_cleanup(curl_); }

  Outcome Get(const Request& request, BodySink& sink) override {
    std::string address = request.address;
    for (int hop = 0; hop <= kMaxRedirects; ++hop) {
      if (const Status fine = CheckAddress(address); !fine) return Refused(fine.error());
      const CURLcode code = Perform(request, address, sink);
      if (sink_error_) return Refused(*sink_error_);
      if (code != CURLE_OK) return Failed(code, address);
      if (!IsRedirect(head_.status)) return {};
      const char* next = nullptr;
      curl_easy_getinfo(curl_, CURLINFO_REDIRECT_URL, &next);
      if (next == nullptr) {
        return Refused(Error(Code::kModel, Quoted(address) + " sends on to nowhere"));
      }
      if (const Status fine = CheckRedirect(address, next); !fine) return Refused(fine.error());
      address = next;
    }
    return Refused(Error(Code::kModel, Quoted(request.address) + " sends on more than " +
                                           std::to_string(kMaxRedirects) + " times"));
  }

 private:
  CURLcode Perform(const Request& request, const std::string& address, BodySink& sink) {
    head_ = {};
    head_is_delivered_ = false;
    ignored_bytes_ = 0;
    sink_ = &sink;
    sink_error_.reset();
    message_.fill('\0');
    curl_easy_reset(curl_);
    SetUp(address);
    const std::string range = std::to_string(request.offset) + "-";
    curl_slist* headers = nullptr;
    if (request.offset > 0) {
      curl_easy_setopt(curl_, CURLOPT_RANGE, range.c_str());
      if (!request.validator.empty()) {
        headers = curl_slist_append(nullptr, ("If-Range: " + request.validator).c_str());
        curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
      }
    }
    const CURLcode code = curl_easy_perform(curl_);
    curl_slist_free_all(headers);
    return code;
  }

  void SetUp(const std::string& address) {
    curl_easy_setopt(curl_, CURLOPT_URL, address.c_str());
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, IsLoopbackHttp(address) ? "http" : "https");
    curl_easy_setopt(curl_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, ("vitrine-fetch/" + std::string(kVersion)).c_str());
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_s));
    curl_easy_setopt(curl_, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, message_.data());
    if (!options_.proxy.empty()) curl_easy_setopt(curl_, CURLOPT_PROXY, options_.proxy.c_str());
    // As the curl program and OpenSSL's own tools take it: for networks with a certificate of their own.
    if (const char* authorities = std::getenv("SSL_CERT_FILE")) {
      curl_easy_setopt(curl_, CURLOPT_CAINFO, authorities);
    }
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, &OnHeaderLine);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &OnBytes);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, &OnTick);
    curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
  }

  static std::size_t OnHeaderLine(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<CurlTransfer*>(self)->TakeHeaderLine({data, size}) ? size : 0;
  }

  static std::size_t OnBytes(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<CurlTransfer*>(self)->TakeBytes({data, size}) ? size : 0;
  }

  static int OnTick(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const StopSignal* stop = static_cast<CurlTransfer*>(self)->options_.stop;
    return stop != nullptr && stop->requested() ? 1 : 0;
  }

  bool TakeHeaderLine(std::string_view line) {
    if (head_is_delivered_) return true;  // What follows a chunked body.
    if (line.starts_with("HTTP/")) {
      head_ = {};
      const std::size_t blank = line.find(' ');
      if (blank != std::string_view::npos) {
        head_.status = static_cast<int>(Number(line.substr(blank + 1, 3)).value_or(0));
      }
      return true;
    }
    const std::string_view trimmed = Trimmed(line);
    if (trimmed.empty()) return EndOfHead();
    const std::size_t colon = trimmed.find(':');
    if (colon != std::string_view::npos) {
      TakeHeader(Lower(trimmed.substr(0, colon)), Trimmed(trimmed.substr(colon + 1)));
    }
    return true;
  }

  void TakeHeader(const std::string& name, std::string_view value) {
    const bool is_text = value.size() < 200 && IsUtf8(value) && Printable(value) == value;
    if (name == "content-length") head_.length = Number(value);
    if (name == "content-range") ReadContentRange(value, head_);
    // A weak ETag ("W/...") may stand for other bytes, so it is none.
    if (name == "etag" && is_text && value.starts_with('"')) head_.validator = value;
    if (name == "last-modified" && is_text && head_.validator.empty()) head_.validator = value;
    if (name == "content-encoding") head_.is_encoded = value != "identity";
    if (name == "retry-after") {
      head_.retry_after_s =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(Number(value).value_or(0), kMaxRetryAfter));
    }
  }

  bool EndOfHead() {
    if (head_.status < 200 || IsRedirect(head_.status)) return true;
    head_is_delivered_ = true;
    return Keep(sink_->OnHead(head_));
  }

  bool TakeBytes(std::string_view bytes) {
    if (IsRedirect(head_.status)) {
      ignored_bytes_ += bytes.size();
      return ignored_bytes_ <= kMaxIgnoredBytes;
    }
    return Keep(sink_->OnBody(bytes));
  }

  bool Keep(Status status) {
    if (!status) sink_error_ = std::move(status).error();
    return !sink_error_;
  }

  static Outcome Refused(Error error) { return {Outcome::Kind::kRefused, std::move(error)}; }

  Outcome Failed(CURLcode code, const std::string& address) const {
    if (code == CURLE_ABORTED_BY_CALLBACK) return Refused(Error(Code::kCancelled, "stopped"));
    const std::string_view detail = Trimmed(message_.data());
    const std::string cause = detail.empty() ? curl_easy_strerror(code) : std::string(detail);
    // What stands behind '?' is often a key that was made for this one answer.
    const std::string_view shown = std::string_view(address).substr(0, address.find('?'));
    Error error(Code::kIo, "cannot fetch " + Quoted(shown) + ": " + Printable(cause));
    return {IsWorthAnotherTry(code) ? Outcome::Kind::kInterrupted : Outcome::Kind::kRefused,
            std::move(error)};
  }

  CURL* const curl_;
  const TransferOptions options_;
  std::array<char, CURL_ERROR_SIZE> message_{};
  ResponseHead head_;
  bool head_is_delivered_ = false;
  std::size_t ignored_bytes_ = 0;
  BodySink* sink_ = nullptr;
  std::optional<Error> sink_error_;
};

}  // namespace

Result<std::unique_ptr<Transfer>> MakeCurlTransfer(TransferOptions options) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return Error(Code::kInternal, "libcurl cannot start");
  CURL* handle = curl_easy_init();
  if (handle == nullptr) return Error(Code::kInternal, "libcurl cannot start");
  return std::unique_ptr<Transfer>(std::make_unique<CurlTransfer>(handle, std::move(options)));
}

}  // namespace vitrine::fetch
