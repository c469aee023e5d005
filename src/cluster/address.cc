#include "cluster/address.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"

namespace vitrine::cluster {
namespace {

constexpr std::string_view kScheme = "opensearch://";
constexpr std::size_t kLongestName = 64;

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && IsLetterOrDigit(name.front()) &&
         std::ranges::all_of(name, [](char c) { return IsLetterOrDigit(c) || c == '-' || c == '_'; });
}

bool IsHost(std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || host.size() < 4) return false;
    return std::ranges::all_of(host.substr(1, host.size() - 2),
                               [](char c) { return IsLetterOrDigit(c) || c == ':' || c == '.'; });
  }
  return !host.empty() &&
         std::ranges::all_of(host, [](char c) { return IsLetterOrDigit(c) || c == '-' || c == '.'; });
}

}  // namespace

bool IsClusterAddress(std::string_view library) { return library.starts_with(kScheme); }

Result<Address> ReadAddress(std::string_view library) {
  const auto refuse = [&](const char* why) {
    // What may hold a password is not repeated.
    return Error(Code::kInvalidArgument,
                 std::string("a library on a cluster is named opensearch://host:port/name: ") + why);
  };
  if (!IsClusterAddress(library)) return refuse("this is none");
  std::string rest(library.substr(kScheme.size()));
  const std::size_t slash = rest.find('/');
  const std::string authority = rest.substr(0, slash);
  if (authority.find('@') != std::string::npos) {
    return refuse(
        "users and passwords stand in the settings file (docs/cluster.md), not on the command line");
  }
  Address address;
  address.name = slash == std::string::npos ? "" : rest.substr(slash + 1);
  if (address.name.ends_with('/')) address.name.pop_back();
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  address.host = has_port ? authority.substr(0, colon) : authority;
  std::ranges::transform(address.host, address.host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  if (!IsHost(address.host)) return refuse("the host is none");
  if (has_port) {
    const std::string port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc() || end != port.data() + port.size() || address.port < 1 || address.port > 65535)
      return refuse("the port is none of 1 to 65535");
  }
  if (!IsName(address.name)) {
    return refuse("the name has 1 to 64 of a-z, 0-9, '-' and '_', the first a letter or digit");
  }
  return address;
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") &&
          std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }));
}

}  // namespace vitrine::cluster
