#include "cluster/changing.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTogether = 200;
constexpr std::uint32_t kTimeoutMs = 120'000;
constexpr int kMostRounds = 12;
constexpr std::chrono::milliseconds kFirstPause{20}, kLongestPause{2000};

// The lines of a request that writes what was changed, and the document that each action is about.
struct Writing {
  std::string lines;
  std::vector<std::string> ids;
};

class Changing {
 public:
  Changing(const Cluster& cluster, const std::string& index, const IndexMeta& meta,
           const PictureChanger& change, const PictureMaker& make)
      : cluster_(cluster), index_(index), meta_(meta), change_(change), make_(make) {}

  Status Change(std::vector<std::string> ids) {
    auto pause = kFirstPause;
    for (int round = 0; !ids.empty(); ++round) {
      if (round == kMostRounds) {
        return Error(Code::kTimeout,
                     "the cluster " + cluster_.address().cluster() +
                         " is too busy, or others change the same pictures again and again; what was "
                         "acknowledged is there, running the same command again goes on from it");
      }
      if (round > 0) {
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, kLongestPause);
      }
      VITRINE_TRY_ASSIGN(const Writing writing, ReadAndChange(ids));
      VITRINE_TRY_ASSIGN(ids, Write(writing));
    }
    return {};
  }

  std::uint64_t written() const { return written_; }

 private:
  Result<Writing> ReadAndChange(const std::vector<std::string>& ids) {
    Json documents = Json::array();
    for (const std::string& id : ids) documents.push_back({{"_id", id}, {"_source", kAllPictureFields}});
    VITRINE_TRY_ASSIGN(const Json answer,
                       cluster_.Ask(Method::kPost, "/" + index_ + "/_mget",
                                    Json{{"docs", std::move(documents)}}.dump(), kTimeoutMs));
    Writing writing;
    for (const Json& document : answer.value("docs", Json::array())) VITRINE_TRY(AddTo(writing, document));
    return writing;
  }

  Status AddTo(Writing& writing, const Json& document) {
    if (document.contains("error")) {
      return Error(Code::kIo, "a shard of the cluster " + cluster_.address().cluster() +
                                  " does not answer; vitrine doctor says which. Try again when it is green");
    }
    const std::string id = document.at("_id").get<std::string>();
    if (!document.value("found", false)) {
      if (!make_) return {};
      VITRINE_TRY_ASSIGN(const PictureCopy picture, make_(id));
      Put(writing, "create", {{"_id", id}}, picture);
      return {};
    }
    VITRINE_TRY_ASSIGN(PictureCopy picture, PictureOf(id, document.at("_source"), meta_.dimension));
    VITRINE_TRY_ASSIGN(const bool changed, change_(picture));
    if (!changed) return {};
    Put(writing, picture.asset.paths.empty() ? "delete" : "index",
        {{"_id", id},
         {"if_seq_no", document.at("_seq_no")},
         {"if_primary_term", document.at("_primary_term")}},
        picture);
    return {};
  }

  void Put(Writing& writing, const std::string& action, Json of, const PictureCopy& picture) const {
    writing.ids.push_back(of.at("_id").get<std::string>());
    writing.lines += Json{{action, std::move(of)}}.dump() + "\n";
    if (action != "delete") writing.lines += DocumentOf(picture, meta_.vectors).dump() + "\n";
  }

  // Returns the documents that somebody else wrote meanwhile, or a node was too busy for.
  Result<std::vector<std::string>> Write(const Writing& writing) {
    std::vector<std::string> again;
    if (writing.ids.empty()) return again;
    VITRINE_TRY_ASSIGN(
        const Json answer,
        cluster_.Ask(Method::kPost, "/" + index_ + "/_bulk?filter_path=errors,items.*.status,items.*.error",
                     writing.lines, kTimeoutMs));
    const Json items = answer.value("items", Json::array());
    if (items.size() != writing.ids.size()) {
      return Error(Code::kIo, "the cluster answered for " + std::to_string(items.size()) + " of " +
                                  std::to_string(writing.ids.size()) + " documents");
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Json& item = items[i].begin().value();
      const auto status = item.value("status", std::uint32_t{0});
      if (status >= 200 && status < 300) {
        ++written_;
        continue;
      }
      const std::string error = item.value("error", Json()).dump();
      if ((status == 403 || status == 429) && IsFloodStage(error))
        return ErrorOf({.status = 403, .trouble = Trouble::kNone, .body = error}, cluster_.address());
      const bool passes = status == 404 || status == 409 || IsOverloaded(status, error);
      if (!passes) {
        return Error(Code::kInternal, "the cluster refuses a document (" + std::to_string(status) +
                                          "): " + Printable(CutUtf8(error, 400)));
      }
      again.push_back(writing.ids[i]);
    }
    return again;
  }

  const Cluster& cluster_;
  const std::string& index_;
  const IndexMeta& meta_;
  const PictureChanger& change_;
  const PictureMaker& make_;
  std::uint64_t written_ = 0;
};

}  // namespace

Result<std::uint64_t> ChangePictures(const Cluster& cluster, const std::string& index, const IndexMeta& meta,
                                     std::span<const std::string> ids, const PictureChanger& change,
                                     const PictureMaker& make) {
  Changing changing(cluster, index, meta, change, make);
  for (std::size_t first = 0; first < ids.size(); first += kTogether) {
    const auto some = ids.subspan(first, std::min(kTogether, ids.size() - first));
    VITRINE_TRY(changing.Change({some.begin(), some.end()}));
  }
  return changing.written();
}

Status Refresh(const Cluster& cluster, const std::string& index) {
  VITRINE_TRY(cluster.Ask(Method::kPost, "/" + index + "/_refresh", "", kTimeoutMs));
  return {};
}

}  // namespace vitrine::cluster
