#include "cluster/work.h"

#include <algorithm>
#include <thread>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/changing.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLookTogether = 32;
constexpr std::size_t kWriteTogether = 1000;
constexpr std::size_t kPage = 5000;
constexpr int kMostRounds = 8;
constexpr std::chrono::milliseconds kFirstPause{100};

// A folder as a word that those of the folders below begin with.
std::string FolderWord(PathBytes folder) {
  if (!folder.ends_with('/')) folder += '/';
  return Hex(std::span(reinterpret_cast<const std::uint8_t*>(folder.data()), folder.size()));
}

Json ResultJson(const WorkResult& result) {
  Json failures = Json::array();
  for (const auto& [path, reason] : result.failures) failures.push_back({Base64(path), ToValidUtf8(reason)});
  return {{"indexed", result.indexed},
          {"reused", result.reused},
          {"removed", result.removed},
          {"failures", std::move(failures)},
          {"again", result.again}};
}

WorkResult ResultOf(const Json& source) {
  const Json json = source.value("result", Json::object());
  WorkResult result = {.indexed = json.value("indexed", std::uint64_t{0}),
                       .reused = json.value("reused", std::uint64_t{0}),
                       .removed = json.value("removed", std::uint64_t{0}),
                       .failures = {},
                       .again = json.value("again", false)};
  for (const Json& failure : json.value("failures", Json::array())) {
    result.failures.emplace_back(FromBase64(failure.at(0).get<std::string>()).value_or(""),
                                 failure.at(1).get<std::string>());
  }
  return result;
}

Json OpenItem(const std::string& id, const PathBytes& folder) {
  return {{"key", id}, {"folder", FolderWord(folder)}, {"state", "open"}, {"tries", 0}};
}

}  // namespace

WorkList::WorkList(const Cluster& cluster, std::string holder, Now now)
    : cluster_(cluster),
      documents_(cluster, "vitrine-work-" + cluster.address().name),
      holder_(std::move(holder)),
      now_(std::move(now)) {}

Status WorkList::Open() {
  const Json body = {{"settings", {{"index", {{"number_of_shards", 1}, {"auto_expand_replicas", "0-1"}}}}},
                     {"mappings",
                      {{"dynamic", "strict"},
                       {"properties",
                        {{"key", {{"type", "keyword"}}},
                         {"folder", {{"type", "keyword"}}},
                         {"state", {{"type", "keyword"}}},
                         {"holder", {{"type", "keyword"}, {"index", false}}},
                         {"beat", {{"type", "long"}, {"index", false}}},
                         {"tries", {{"type", "integer"}, {"index", false}}},
                         {"result", {{"type", "object"}, {"enabled", false}}}}}}}};
  return documents_.Ensure(body);
}

// Documents that are not there are left out.
Result<std::map<std::string, SharedDocument>> WorkList::ReadMany(std::span<const std::string> ids) const {
  VITRINE_TRY_ASSIGN(std::vector<SharedDocument> documents, documents_.Read(ids));
  std::map<std::string, SharedDocument> found;
  for (SharedDocument& document : documents) found.emplace(document.id, std::move(document));
  return found;
}

