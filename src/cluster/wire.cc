#include "cluster/wire.h"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <span>

namespace vitrine::cluster {
namespace {

constexpr std::uint64_t kMostPathBytes = 64 << 10;
constexpr std::array<std::string_view, 3> kLostNodes = {
    "node_not_connected_exception", "node_disconnected_exception", "connect_transport_exception"};

// Four numbers before the two texts of either message.
struct Head {
  std::uint32_t first = 0, second = 0;
  std::uint64_t path_bytes = 0, body_bytes = 0;
};

bool SendAll(int socket, const void* data, std::size_t bytes) {
  const char* at = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t sent = send(socket, at, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool ReceiveAll(int socket, void* data, std::size_t bytes) {
  char* at = static_cast<char*>(data);
  while (bytes > 0) {
    const ssize_t got = recv(socket, at, bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

bool SendMessage(int socket, const Head& head, std::string_view path, std::string_view body) {
  return SendAll(socket, &head, sizeof head) && SendAll(socket, path.data(), path.size()) &&
         SendAll(socket, body.data(), body.size());
}

bool ReceiveMessage(int socket, Head& head, std::string& path, std::string& body) {
  if (!ReceiveAll(socket, &head, sizeof head)) return false;
  if (head.path_bytes > kMostPathBytes || head.body_bytes > kMostBodyBytes) return false;
  path.resize(head.path_bytes);
  body.resize(head.body_bytes);
  return ReceiveAll(socket, path.data(), path.size()) && ReceiveAll(socket, body.data(), body.size());
}

}  // namespace

bool Send(int socket, const Request& request) {
  return SendMessage(socket,
                     {.first = static_cast<std::uint32_t>(request.method),
                      .second = request.timeout_ms,
                      .path_bytes = request.path.size(),
                      .body_bytes = request.body.size()},
                     request.path, request.body);
}

bool Send(int socket, const Answer& answer) {
  return SendMessage(socket,
                     {.first = answer.status,
                      .second = static_cast<std::uint32_t>(answer.trouble),
                      .path_bytes = 0,
                      .body_bytes = answer.body.size()},
                     "", answer.body);
}

std::optional<Request> ReceiveRequest(int socket) {
  Head head;
  Request request;
  if (!ReceiveMessage(socket, head, request.path, request.body)) return std::nullopt;
  if (head.first > static_cast<std::uint32_t>(Method::kDelete) || !request.path.starts_with('/'))
    return std::nullopt;
  request.method = static_cast<Method>(head.first);
  request.timeout_ms = head.second;
  return request;
}

bool IsOverloaded(std::uint32_t status, std::string_view body) {
  if (status == 429 || status == 502 || status == 503 || status == 504) return true;
  return status == 500 &&
         std::ranges::any_of(kLostNodes, [&](std::string_view name) { return body.find(name) != body.npos; });
}

std::optional<Answer> ReceiveAnswer(int socket) {
  Head head;
  Answer answer;
  std::string no_path;
  if (!ReceiveMessage(socket, head, no_path, answer.body)) return std::nullopt;
  if (head.second > static_cast<std::uint32_t>(Trouble::kTimeout)) return std::nullopt;
  answer.status = head.first;
  answer.trouble = static_cast<Trouble>(head.second);
  return answer;
}

}  // namespace vitrine::cluster
