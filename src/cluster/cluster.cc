#include "cluster/cluster.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

// From which on vectors are searched with filters by the Lucene engine as we ask for it.
constexpr int kLeastMajor = 2, kLeastMinor = 17;
constexpr std::size_t kMostReason = 400;

std::pair<int, int> MajorMinor(const std::string& version) {
  int major = 0, minor = 0;
  const char* end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ptr < end && *first.ptr == '.') std::from_chars(first.ptr + 1, end, minor);
  return {major, minor};
}

std::string TextAt(const Json& json, const char* path) {
  const Json::json_pointer pointer(path);
  return json.contains(pointer) && json[pointer].is_string() ? json[pointer].get<std::string>() : "";
}

// What OpenSearch gives as its reason, cut to what people read.
std::string ReasonOf(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  std::string reason = json.is_object() ? TextAt(json, "/error/root_cause/0/reason") : "";
  if (reason.empty() && json.is_object()) reason = TextAt(json, "/error/reason");
  if (reason.empty() && json.is_object() && json.contains("error") && json["error"].is_string())
    reason = json["error"].get<std::string>();
  if (reason.empty()) reason = body;
  return Printable(CutUtf8(reason, kMostReason));
}

Error TroubleOf(const Answer& answer, const std::string& cluster) {
  switch (answer.trouble) {
    case Trouble::kSettings:
      return Error(Code::kInvalidArgument, answer.body);
    case Trouble::kCertificate:
      return Error(Code::kIo,
                   "the certificate of the cluster " + cluster + " does not hold (" + answer.body +
                       "); nothing was sent. Renew it, or name the authority that signed it in the "
                       "settings (docs/cluster.md)");
    case Trouble::kTimeout:
      return Error(Code::kTimeout,
                   "the cluster " + cluster + " did not answer in time (" + answer.body + ")");
    case Trouble::kNone:
    case Trouble::kUnreachable:
      break;
  }
  return Error(Code::kIo, "no node of the cluster " + cluster + " can be reached (" + answer.body +
                              "); is it running, and are its nodes those of the settings?");
}

}  // namespace

bool IsFloodStage(std::string_view body) {
  return body.find("flood-stage") != std::string_view::npos ||
         body.find("read-only-allow-delete") != std::string_view::npos;
}

Error ErrorOf(const Answer& answer, const Address& address) {
  const std::string cluster = address.cluster();
  if (answer.status == 0) return TroubleOf(answer, cluster);
  if ((answer.status == 403 || answer.status == 429) && IsFloodStage(answer.body)) {
    return Error(Code::kNoSpace,
                 "the cluster " + cluster +
                     " takes no writes: a disk is fuller than its flood stage. Free or add disk; "
                     "OpenSearch then lifts the block itself. What was acknowledged is there");
  }
  if (answer.status == 401) {
    return Error(Code::kIo, "the cluster " + cluster +
                                " refuses the user and password of the settings (401); see docs/cluster.md");
  }
  if (answer.status == 403) {
    return Error(Code::kIo, "the user of the settings may not do this on the cluster " + cluster + ": " +
                                ReasonOf(answer.body));
  }
  if (answer.status == 409) {
    return Error(Code::kLocked, "somebody else changed the library " + Quoted(address.name) +
                                    " on the cluster " + cluster + " at the same moment; do it again");
  }
  if (answer.status == 404 && answer.body.find("index_not_found") != std::string::npos) {
    return Error(Code::kNotFound, "there is no library " + Quoted(address.name) + " on the cluster " +
                                      cluster + " yet; vitrine index and vitrine library copy put one there");
  }
  if (IsOverloaded(answer.status, answer.body)) {
    return Error(Code::kTimeout, "the cluster " + cluster + " is overloaded or has just lost a node (" +
                                     std::to_string(answer.status) + "): " + ReasonOf(answer.body));
  }
  return Error(Code::kInternal, "the cluster " + cluster + " refuses (" + std::to_string(answer.status) +
                                    "): " + ReasonOf(answer.body));
}

Result<std::unique_ptr<Cluster>> Cluster::Open(std::shared_ptr<Link> link, const Address& address) {
  std::unique_ptr<Cluster> cluster(new Cluster(std::move(link), address));
  VITRINE_TRY(cluster->Inspect());
  return cluster;
}

Result<Json> Cluster::Ask(Method method, const std::string& path, const std::string& body,
                          std::uint32_t timeout_ms) const {
  const Answer answer = link_->Ask({.method = method, .path = path, .body = body, .timeout_ms = timeout_ms});
  if (answer.status < 200 || answer.status >= 300) return ErrorOf(answer, address_);
  if (answer.body.empty()) return Json::object();
  Json json = Json::parse(answer.body, nullptr, false);
  if (!json.is_structured()) {
    return Error(Code::kIo, "what answers at " + address_.cluster() + " is no OpenSearch: it sends no JSON");
  }
  return json;
}

Status Cluster::Inspect() {
  VITRINE_TRY_ASSIGN(const Json hello, Ask(Method::kGet, "/", "", 10'000));
  const std::string distribution = TextAt(hello, "/version/distribution");
  version_ = TextAt(hello, "/version/number");
  if (distribution != "opensearch") {
    return Error(
        Code::kUnsupported,
        "what answers at " + address_.cluster() + " is " +
            (version_.empty() ? "no OpenSearch" : "version " + Printable(version_) + " of something else") +
            "; Vitrine keeps libraries on OpenSearch " + std::to_string(kLeastMajor) + "." +
            std::to_string(kLeastMinor) + " or later");
  }
  VITRINE_TRY_ASSIGN(
      const Json nodes,
      Ask(Method::kGet, "/_nodes/plugins?filter_path=nodes.*.name,nodes.*.version,nodes.*.plugins.name", "",
          10'000));
  if (!nodes.contains("nodes") || !nodes["nodes"].is_object()) return {};
  for (const auto& [id, node] : nodes["nodes"].items()) {
    const std::string version = TextAt(node, "/version");
    if (MajorMinor(version) < MajorMinor(version_)) version_ = version;
    const Json plugins = node.contains("plugins") ? node["plugins"] : Json::array();
    const bool has_vectors = std::any_of(plugins.begin(), plugins.end(), [](const Json& plugin) {
      return TextAt(plugin, "/name") == "opensearch-knn";
    });
    if (!has_vectors) {
      return Error(Code::kUnsupported,
                   "the node " + Quoted(TextAt(node, "/name")) + " of the cluster " + address_.cluster() +
                       " has no plugin opensearch-knn, without which no vectors are searched; "
                       "opensearch-plugin install opensearch-knn on each node adds it");
    }
  }
  if (MajorMinor(version_) < std::pair(kLeastMajor, kLeastMinor)) {
    return Error(Code::kUnsupported, "the cluster " + address_.cluster() + " runs OpenSearch " + version_ +
                                         "; Vitrine needs " + std::to_string(kLeastMajor) + "." +
                                         std::to_string(kLeastMinor) + " or later on every node");
  }
  return {};
}

}  // namespace vitrine::cluster
