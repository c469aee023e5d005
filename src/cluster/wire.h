// What `vitrine` and `vitrine-cluster` say to each other over their socket: a request, then its answer, one
// after the other. Both run on one machine from one build, so numbers lie in memory order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::cluster {

/// The descriptor on which `vitrine-cluster` finds its socket.
inline constexpr int kLinkFd = 3;

enum class Method : std::uint32_t { kGet, kPut, kPost, kDelete };

/// How the question ended when no node gave an answer.
enum class Trouble : std::uint32_t {
  kNone,         ///< A node answered; see the status.
  kSettings,     ///< No node may be asked: the settings are missing, open to others, or make no sense.
  kUnreachable,  ///< No node could be connected to, or all broke off.
  kCertificate,  ///< TLS: the certificate is expired, of another host, or signed by somebody unknown.
  kTimeout,      ///< Nodes were connected to and did not answer in time.
};

struct Request {
  Method method = Method::kGet;
  std::string path;  ///< Begins with '/'.
  std::string body;  ///< Lines of JSON for a path that ends with "_bulk" or "_msearch", else JSON or empty.
  std::uint32_t timeout_ms = 30'000;  ///< For all tries together.
};

struct Answer {
  std::uint32_t status = 0;  ///< Of HTTP; 0 where no node answered.
  Trouble trouble = Trouble::kNone;
  std::string body;  ///< What the node said; without one, why not, in words.
};

/// Whether an answer says that the cluster could not do it just now, and may when it is asked again: too busy
/// (429, 502, 503, 504), or the node that was asked lost another one under way (500, by the names of
/// OpenSearch's exceptions).
bool IsOverloaded(std::uint32_t status, std::string_view body);

/// Bodies larger than this are taken for a mistake.
inline constexpr std::uint64_t kMostBodyBytes = std::uint64_t{256} << 20;

/// Each writes or reads one whole message. False (empty) when the other side is gone or talks nonsense.
bool Send(int socket, const Request& request);
bool Send(int socket, const Answer& answer);
std::optional<Request> ReceiveRequest(int socket);
std::optional<Answer> ReceiveAnswer(int socket);

}  // namespace vitrine::cluster
