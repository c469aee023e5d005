// A cluster that was found fit to hold a library, and asking it: JSON to and fro, errors in words.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cluster/address.h"
#include "cluster/link.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// The layout of what we keep on a cluster (mapping.h). An index of a larger number was made by a newer
/// Vitrine.
inline constexpr int kFormat = 2;

/// Thread-safe.
class Cluster {
 public:
  /// Looks who answers. Errors: kIo (nobody, or not whom we expect: the message says what to do),
  /// kInvalidArgument (settings), kTimeout, kUnsupported (no OpenSearch, an old one, no k-NN plugin).
  static Result<std::unique_ptr<Cluster>> Open(std::shared_ptr<Link> link, const Address& address);

  const Address& address() const { return address_; }
  /// "3.3.2": the lowest of the nodes'.
  const std::string& version() const { return version_; }

  /// Asks and reads the answer. @param body  JSON, lines of JSON, or empty.
  /// Errors: as Open(), and what the cluster refuses: kNotFound (no such index), kLocked (a write that was to
  /// take the place of what is no longer there), kNoSpace (a disk too full to write to), kTimeout
  /// (overloaded, after tries), kInternal (anything else, with its own words).
  Result<nlohmann::json> Ask(Method method, const std::string& path, const std::string& body = "",
                             std::uint32_t timeout_ms = 30'000) const;

 private:
  Cluster(std::shared_ptr<Link> link, Address address)
      : link_(std::move(link)), address_(std::move(address)) {}
  Status Inspect();

  const std::shared_ptr<Link> link_;
  const Address address_;
  std::string version_;
};

/// What went wrong with an answer, for people and exit codes. REQUIRES: it is no success (2xx).
Error ErrorOf(const Answer& answer, const Address& address);

/// Of the message of a refusal: whether it is a block for lack of disk.
bool IsFloodStage(std::string_view body);

}  // namespace vitrine::cluster
