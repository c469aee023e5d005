// The client against something that answers over its socket as a cluster would, or would not.
#include "cluster/cluster.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "cluster/bulk.h"
#include "cluster/mapping.h"

namespace vitrine::cluster {
namespace {

constexpr char kHello[] = R"({"version":{"distribution":"opensearch","number":"3.3.2"}})";
constexpr char kPlugins[] =
    R"({"nodes":{"x":{"name":"n1","version":"3.3.2","plugins":[{"name":"opensearch-knn"}]}}})";

class StubCluster {
 public:
  using Serve = std::function<Answer(const Request&)>;
  explicit StubCluster(Serve serve) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    link_ = std::make_shared<Link>(UniqueFd(pair[0]));
    thread_ = std::thread([serve = std::move(serve), socket = pair[1]] {
      const UniqueFd ours(socket);
      while (const auto request = ReceiveRequest(socket)) {
        if (!Send(socket, serve(*request))) break;
      }
    });
  }
  ~StubCluster() {
    link_.reset();
    thread_.join();
  }
  Result<std::unique_ptr<Cluster>> Open() { return Cluster::Open(link_, address); }

  const Address address = {.host = "127.0.0.1", .port = 9201, .name = "a"};

 private:
  std::shared_ptr<Link> link_;
  std::thread thread_;
};

Answer Says(std::uint32_t status, std::string body) {
  return {.status = status, .trouble = Trouble::kNone, .body = std::move(body)};
}

Answer Healthy(const Request& request) {
  if (request.path == "/") return Says(200, kHello);
  if (request.path.starts_with("/_nodes")) return Says(200, kPlugins);
  return Says(404, "{}");
}

Error OpenError(StubCluster::Serve serve) {
  StubCluster stub(std::move(serve));
  const auto cluster = stub.Open();
  EXPECT_FALSE(cluster);
  return cluster ? Error(Code::kInternal, "") : cluster.error();
}

TEST(Cluster, OneThatIsFitIsOpened) {
  StubCluster stub(Healthy);
  const auto cluster = stub.Open();
  ASSERT_TRUE(cluster) << cluster.error().message();
  EXPECT_EQ((*cluster)->version(), "3.3.2");
}

TEST(Cluster, EachReasonNotToUseItHasItsWordsAndCode) {
  const auto trouble = [](Trouble kind) {
    return OpenError([kind](const Request&) { return Answer{.status = 0, .trouble = kind, .body = "why"}; });
  };
  EXPECT_EQ(trouble(Trouble::kUnreachable).code(), Code::kIo);
  EXPECT_EQ(trouble(Trouble::kTimeout).code(), Code::kTimeout);
  EXPECT_EQ(trouble(Trouble::kSettings).code(), Code::kInvalidArgument);
  EXPECT_NE(trouble(Trouble::kCertificate).message().find("certificate"), std::string::npos);

  const Error password = OpenError([](const Request&) { return Says(401, "Unauthorized"); });
  EXPECT_NE(password.message().find("password"), std::string::npos);

  const Error other =
      OpenError([](const Request&) { return Says(200, R"({"version":{"number":"8.1.0"}})"); });
  EXPECT_EQ(other.code(), Code::kUnsupported);
  EXPECT_EQ(OpenError([](const Request&) { return Says(200, "<html>"); }).code(), Code::kIo);

  const Error old = OpenError([](const Request& request) {
    if (request.path == "/")
      return Says(200, R"({"version":{"distribution":"opensearch","number":"2.11.1"}})");
    return Says(200,
                R"({"nodes":{"x":{"name":"n","version":"2.11.1","plugins":[{"name":"opensearch-knn"}]}}})");
  });
  EXPECT_EQ(old.code(), Code::kUnsupported);
  EXPECT_NE(old.message().find("2.11.1"), std::string::npos);

  const Error bare = OpenError([](const Request& request) {
    if (request.path == "/") return Says(200, kHello);
    return Says(200, R"({"nodes":{"x":{"name":"n7","version":"3.3.2","plugins":[]}}})");
  });
  EXPECT_EQ(bare.code(), Code::kUnsupported);
  EXPECT_NE(bare.message().find("n7"), std::string::npos);
}

TEST(Cluster, AnOldNodeAmongNewOnesIsNoticed) {
  const Error mixed = OpenError([](const Request& request) {
    if (request.path == "/") return Says(200, kHello);
    return Says(200, R"({"nodes":{"x":{"name":"n","version":"3.3.2","plugins":[{"name":"opensearch-knn"}]},
                                  "y":{"name":"m","version":"2.9.0","plugins":[{"name":"opensearch-knn"}]}}})");
  });
  EXPECT_EQ(mixed.code(), Code::kUnsupported);
}

