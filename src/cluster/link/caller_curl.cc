#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/utf8.h"
#include "cluster/link/node_caller.h"
#include "vitrine/version.h"

namespace vitrine::cluster {
namespace {

constexpr long kConnectMs = 5'000;

const char* NameOf(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPut:
      return "PUT";
    case Method::kPost:
      return "POST";
    case Method::kDelete:
      return "DELETE";
  }
  return "GET";
}

Trouble TroubleOf(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return Trouble::kCertificate;
    case CURLE_OPERATION_TIMEDOUT:
      return Trouble::kTimeout;
    default:
      return Trouble::kUnreachable;
  }
}

bool IsLines(std::string_view path) {
  path = path.substr(0, path.find('?'));
  return path.ends_with("/_bulk") || path.ends_with("/_msearch");
}

class CurlCaller final : public NodeCaller {
 public:
  CurlCaller(CURL* handle, Settings settings) : curl_(handle), settings_(std::move(settings)) {}
  CurlCaller(const CurlCaller&) = delete;
  CurlCaller& operator=(const CurlCaller&) = delete;
  ~CurlCaller() override { curl_easy_cleanup(curl_); }

  Answer Call(const std::string& node, const Request& request, std::uint32_t timeout_ms) override {
    curl_easy_reset(curl_);
    message_.fill('\0');
    body_.clear();
    const std::string url = node + request.path;
    curl_slist* headers =
        curl_slist_append(nullptr, IsLines(request.path) ? "Content-Type: application/x-ndjson"
                                                         : "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    SetUp(url, request, headers, timeout_ms);
    const CURLcode code = curl_easy_perform(curl_);
    curl_slist_free_all(headers);
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
      return {
          .status = static_cast<std::uint32_t>(status), .trouble = Trouble::kNone, .body = std::move(body_)};
    }
    const std::string detail = message_[0] == '\0' ? curl_easy_strerror(code) : message_.data();
    return {.status = 0, .trouble = TroubleOf(code), .body = node + ": " + Printable(detail)};
  }

 private:
  void SetUp(const std::string& url, const Request& request, curl_slist* headers, std::uint32_t timeout_ms) {
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl_, CURLOPT_PROXY, "");
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, std::min(kConnectMs, static_cast<long>(timeout_ms)));
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
    curl_easy_setopt(curl_, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, ("vitrine/" + std::string(kVersion)).c_str());
    curl_easy_setopt(curl_, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, message_.data());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &OnBytes);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
    if (!settings_.authority.empty()) curl_easy_setopt(curl_, CURLOPT_CAINFO, settings_.authority.c_str());
    if (!settings_.user.empty()) {
      curl_easy_setopt(curl_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
      curl_easy_setopt(curl_, CURLOPT_USERNAME, settings_.user.c_str());
      curl_easy_setopt(curl_, CURLOPT_PASSWORD, settings_.password.c_str());
    }
    if (!request.body.empty()) {
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, request.body.data());
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, NameOf(request.method));
  }

  static std::size_t OnBytes(char* data, std::size_t, std::size_t size, void* self) {
    std::string& body = static_cast<CurlCaller*>(self)->body_;
    if (body.size() + size > kMostBodyBytes) return 0;
    body.append(data, size);
    return size;
  }

  CURL* const curl_;
  const Settings settings_;
  std::array<char, CURL_ERROR_SIZE> message_{};
  std::string body_;
};

}  // namespace

Result<std::unique_ptr<NodeCaller>> MakeCurlCaller(const Settings& settings) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return Error(Code::kInternal, "libcurl cannot start");
  CURL* handle = curl_easy_init();
  if (handle == nullptr) return Error(Code::kInternal, "libcurl cannot start");
  return std::unique_ptr<NodeCaller>(std::make_unique<CurlCaller>(handle, settings));
}

}  // namespace vitrine::cluster