// Empty when the item is no longer as it was read, or somebody else made it.
Result<std::optional<SharedDocument>> WorkList::Write(const std::string& id, const Json& source,
                                                      const Version& upon) const {
  auto pause = kFirstPause;
  for (int round = 1;; ++round) {
    const auto written = documents_.Replace(id, source, upon);
    const bool busy = !written && written.error().code() == Code::kTimeout;
    if (!busy || round == kMostRounds) {
      VITRINE_TRY(written);
      if (!*written) return std::optional<SharedDocument>();
      return std::optional(SharedDocument{.id = id, .source = source, .version = **written});
    }
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

Status WorkList::Offer(std::span<const WorkItem> items, bool retry_failed) {
  const std::lock_guard lock(mutex_);
  for (std::size_t first = 0; first < items.size(); first += kWriteTogether) {
    const auto some = items.subspan(first, std::min(kWriteTogether, items.size() - first));
    VITRINE_TRY(Create(some));
    VITRINE_TRY(Reopen(some, retry_failed));
  }
  for (const WorkItem& item : items) {
    if (offered_.emplace(item.id, item.folder).second) left_.push_back(item.id);
  }
  // Each machine begins somewhere else, so that they seldom reach for the same.
  std::ranges::sort(left_);
  const std::uint64_t start = Checksum64(std::as_bytes(std::span(holder_)));
  if (!left_.empty())
    std::rotate(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(start % left_.size()),
                left_.end());
  return {};
}

// Half a request may be refused, by a busy node: what is missing is made when it is looked at.
Status WorkList::Create(std::span<const WorkItem> items) {
  std::string lines;
  for (const WorkItem& item : items) {
    lines +=
        Json{{"create", {{"_id", item.id}}}}.dump() + "\n" + OpenItem(item.id, item.folder).dump() + "\n";
  }
  VITRINE_TRY(cluster_.Ask(Method::kPost, "/" + documents_.index() + "/_bulk?filter_path=items.*.status",
                           lines, 120'000));
  return {};
}

Status WorkList::Reopen(std::span<const WorkItem> items, bool retry_failed) {
  std::vector<std::string> ids;
  for (const WorkItem& item : items) ids.push_back(item.id);
  VITRINE_TRY_ASSIGN(const auto found, ReadMany(ids));
  for (const auto& [id, read] : found) {
    if (read.source.value("state", "") != "done") continue;
    const WorkResult result = ResultOf(read.source);
    if (!result.again && !(retry_failed && !result.failures.empty())) {
      done_before_.insert(id);
      continue;
    }
    Json source = read.source;
    source.erase("result");
    source["state"] = "open";
    source["tries"] = 0;
    VITRINE_TRY(Write(id, source, read.version));
  }
  return {};
}

Result<WorkList::Turn> WorkList::Next() {
  const std::lock_guard lock(mutex_);
  Turn turn;
  const std::vector<std::string> ids = left_;
  for (std::size_t first = 0; first < ids.size() && !turn.claimed; first += kLookTogether) {
    VITRINE_TRY(Look(std::span(ids).subspan(first, std::min(kLookTogether, ids.size() - first)), turn));
  }
  turn.all_done = left_.empty();
  return turn;
}

Status WorkList::Look(std::span<const std::string> ids, Turn& turn) {
  VITRINE_TRY_ASSIGN(auto found, ReadMany(ids));
  for (const std::string& id : ids) {
    const auto read = found.find(id);
    if (read == found.end()) {
      VITRINE_TRY(Write(id, OpenItem(id, offered_.at(id)), Version()));
      continue;  // To be claimed in the next turn.
    }
    const std::string state = read->second.source.value("state", "");
    if (state == "done") {
      turn.finished.push_back({id, ResultOf(read->second.source), done_before_.contains(id)});
      std::erase(left_, id);
      continue;
    }
    if (turn.claimed || (state == "claimed" && !IsSilent(id, read->second.source))) continue;
    VITRINE_TRY_ASSIGN(const bool ours, Claim(read->second, turn));
    if (ours) turn.claimed = id;
  }
  return {};
}

// Whether the holder of a claim has been seen to say nothing for so long that it is taken for dead.
bool WorkList::IsSilent(const std::string& id, const Json& source) {
  const std::string holder = source.value("holder", "");
  const auto beat = source.value("beat", std::int64_t{0});
  Seen& seen = seen_[id];
  if (seen.times == 0 || seen.holder != holder || seen.beat != beat) {
    seen = {.holder = holder, .beat = beat, .since = now_(), .times = 1};
    return false;
  }
  ++seen.times;
  return seen.times > 2 && now_() - seen.since >= kSilence;
}

Result<bool> WorkList::Claim(const SharedDocument& read, Turn& turn) {
  Json source = read.source;
  const bool was_claimed = source.value("state", "") == "claimed";
  const int tries = source.value("tries", 0);
  if (was_claimed && tries >= kMostTries) {
    source["state"] = "done";
    source["result"] = ResultJson(
        {.failures = {{offered_.at(read.id),
                       std::to_string(tries) + " indexers in turn ended while they worked on a part of this "
                                               "folder; vitrine index --retry-failed tries it again"}}});
    VITRINE_TRY(Write(read.id, source, read.version));
    return false;
  }
  source["state"] = "claimed";
  source["holder"] = holder_;
  source["beat"] = source.value("beat", std::int64_t{0}) + 1;
  source["tries"] = tries + 1;
  VITRINE_TRY_ASSIGN(auto written, Write(read.id, source, read.version));
  if (!written) return false;
  if (was_claimed) turn.taken_over.push_back(read.source.value("holder", ""));
  claim_ = std::move(written);
  return true;
}

// False, and no claim any more, when somebody took it over.
Result<bool> WorkList::WriteClaim(Json source) {
  VITRINE_TRY_ASSIGN(claim_, Write(claim_->id, source, claim_->version));
  return claim_.has_value();
}

Result<bool> WorkList::Beat() {
  const std::lock_guard lock(mutex_);
  if (!claim_) return false;
  Json source = claim_->source;
  source["beat"] = source.value("beat", std::int64_t{0}) + 1;
  return WriteClaim(std::move(source));
}

Result<bool> WorkList::Finish(const WorkResult& result) {
  const std::lock_guard lock(mutex_);
  if (!claim_) return false;
  const std::string id = claim_->id;
  Json source = claim_->source;
  source["state"] = "done";
  source["result"] = ResultJson(result);
  VITRINE_TRY_ASSIGN(const bool ours, WriteClaim(std::move(source)));
  claim_.reset();
  if (ours) std::erase(left_, id);
  return ours;
}

Status WorkList::GiveBack() {
  const std::lock_guard lock(mutex_);
  if (!claim_) return {};
  Json source = claim_->source;
  source["state"] = "open";
  source["tries"] = std::max(0, source.value("tries", 0) - 1);
  VITRINE_TRY(WriteClaim(std::move(source)));
  claim_.reset();
  return {};
}

Status WorkList::ForgetOthers(const PathBytes& folder) {
  VITRINE_TRY(Refresh(cluster_, documents_.index()));
  Json body = {
      {"size", kPage},
      {"_source", false},
      {"query",
       {{"bool",
         {{"filter", {{{"prefix", {{"folder", FolderWord(folder)}}}}, {{"term", {{"state", "done"}}}}}}}}}},
      {"sort", {{{"key", "asc"}}}}};
  const std::lock_guard lock(mutex_);
  while (true) {
    VITRINE_TRY_ASSIGN(const Json answer, cluster_.Ask(Method::kPost, "/" + documents_.index() + "/_search",
                                                       body.dump(), 120'000));
    const Json hits = answer.at("hits").at("hits");
    std::string lines;
    for (const Json& hit : hits) {
      const std::string id = hit.at("_id").get<std::string>();
      if (!offered_.contains(id)) lines += Json{{"delete", {{"_id", id}}}}.dump() + "\n";
    }
    if (!lines.empty())
      VITRINE_TRY(cluster_.Ask(Method::kPost, "/" + documents_.index() + "/_bulk?filter_path=errors", lines,
                               120'000));
    if (hits.size() < kPage) return {};
    body["search_after"] = hits.back().at("sort");
  }
}

}  // namespace vitrine::cluster
