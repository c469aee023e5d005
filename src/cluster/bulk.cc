#include "cluster/bulk.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLeastBytes = std::size_t{256} << 10;
constexpr std::uint32_t kTimeoutMs = 120'000;
constexpr int kMostRounds = 8;
constexpr std::chrono::milliseconds kFirstPause{250};

}  // namespace

Status BulkWriter::Put(const std::string& id, const Json& document) {
  return Add({Json{{"index", {{"_id", id}}}}.dump() + "\n" + document.dump() + "\n", false});
}

Status BulkWriter::Delete(const std::string& id) {
  return Add({Json{{"delete", {{"_id", id}}}}.dump() + "\n", true});
}

Status BulkWriter::Add(Line line) {
  waiting_bytes_ += line.text.size();
  waiting_.push_back(std::move(line));
  if (waiting_bytes_ < most_bytes_) return {};
  return Flush();
}

Status BulkWriter::Flush() {
  std::deque<Line> lines(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  waiting_bytes_ = 0;
  auto pause = kFirstPause;
  for (int refusals = 0; !lines.empty();) {
    VITRINE_TRY_ASSIGN(std::vector<Line> refused, SendOnce(TakeUpTo(most_bytes_, lines)));
    if (refused.empty()) {
      most_bytes_ = std::min(kMostBytes, most_bytes_ * 2);
      continue;
    }
    lines.insert(lines.begin(), std::make_move_iterator(refused.begin()),
                 std::make_move_iterator(refused.end()));
    if (++refusals > kMostRounds) {
      return Error(Code::kTimeout, "the cluster " + cluster_.address().cluster() +
                                       " is too busy to take more documents; what was acknowledged is there, "
                                       "running the same command again goes on from it");
    }
    most_bytes_ = std::max(kLeastBytes, most_bytes_ / 2);
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
  return {};
}

// From the front, one at least.
std::vector<BulkWriter::Line> BulkWriter::TakeUpTo(std::size_t bytes, std::deque<Line>& lines) {
  std::vector<Line> taken;
  std::size_t size = 0;
  while (!lines.empty() && (taken.empty() || size + lines.front().text.size() <= bytes)) {
    size += lines.front().text.size();
    taken.push_back(std::move(lines.front()));
    lines.pop_front();
  }
  return taken;
}

// Returns the lines that a node was too busy for.
Result<std::vector<BulkWriter::Line>> BulkWriter::SendOnce(std::vector<Line> lines) {
  std::string body;
  for (const Line& line : lines) body += line.text;
  VITRINE_TRY_ASSIGN(
      const Json answer,
      cluster_.Ask(Method::kPost, "/" + index_ + "/_bulk?filter_path=errors,items.*.status,items.*.error",
                   body, kTimeoutMs));
  const Json items = answer.value("items", Json::array());
  if (items.size() != lines.size()) {
    return Error(Code::kIo, "the cluster answered for " + std::to_string(items.size()) + " of " +
                                std::to_string(lines.size()) + " documents");
  }
  std::vector<Line> busy;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Json& item = items[i].begin().value();
    const auto status = item.value("status", std::uint32_t{0});
    const bool gone = lines[i].removes && status == 404;
    if ((status >= 200 && status < 300) || gone) {
      ++acknowledged_;
    } else if (const std::string error = item.value("error", Json()).dump();
               (status == 403 || status == 429) && IsFloodStage(error)) {
      return ErrorOf({.status = 403, .trouble = Trouble::kNone, .body = error}, cluster_.address());
    } else if (IsOverloaded(status, error)) {
      busy.push_back(std::move(lines[i]));
    } else {
      return Error(Code::kInternal, "the cluster refuses a document (" + std::to_string(status) +
                                        "): " + Printable(CutUtf8(error, 400)));
    }
  }
  return busy;
}

}  // namespace vitrine::cluster
