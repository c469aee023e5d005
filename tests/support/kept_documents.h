// Indexes of a cluster, in memory: documents under ids, each with the sequence number of its last write, read
// by many or one, and written only upon what was read where that is asked for.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "cluster/cluster.h"
#include "cluster/link.h"

namespace vitrine {

/// Thread-safe.
class KeptDocuments {
 public:
  using Json = nlohmann::json;
  struct Document {
    Json source;
    std::int64_t seq_no = 0;
  };

  cluster::Answer Serve(const cluster::Request& request) {
    const std::lock_guard lock(mutex_);
    if (request.path == "/")
      return Says(200, {{"version", {{"distribution", "opensearch"}, {"number", "3.3.2"}}}});
    if (request.path.starts_with("/_nodes")) return Says(200, Json::object());
    const std::string path = request.path.substr(1, request.path.find('?') - 1);
    const std::size_t slash = path.find('/');
    const std::string index = path.substr(0, slash);
    const std::string what = slash == std::string::npos ? "" : path.substr(slash + 1);
    if (what.empty() && request.method == cluster::Method::kPut) return Says(200, Json::object());
    if (what == "_refresh") return Says(200, Json::object());
    if (what == "_mget") return GetMany(indexes_[index], Json::parse(request.body));
    if (what == "_bulk") return WriteMany(indexes_[index], request.body);
    ADD_FAILURE() << "a request that the stand-in does not know: " << request.path;
    return Says(400, Json::object());
  }

  std::map<std::string, Document> Of(const std::string& index) {
    const std::lock_guard lock(mutex_);
    return indexes_[index];
  }
  void Put(const std::string& index, const std::string& id, Json source) {
    const std::lock_guard lock(mutex_);
    indexes_[index][id] = {.source = std::move(source), .seq_no = ++written_};
  }

  static cluster::Answer Says(std::uint32_t status, const Json& json) {
    return {.status = status, .trouble = cluster::Trouble::kNone, .body = json.dump()};
  }

 private:
  using Index = std::map<std::string, Document>;

  static cluster::Answer GetMany(const Index& index, const Json& body) {
    Json documents = Json::array();
    std::vector<std::string> ids = body.value("ids", std::vector<std::string>());
    for (const Json& one : body.value("docs", Json::array())) ids.push_back(one.at("_id"));
    for (const std::string& id : ids) {
      const auto at = index.find(id);
      Json document = {{"_id", id}, {"found", at != index.end()}};
      if (at != index.end()) {
        document["_source"] = at->second.source;
        document["_seq_no"] = at->second.seq_no;
        document["_primary_term"] = 1;
      }
      documents.push_back(std::move(document));
    }
    return Says(200, {{"docs", std::move(documents)}});
  }

  cluster::Answer WriteMany(Index& index, std::string_view lines) {
    const auto next = [&] {
      const std::size_t end = lines.find('\n');
      const Json json = Json::parse(lines.substr(0, end));
      lines.remove_prefix(end + 1);
      return json;
    };
    Json items = Json::array();
    while (!lines.empty()) {
      const Json action = next();
      const std::string kind = action.begin().key();
      const Json& of = action.begin().value();
      const Json source = kind == "delete" ? Json() : next();
      const int status = Write(index, kind, of, source);
      items.push_back({{kind, {{"status", status}, {"_seq_no", written_}, {"_primary_term", 1}}}});
    }
    return Says(200, {{"items", std::move(items)}});
  }

  int Write(Index& index, const std::string& kind, const Json& of, const Json& source) {
    const std::string id = of.at("_id").get<std::string>();
    const auto at = index.find(id);
    const bool there = at != index.end();
    if (kind == "create" && there) return 409;
    if (of.contains("if_seq_no") && (!there || at->second.seq_no != of["if_seq_no"].get<std::int64_t>()))
      return 409;
    if (kind == "delete") return index.erase(id) > 0 ? 200 : 404;
    index[id] = {.source = source, .seq_no = ++written_};
    return there ? 200 : 201;
  }

  std::mutex mutex_;
  std::map<std::string, Index> indexes_;
  std::int64_t written_ = 0;
};

/// One machine's way to the documents: a socket, and a thread that answers.
class WayToDocuments {
 public:
  /// Sees each request first, and may answer in place of the documents.
  using Hook = std::function<std::optional<cluster::Answer>(const cluster::Request&)>;

  explicit WayToDocuments(KeptDocuments& documents, Hook hook = nullptr) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    link_ = std::make_shared<cluster::Link>(UniqueFd(pair[0]));
    thread_ = std::thread([&documents, hook = std::move(hook), socket = pair[1]] {
      const UniqueFd ours(socket);
      while (const auto request = cluster::ReceiveRequest(socket)) {
        const auto answer = hook ? hook(*request) : std::nullopt;
        if (!cluster::Send(socket, answer ? *answer : documents.Serve(*request))) break;
      }
    });
    cluster_ = cluster::Cluster::Open(link_, {.host = "127.0.0.1", .port = 9200, .name = "a"}).value();
  }
  WayToDocuments(const WayToDocuments&) = delete;
  ~WayToDocuments() {
    cluster_.reset();
    link_.reset();
    thread_.join();
  }

  const cluster::Cluster& cluster() const { return *cluster_; }

 private:
  std::shared_ptr<cluster::Link> link_;
  std::thread thread_;
  std::unique_ptr<cluster::Cluster> cluster_;
};

}  // namespace vitrine
