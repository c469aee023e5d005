// A cluster in a thread: answers over a socket what src/cluster asks, from documents in memory.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/oklab.h"
#include "cluster/cluster.h"
#include "cluster/link.h"
#include "support/stand_in_store.h"

namespace vitrine {

class StandInCluster {
 public:
  using Document = StandInQuery::Document;
  static inline const cluster::Address kAddress = {.host = "127.0.0.1", .port = 9200, .name = "a"};
  /// Sees each request before it is served, and may answer in its place.
  using Hook = std::function<std::optional<cluster::Answer>(const cluster::Request&)>;

  explicit StandInCluster(const std::vector<Document>& documents)
      : StandInCluster(std::make_shared<StandInStore>(documents)) {}
  /// One more way to the same documents.
  explicit StandInCluster(std::shared_ptr<StandInStore> store, Hook hook = nullptr)
      : store_(std::move(store)), hook_(std::move(hook)) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    link_ = std::make_shared<cluster::Link>(UniqueFd(pair[0]));
    thread_ = std::thread([this, socket = pair[1]] {
      const UniqueFd ours(socket);
      while (const auto request = cluster::ReceiveRequest(socket)) {
        if (!cluster::Send(socket, Serve(*request))) break;
      }
    });
  }
  ~StandInCluster() {
    link_.reset();
    thread_.join();
  }

  std::unique_ptr<cluster::Cluster> Open() { return cluster::Cluster::Open(link_, kAddress).value(); }
  const std::shared_ptr<cluster::Link>& link() const { return link_; }

  const std::shared_ptr<StandInStore>& store() const { return store_; }
  void set_missing(int shards) { store_->set_missing(shards); }
  void set_hook(Hook hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
  }

  static bool Holds(const nlohmann::json& filter, const Document& document) {
    return StandInQuery::Holds(filter, document);
  }

 private:
  cluster::Answer Serve(const cluster::Request& request) {
    Hook hook;
    {
      const std::lock_guard lock(mutex_);
      hook = hook_;
    }
    const auto answer = hook ? hook(request) : std::nullopt;
    return answer ? *answer : store_->Serve(request);
  }

  const std::shared_ptr<StandInStore> store_;
  std::mutex mutex_;
  Hook hook_;
  std::shared_ptr<cluster::Link> link_;
  std::thread thread_;
};

}  // namespace vitrine
