#include "server/head.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "server/limits.h"

namespace vitrine::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kLineEnd = "\r\n", kHeadEnd = "\r\n\r\n";
constexpr std::chrono::milliseconds kBetweenLooks{100};

bool IsTokenByte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(byte) != std::string_view::npos;
}

bool IsControl(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return (value < 0x20 && byte != '\t') || value == 0x7f;
}

std::string_view Trimmed(std::string_view text) {
  const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// At most one length, in digits; or chunks; never both.
bool HasClearLength(const Headers& headers) {
  std::size_t lengths = 0, codings = 0;
  for (const auto& [name, value] : headers) {
    if (name == "content-length") {
      ++lengths;
      if (value.empty() || value.size() > 18) return false;
      if (value.find_first_not_of("0123456789") != std::string::npos) return false;
    } else if (name == "transfer-encoding") {
      ++codings;
      if (value != "chunked") return false;
    }
  }
  return lengths + codings <= 1;
}

}  // namespace

bool Head::has_body() const {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return header.first == "content-length" || header.first == "transfer-encoding";
  });
}

Head ParseHead(std::string_view text) {
  Head head;
  std::size_t end = text.find(kLineEnd);
  if (end > kMaxTargetBytes) return {.status = 414};
  if (std::any_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), IsControl))
    return {.status = 400};
  text.remove_prefix(end + kLineEnd.size());
  while (!text.starts_with(kLineEnd)) {
    end = text.find(kLineEnd);
    if (end == std::string_view::npos) return {.status = 400};
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return {.status = 400};
    std::string name(line.substr(0, colon));
    const std::string_view value = Trimmed(line.substr(colon + 1));
    if (!std::all_of(name.begin(), name.end(), IsTokenByte)) return {.status = 400};
    if (std::any_of(value.begin(), value.end(), IsControl)) return {.status = 400};
    if (head.headers.size() == kMaxHeaders) return {.status = 431};
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return std::tolower(letter); });
    head.headers.emplace_back(std::move(name), value);
    text.remove_prefix(end + kLineEnd.size());
  }
  if (!HasClearLength(head.headers)) return {.status = 400};
  return head;
}

Head ReadHead(int socket, std::chrono::milliseconds patience, const std::function<bool()>& ending) {
  const Clock::time_point until = Clock::now() + patience;
  std::string bytes;
  std::array<char, 4096> piece{};
  while (true) {
    if (ending() || Clock::now() >= until) return {.status = -1};
    pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, static_cast<int>(kBetweenLooks.count())) <= 0) continue;
    const ssize_t got = recv(socket, piece.data(), piece.size(), 0);
    if (got <= 0) return {.status = -1};
    const std::size_t looked = bytes.size() < kHeadEnd.size() ? 0 : bytes.size() - kHeadEnd.size();
    bytes.append(piece.data(), static_cast<std::size_t>(got));
    const std::size_t end = bytes.find(kHeadEnd, looked);
    if (end != std::string::npos && end <= kMaxHeadBytes) {
      Head head = ParseHead(std::string_view(bytes).substr(0, end + kHeadEnd.size()));
      head.is_alone = bytes.size() == end + kHeadEnd.size();
      head.bytes = std::move(bytes);
      return head;
    }
    if (bytes.size() > kMaxHeadBytes) return {.status = bytes.find(kLineEnd) > kMaxTargetBytes ? 414 : 431};
  }
}

}  // namespace vitrine::server
