#include "server/app.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/file.h"
#include "base/hash.h"
#include "server/limits.h"
#include "server/pages.h"
#include "server/reply.h"

namespace vitrine::server {
namespace {

constexpr char kContentPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src "
    "'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

Response Words(int status, const std::string& title, const std::string& text) {
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + title +
                  " - Vitrine</title><h1>" + title + "</h1><p>" + text + "</p></html>\n";
  return response;
}

bool IsApi(const Request& request) { return request.path.starts_with("/api/"); }

Response Refusal(const Request& request, int status, const std::string& code, const std::string& title,
                 const std::string& text) {
  return IsApi(request) ? Problem(status, code, text) : Words(status, title, text);
}

// Places inside the application: the same page, which looks at its address itself.
bool IsPlaceOfTheApp(std::string_view path) {
  if (path == "/duplicates" || path == "/boards" || path == "/activity") return true;
  constexpr std::string_view kBoards = "/boards/";
  if (!path.starts_with(kBoards)) return false;
  const std::string_view id = path.substr(kBoards.size());
  return id.size() == 16 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

const Page* PageAt(std::string_view path) {
  return FindPage(path == "/" || IsPlaceOfTheApp(path) ? "/index.html" : path);
}

Response PageResponse(const Request& request) {
  const Page* page = PageAt(request.path);
  if (page == nullptr)
    return Words(404, "Nothing here", "There is no such page. <a href=\"/\">To the gallery</a>");
  Response response;
  response.content_type = page->content_type;
  response.Set("ETag", std::string(page->etag));
  response.Set("Cache-Control", page->immutable ? "private, max-age=31536000, immutable" : "no-cache");
  if (page->gzipped) response.Set("Content-Encoding", "gzip");
  if (request.Header("if-none-match") == page->etag) {
    response.status = 304;
    return response;
  }
  response.page = {reinterpret_cast<const char*>(page->body.data()), page->body.size()};
  return response;
}

bool Lacks(const Library& library, const Route& route) {
  const auto lacks = library.Lacks();
  return std::ranges::find(lacks, route.part) != lacks.end();
}

Response NotInThisLibrary() {
  return Problem(501, "not_answered",
                 "a library on a cluster does not answer this; one on this machine does");
}

std::optional<Response> CheckRange(const Request& request) {
  const std::string_view range = request.Header("range");
  if (request.HeaderCount("range") <= 1 && range.size() <= kMaxRangeHeader &&
      range.find_first_not_of("bytes=0123456789-") == std::string_view::npos) {
    return std::nullopt;
  }
  return Problem(416, "invalid_argument", "at most one range can be asked for");
}

}  // namespace

App::App(Auth& auth, Library& library, Models& models, std::string scratch_folder)
    : auth_(auth), library_(library), models_(models), scratch_folder_(std::move(scratch_folder)) {}

std::optional<Response> App::AtTheDoor(const Request& request) const {
  if (!request.path.starts_with('/'))
    return Problem(400, "invalid_argument", "the address must begin with a /");
  const Door door = auth_.Check(request);
  if (door == Door::kWrongHost) {
    return Problem(403, "forbidden", "this request was made for another server; open " + auth_.url());
  }
  if (door == Door::kWrongOrigin) {
    return Problem(
        403, "forbidden",
        "this request comes from another site; changes need an Origin header that says " + auth_.url());
  }
  if (request.path == "/launch" && request.method == "GET") return std::nullopt;
  if (door == Door::kNoSession) {
    return Refusal(request, 401, "unauthorised", "Open the link from the terminal",
                   "This page belongs to whoever started it. Open the address that vitrine serve printed; it "
                   "works once. Start vitrine serve again for a new one.");
  }
  if (auto refused = CheckRange(request)) return refused;
  if (!IsApi(request)) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (!reads) return Problem(405, "invalid_argument", "pages can only be read");
    return std::nullopt;
  }
  const Routed routed = FindRoute(request.method, request.path);
  if (routed.route == nullptr) {
    Response response =
        Problem(routed.status, routed.status == 404 ? "not_found" : "invalid_argument",
                routed.status == 405   ? "this address takes " + routed.allow
                : routed.status == 404 ? "there is no such address; /api/v1/openapi.json lists them"
                                       : "the address holds a broken % escape");
    if (!routed.allow.empty()) response.Set("Allow", routed.allow);
    return response;
  }
  const std::string_view type = request.Header("content-type");
  const bool is_json = type == "application/json" || type.starts_with("application/json;");
  const bool is_bytes =
      type == "application/octet-stream" || type.starts_with("image/") || type == "application/zip";
  if (routed.route->body == BodyKind::kJson && !is_json) {
    return Problem(415, "unsupported", "the body must be of Content-Type application/json");
  }
  if ((routed.route->body == BodyKind::kPicture || routed.route->body == BodyKind::kFile) && !is_bytes) {
    return Problem(415, "unsupported",
                   "the body must be of Content-Type application/octet-stream or image/*");
  }
  return std::nullopt;
}

const Route* App::RouteOf(const Request& request) { return FindRoute(request.method, request.path).route; }

Response App::Handle(Request request) {
  Response response;
  if (request.path == "/launch") {
    if (auth_.Launch(request.Query("key"))) {
      response.status = 303;
      response.Set("Location", "/");
      response.Set("Set-Cookie", auth_.Cookie());
    } else if (auth_.HasSession(request)) {
      response.status = 303;
      response.Set("Location", "/");
    } else {
      response =
          Words(403, "This link was used already",
                "It opens once, so that nobody else can use it. Start vitrine serve again for a new one.");
    }
  } else if (!IsApi(request)) {
    response = PageResponse(request);
  } else {
    const Routed routed = FindRoute(request.method, request.path);
    request.parts = routed.parts;
    response = Lacks(library_, *routed.route) ? NotInThisLibrary() : routed.route->handler(*this, request);
  }
  return response;
}

void App::Stop() {
  events_.Close();
  jobs_.StopAll();
}

void App::Changed() {
  std::uint64_t version = 0;
  {
    const std::lock_guard lock(mutex_);
    version = ++changes_;
  }
  events_.Publish("library", "{\"version\":" + std::to_string(version) + "}");
}

std::string App::ScratchFile(const std::string& suffix) {
  const std::lock_guard lock(mutex_);
  return JoinPath(scratch_folder_, std::to_string(++scratch_files_) + suffix);
}

Result<Download> App::Offer(Download download) {
  std::array<std::uint8_t, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return Error(Code::kInternal, "the system gives no random bytes");
  }
  download.token = Hex(bytes);
  const std::lock_guard lock(mutex_);
  downloads_.push_back(download);
  while (downloads_.size() > kMaxDownloads) {
    std::remove(downloads_.front().path.c_str());
    downloads_.pop_front();
  }
  return download;
}