TEST(Cluster, AnIndexOfANewerVitrineAndOneOfSomebodyElseAreRefused) {
  const auto meta = [](const std::string& body) {
    StubCluster stub([&](const Request& request) {
      return request.path.find("_mapping") == std::string::npos ? Healthy(request) : Says(200, body);
    });
    return ReadMeta(**stub.Open(), "vitrine-library-a").error().code();
  };
  EXPECT_EQ(meta(R"({"i":{"mappings":{"_meta":{"vitrine":{"format":3}}}}})"), Code::kUnsupported);
  EXPECT_EQ(meta(R"({"i":{"mappings":{"_meta":{"else":1}}}})"), Code::kCorrupt);
  EXPECT_EQ(meta("{}"), Code::kCorrupt);
}

// One document a line pair of the body, in order, answered by `status`.
Answer BulkAnswer(const Request& request, const std::function<int(std::size_t)>& status) {
  nlohmann::json items = nlohmann::json::array();
  const auto lines = static_cast<std::size_t>(std::count(request.body.begin(), request.body.end(), '\n'));
  for (std::size_t i = 0; 2 * i < lines; ++i) {
    nlohmann::json item = {{"status", status(i)}};
    if (status(i) >= 300) item["error"] = {{"type", status(i) == 403 ? "flood-stage" : "x"}};
    items.push_back({{"index", item}});
  }
  return Says(200, nlohmann::json{{"items", items}}.dump());
}

TEST(BulkWriter, SendsAgainOnlyWhatANodeWasTooBusyFor) {
  std::vector<std::size_t> sizes;
  StubCluster stub([&](const Request& request) {
    if (request.path.find("_bulk") == std::string::npos) return Healthy(request);
    const bool first = sizes.empty();
    Answer answer = BulkAnswer(request, [&](std::size_t i) { return first && i % 2 == 1 ? 429 : 201; });
    sizes.push_back(nlohmann::json::parse(answer.body)["items"].size());
    return answer;
  });
  const auto cluster = stub.Open();
  ASSERT_TRUE(cluster);
  BulkWriter writer(**cluster, "i");
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(writer.Put(std::to_string(i), {{"id", i}}));
  ASSERT_TRUE(writer.Flush());
  EXPECT_EQ(writer.acknowledged(), 10U);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 5}));
}

TEST(BulkWriter, SendsAgainInSmallerRequests) {
  std::vector<std::size_t> bytes;
  StubCluster stub([&](const Request& request) {
    if (request.path.find("_bulk") == std::string::npos) return Healthy(request);
    const bool busy = bytes.empty();
    bytes.push_back(request.body.size());
    return BulkAnswer(request, [&](std::size_t) { return busy ? 429 : 201; });
  });
  const auto cluster = stub.Open();
  ASSERT_TRUE(cluster);
  BulkWriter writer(**cluster, "i");
  const std::string text(100'000, 'x');
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(writer.Put(std::to_string(i), {{"text", text}}));
  ASSERT_TRUE(writer.Flush());
  EXPECT_EQ(writer.acknowledged(), 30U);
  ASSERT_GE(bytes.size(), 3U);
  EXPECT_LT(bytes[1], bytes[0]);
}

TEST(BulkWriter, AFullDiskAndARefusedDocumentAreErrors) {
  const auto flush = [](int status) {
    StubCluster stub([status](const Request& request) {
      if (request.path.find("_bulk") == std::string::npos) return Healthy(request);
      return BulkAnswer(request, [&](std::size_t i) { return i == 3 ? status : 201; });
    });
    const auto cluster = stub.Open();
    BulkWriter writer(**cluster, "i");
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(writer.Put(std::to_string(i), {{"id", i}}));
    return writer.Flush().error().code();
  };
  EXPECT_EQ(flush(403), Code::kNoSpace);
  EXPECT_EQ(flush(400), Code::kInternal);
}

}  // namespace
}  // namespace vitrine::cluster
