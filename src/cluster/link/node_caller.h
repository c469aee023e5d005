// Asking one node one question, and asking several until one answers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cluster/link/settings.h"
#include "cluster/wire.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// The seam to the library that speaks HTTP.
class NodeCaller {
 public:
  virtual ~NodeCaller() = default;
  /// One try at one node. Not thread-safe.
  virtual Answer Call(const std::string& node, const Request& request, std::uint32_t timeout_ms) = 0;
};

/// HTTP by libcurl: certificates are verified against the authority or the system's, nothing is redirected,
/// no proxy is asked. Connections are kept. Errors: kInternal (libcurl cannot be started).
Result<std::unique_ptr<NodeCaller>> MakeCurlCaller(const Settings& settings);

/// Time as the tries see it; tests bring their own.
struct Pace {
  std::function<std::uint64_t()> now_ms;
  std::function<void(std::uint64_t)> sleep_ms;
};
Pace RealPace();

/// Asks the nodes in turn, the one that answered last first. Every request that Vitrine makes may be made
/// twice, so a node that is gone, silent or overloaded (IsOverloaded()) is passed over for the next, and
/// after a round of all of them a pause follows that doubles from 100 ms to 3 s, until the request's time is
/// over. A certificate that does not hold ends it at once.
class Tries {
 public:
  Tries(std::vector<std::string> nodes, NodeCaller& caller, Pace pace)
      : nodes_(std::move(nodes)), caller_(caller), pace_(std::move(pace)) {}
  Answer Ask(const Request& request);

 private:
  const std::vector<std::string> nodes_;
  NodeCaller& caller_;
  const Pace pace_;
  std::size_t first_ = 0;
};

}  // namespace vitrine::cluster
