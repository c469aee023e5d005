#include "cluster/link/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/address.h"

namespace vitrine::cluster {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string Set(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? "" : value;
}

std::string FileOf(const Environment& environment) {
  if (std::string named = Set(environment, "VITRINE_CLUSTER_FILE"); !named.empty()) return named;
  const std::string config = Set(environment, "XDG_CONFIG_HOME");
  const std::string folder = config.starts_with('/') ? config : JoinPath(Set(environment, "HOME"), ".config");
  return JoinPath(folder, "vitrine/cluster.conf");
}

// The text of the file; empty where there is none. Checked on the open file, so that what is read is what was
// looked at.
Result<std::string> ReadPrivateFile(const std::string& file) {
  const UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd && errno == ENOENT) return std::string();
  struct stat status{};
  if (!fd || fstat(fd.get(), &status) != 0) return ErrnoError("cannot read", file, errno);
  if (!S_ISREG(status.st_mode)) return Error(Code::kIo, Quoted(file) + " is no regular file");
  if ((status.st_mode & kOthers) != 0) {
    return Error(Code::kIo, "others may read " + Quoted(file) +
                                ", which holds a password; nothing is sent before you have run: chmod 600 " +
                                Quoted(file));
  }
  if (status.st_uid != geteuid()) {
    return Error(Code::kIo, Quoted(file) + " belongs to somebody else; what it says is not believed");
  }
  return ReadAll(fd.get());
}

void SplitNodes(std::string_view list, std::vector<std::string>& nodes) {
  nodes.clear();
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const std::string_view node = Trimmed(list.substr(0, comma)); !node.empty()) nodes.emplace_back(node);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

void TakeEnvironment(const Environment& environment, Settings& settings) {
  if (const std::string nodes = Set(environment, "VITRINE_CLUSTER_NODES"); !nodes.empty())
    SplitNodes(nodes, settings.nodes);
  const auto take = [&](const char* name, std::string& value) {
    if (std::string set = Set(environment, name); !set.empty()) value = std::move(set);
  };
  take("VITRINE_CLUSTER_USER", settings.user);
  take("VITRINE_CLUSTER_PASSWORD", settings.password);
  take("VITRINE_CLUSTER_AUTHORITY", settings.authority);
}

Status Keep(std::string_view name, std::string_view value, Settings& settings) {
  if (name == "node") {
    settings.nodes.emplace_back(value);
  } else if (name == "user") {
    settings.user = value;
  } else if (name == "password") {
    settings.password = value;
  } else if (name == "authority") {
    settings.authority = value;
  } else {
    return Error(Code::kInvalidArgument, Quoted(name) + " is none of node, user, password and authority");
  }
  return {};
}

}  // namespace

Status CheckNode(std::string_view node) {
  const auto refuse = [&](const char* why) {
    return Error(Code::kInvalidArgument, "the node " + Quoted(node) + " is refused: " + why);
  };
  const bool tls = node.starts_with("https://");
  if (!tls && !node.starts_with("http://")) return refuse("it does not begin with https://");
  const std::string_view authority = node.substr(tls ? 8 : 7);
  if (authority.find('@') != std::string_view::npos) {
    return refuse("a user name has a line of its own, user = NAME");
  }
  const auto address = ReadAddress("opensearch://" + std::string(authority) + "/x");
  if (!address || authority.find('/') != std::string_view::npos) return refuse("it is no host:port");
  if (!tls && !IsLoopback(address->host)) {
    return refuse("without TLS others on the network read the password and your pictures' names; use https");
  }
  return {};
}

Result<Settings> ParseSettings(std::string_view text, std::string_view cluster) {
  Settings settings;
  bool inside = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const auto refuse = [&](const std::string& why) {
      return Error(Code::kInvalidArgument, "line " + std::to_string(number) + ": " + why);
    };
    if (line.starts_with('[')) {
      if (!line.ends_with(']')) return refuse("a section begins with [host:port]");
      inside = line.substr(1, line.size() - 2) == cluster;
      continue;
    }
    const std::size_t equals = line.find('=');
    // The line itself may hold a password.
    if (equals == std::string_view::npos) return refuse("neither [host:port] nor name = value");
    if (!inside) continue;
    if (Status kept = Keep(Trimmed(line.substr(0, equals)), Trimmed(line.substr(equals + 1)), settings);
        !kept)
      return refuse(kept.error().message());
  }
  return settings;
}

Result<Settings> ReadSettings(std::string_view cluster, const Environment& environment) {
  const std::string file = FileOf(environment);
  VITRINE_TRY_ASSIGN(const std::string text, ReadPrivateFile(file));
  auto parsed = ParseSettings(text, cluster);
  if (!parsed) return std::move(parsed).error().Annotate(Quoted(file));
  Settings settings = *std::move(parsed);
  TakeEnvironment(environment, settings);
  if (settings.nodes.empty()) {
    VITRINE_TRY_ASSIGN(const Address address, ReadAddress("opensearch://" + std::string(cluster) + "/x"));
    if (!IsLoopback(address.host)) {
      return Error(Code::kInvalidArgument, "no connection is made to " + std::string(cluster) + " before " +
                                               Quoted(file) + " names it: write a section [" +
                                               std::string(cluster) + "] with a line node = https://" +
                                               std::string(cluster) +
                                               " and perhaps user, password and authority, and chmod 600 it");
    }
    settings.nodes.push_back("http://" + std::string(cluster));
  }
  for (const std::string& node : settings.nodes) VITRINE_TRY(CheckNode(node));
  if (settings.user.empty() != settings.password.empty()) {
    return Error(Code::kInvalidArgument, "a user needs a password and a password a user");
  }
  return settings;
}

}  // namespace vitrine::cluster
