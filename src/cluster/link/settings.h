// Which nodes `vitrine-cluster` may ask, and what it shows them. They stand in a file that only its owner can
// read, or in the environment, never on a command line (docs/cluster.md).
//
//   [photos.example.org:9200]
//   node = https://a.example.org:9200
//   node = https://b.example.org:9200
//   user = vitrine
//   password = ...
//   authority = /etc/vitrine/cluster-ca.pem
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/result.h"

namespace vitrine::cluster {

struct Settings {
  std::vector<std::string> nodes;  ///< "https://host:port", at least one. Plain http for this machine alone.
  std::string user, password;      ///< Both or none.
  std::string authority;           ///< A file of certificates to trust; empty for the system's.
};

/// The environment, as getenv() sees it; null for what is not set.
using Environment = std::function<const char*(const char*)>;

/// The settings of one cluster ("host:port"): those of its section in $VITRINE_CLUSTER_FILE, by default
/// "$XDG_CONFIG_HOME/vitrine/cluster.conf" or "~/.config/vitrine/cluster.conf", with what the environment
/// sets in their place: VITRINE_CLUSTER_NODES (commas between), VITRINE_CLUSTER_USER,
/// VITRINE_CLUSTER_PASSWORD and VITRINE_CLUSTER_AUTHORITY. A cluster on this machine needs no settings.
/// Errors: kInvalidArgument (a line that is none, an address that is refused, no section), kIo (the file may
/// be read by others, or not by us).
Result<Settings> ReadSettings(std::string_view cluster, const Environment& environment);

/// The section of one cluster; empty settings where there is none. Errors: kInvalidArgument, with the line.
Result<Settings> ParseSettings(std::string_view text, std::string_view cluster);

/// https, or http from this machine; a host, no user name, no path. Errors: kInvalidArgument.
Status CheckNode(std::string_view node);

}  // namespace vitrine::cluster