Result<Download> App::Fetch(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  for (const Download& download : downloads_) {
    if (EqualInConstantTime(download.token, token)) return download;
  }
  return Error(Code::kNotFound, "this download is gone; export the board again");
}

std::shared_ptr<const DuplicateReport> App::duplicates() const {
  const std::lock_guard lock(mutex_);
  return duplicates_;
}

void App::KeepDuplicates(DuplicateReport report) {
  const std::lock_guard lock(mutex_);
  duplicates_ = std::make_shared<const DuplicateReport>(std::move(report));
}

void AddSafetyHeaders(Response& response) {
  bool has_cache_rule = false, has_policy = false;
  for (const auto& [name, value] : response.headers) {
    has_cache_rule = has_cache_rule || name == "Cache-Control";
    has_policy = has_policy || name == "Content-Security-Policy";
  }
  if (!has_policy) response.Set("Content-Security-Policy", kContentPolicy);
  if (!has_cache_rule) response.Set("Cache-Control", "no-store");
  response.Set("X-Content-Type-Options", "nosniff");
  response.Set("X-Frame-Options", "DENY");
  response.Set("Referrer-Policy", "no-referrer");
  response.Set("Cross-Origin-Resource-Policy", "same-origin");
  response.Set("Cross-Origin-Opener-Policy", "same-origin");
  response.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}

}  // namespace vitrine::server
