#include "cluster/shared_documents.h"

#include <chrono>
#include <random>
#include <thread>

#include "base/try.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kTimeoutMs = 60'000;

Version VersionOf(const Json& document) {
  return {.seq_no = document.at("_seq_no").get<std::int64_t>(),
          .primary_term = document.at("_primary_term").get<std::int64_t>()};
}

bool HasNoIndex(const Json& error) { return error.dump().find("index_not_found") != std::string::npos; }

}  // namespace

void GiveWay() {
  std::random_device random;
  std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 200));
}

// A try that timed out may have made it all the same, and so may somebody else.
Status SharedDocuments::Ensure(const Json& body) const {
  const std::string path = "/" + index_;
  if (cluster_.Ask(Method::kGet, path + "/_mapping")) return {};
  auto made = cluster_.Ask(Method::kPut, path + "?wait_for_active_shards=1", body.dump(), kTimeoutMs);
  if (!made && !cluster_.Ask(Method::kGet, path + "/_mapping")) return std::move(made).error();
  return {};
}

Result<std::vector<SharedDocument>> SharedDocuments::Read(std::span<const std::string> ids) const {
  const Json body = {{"ids", std::vector<std::string>(ids.begin(), ids.end())}};
  const auto answer = cluster_.Ask(Method::kPost, "/" + index_ + "/_mget", body.dump(), kTimeoutMs);
  std::vector<SharedDocument> documents;
  if (!answer && answer.error().code() == Code::kNotFound) return documents;
  if (!answer) return answer.error();
  for (const Json& document : answer->value("docs", Json::array())) {
    if (document.value("found", false)) {
      documents.push_back({.id = document.at("_id").get<std::string>(),
                           .source = document.at("_source"),
                           .version = VersionOf(document)});
    } else if (document.contains("error") && !HasNoIndex(document["error"])) {
      return Error(Code::kIo, "a shard of the cluster " + cluster_.address().cluster() +
                                  " does not answer; vitrine doctor says which. Try again when it is green");
    }
  }
  return documents;
}

Result<std::optional<SharedDocument>> SharedDocuments::Read(const std::string& id) const {
  VITRINE_TRY_ASSIGN(std::vector<SharedDocument> documents, Read(std::span(&id, 1)));
  return documents.empty() ? std::nullopt : std::optional(std::move(documents.front()));
}

Result<std::optional<Version>> SharedDocuments::Replace(const std::string& id, const Json& source,
                                                        const Version& upon, SeenBySearches seen) const {
  std::string path = "/" + index_ + (upon.exists() ? "/_doc/" : "/_create/") + id + "?";
  if (upon.exists()) {
    path += "if_seq_no=" + std::to_string(upon.seq_no) +
            "&if_primary_term=" + std::to_string(upon.primary_term) + "&";
  }
  path += seen == SeenBySearches::kAtOnce ? "refresh=true" : "refresh=false";
  const auto written = cluster_.Ask(Method::kPut, path, source.dump(), kTimeoutMs);
  if (written) return std::optional(VersionOf(*written));
  if (written.error().code() != Code::kLocked) return written.error();
  // An answer that was lost on its way is asked for again, and the second time we stand in our own way.
  VITRINE_TRY_ASSIGN(const std::optional<SharedDocument> now, Read(id));
  return now && now->source == source ? std::optional(now->version) : std::nullopt;
}

}  // namespace vitrine::cluster
