#include "fetch/address.h"

#include <algorithm>

#include "base/utf8.h"

namespace vitrine::fetch {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

// "host:port" of an address that begins with `scheme`; empty when it does not.
std::string_view AuthorityOf(std::string_view address, std::string_view scheme) {
  if (!address.starts_with(scheme)) return {};
  address.remove_prefix(scheme.size());
  return address.substr(0, address.find_first_of("/?#"));
}

std::string_view HostOf(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

bool IsPlain(std::string_view address) {
  return std::all_of(address.begin(), address.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

}  // namespace

bool IsLoopbackHttp(std::string_view address) {
  const std::string_view authority = AuthorityOf(address, kHttp);
  if (authority.find('@') != std::string_view::npos) return false;
  const std::string_view host = HostOf(authority);
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

Status CheckAddress(std::string_view address) {
  const auto refuse = [&](const char* why) {
    return Error(Code::kInvalidArgument, "the address " + Quoted(address) + " is refused: " + why);
  };
  if (!IsPlain(address)) return refuse("it holds characters that no address has");
  if (IsLoopbackHttp(address)) return {};
  if (address.starts_with(kHttp)) return refuse("plain http is for this machine alone; use https");
  const std::string_view authority = AuthorityOf(address, kHttps);
  if (authority.find('@') != std::string_view::npos) return refuse("it holds a user name");
  if (HostOf(authority).empty()) return refuse("it is no https address");
  return {};
}

Status CheckRedirect(std::string_view from, std::string_view to) {
  const bool leaves_the_web = IsLoopbackHttp(to) && !IsLoopbackHttp(from);
  if (!leaves_the_web && CheckAddress(to)) return {};
  return Error(Code::kModel, Quoted(from) + " sends on to " + Quoted(to) +
                                 ", which is refused: only https may follow, and plain http only within this "
                                 "machine");
}

std::string AddressOf(std::string_view base, std::string_view path) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string address(base);
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsUnreserved(c)) {
      address += c;
    } else {
      address += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return address;
}

}  // namespace vitrine::fetch
