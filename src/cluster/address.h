// The name of a library on a cluster: "opensearch://host:port/name".
#pragma once

#include <string>
#include <string_view>

#include "vitrine/result.h"

namespace vitrine::cluster {

struct Address {
  std::string host;  ///< Lower case; an IPv6 address in brackets.
  int port = 9200;
  std::string name;  ///< Of the library: 1 to 64 of a-z, 0-9, '-' and '_', the first a letter or digit.

  /// "host:port": what the settings file calls the cluster.
  std::string cluster() const { return host + ":" + std::to_string(port); }
  std::string text() const { return "opensearch://" + cluster() + "/" + name; }
};

/// True for what is meant to be a library on a cluster, well-formed or not.
bool IsClusterAddress(std::string_view library);

/// Errors: kInvalidArgument, saying what is missing. A user name or password in the address is refused:
/// others on the machine can read a command line.
Result<Address> ReadAddress(std::string_view library);

/// True for localhost, 127.x.x.x and [::1].
bool IsLoopback(std::string_view host);

}  // namespace vitrine::cluster
