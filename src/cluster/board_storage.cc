#include "cluster/board_storage.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "base/random_id.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/item_check.h"
#include "cluster/board_doc.h"
#include "cluster/bulk.h"
#include "cluster/changing.h"
#include "cluster/looking.h"
#include "cluster/shared_documents.h"
#include "cluster/understood.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTokenBytes = 16;
constexpr std::size_t kStepsTogether = 200;

std::int64_t NowUs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

// The index of boards as documents.
class BoardIndex {
 public:
  explicit BoardIndex(const Cluster& cluster)
      : documents_(cluster, "vitrine-boards-" + cluster.address().name) {}

  const Cluster& cluster() const { return documents_.cluster(); }
  const SharedDocuments& documents() const { return documents_; }

  Result<std::optional<KeptBoard>> Read(const std::string& id) const {
    VITRINE_TRY_ASSIGN(const std::optional<SharedDocument> document, documents_.Read(id));
    if (!document || document->source.value("kind", "") != "board") return std::optional<KeptBoard>();
    VITRINE_TRY_ASSIGN(KeptBoard board, BoardOf(id, document->source));
    board.version = document->version;
    return std::optional(std::move(board));
  }

  // In place of what was read of it. False: somebody else wrote it meanwhile.
  Result<bool> Write(KeptBoard& board) const {
    board.token = RandomId(kTokenBytes);
    VITRINE_TRY_ASSIGN(const auto written, documents_.Replace(board.row.id, BoardJson(board), board.version));
    return written.has_value();
  }

  // Whoever writes a step again writes the same.
  Status WriteSteps(const std::string& board, const std::vector<KeptStep>& steps) const {
    BulkWriter writer(cluster(), documents_.index());
    for (const KeptStep& step : steps) {
      VITRINE_TRY(writer.Put(StepId(board, step.revision), {{"kind", "step"}, {"step", StepJson(step)}}));
    }
    return writer.Flush();
  }

  Status Ensure() const { return documents_.Ensure(BoardIndexBody()); }

  // The boards that pass the filters, as documents; none where nobody made a board yet.
  Result<Json> Search(Json filters, const Json& fields, const Json& sort) const {
    const Status seen = Refresh(cluster(), documents_.index());
    if (!seen && seen.error().code() == Code::kNotFound) return Json::array();
    VITRINE_TRY(seen);
    filters.push_back({{"term", {{"kind", "board"}}}});
    const Json body = {{"size", kMostHits},
                       {"_source", fields},
                       {"track_total_hits", false},
                       {"query", {{"bool", {{"filter", std::move(filters)}}}}},
                       {"sort", sort}};
    VITRINE_TRY_ASSIGN(Json answer,
                       cluster().Ask(Method::kPost, "/" + documents_.index() + "/_search", body.dump()));
    return answer.value("/hits/hits"_json_pointer, Json::array());
  }

 private:
  const SharedDocuments documents_;
};

class ClusterBoard final : public OpenBoard {
 public:
  ClusterBoard(const BoardIndex& index, KeptBoard board) : index_(index), board_(std::move(board)) {
    row = board_.row;
  }

  Result<std::vector<BoardItem>> Items() override {
    std::vector<BoardItem> items;
    for (const auto& [id, kept] : board_.items) {
      VITRINE_TRY_ASSIGN(BoardItem item, ItemFromBody(kept.body));
      items.push_back(std::move(item));
    }
    SortItems(items);
    return items;
  }
  Result<std::vector<std::string>> Contents() override { return ContentsOf(board_); }
  Result<std::optional<std::string>> BodyOf(const std::string& item) override {
    const auto at = board_.items.find(item);
    return at == board_.items.end() ? std::nullopt : std::optional(at->second.body);
  }
  Status Put(const std::string& item, const std::optional<std::string>& body) override;
  Result<std::vector<KeptStep>> Steps(std::int64_t after, std::int64_t before) override {
    return Understood(index_.cluster().address(), [&] { return ReadSteps(after, before); });
  }
  Result<std::optional<KeptStep>> NewestStanding() override {
    if (board_.standing.empty()) return std::optional<KeptStep>();
    return StepAt(*board_.standing.rbegin());
  }
  Result<std::optional<KeptStep>> OldestUndone() override {
    if (board_.undone.empty()) return std::optional<KeptStep>();
    return StepAt(*board_.undone.begin());
  }
  Result<WalkState> Walk() override {
    return WalkState{.can_undo = !board_.standing.empty(), .can_redo = !board_.undone.empty()};
  }
  Status Record(const KeptStep& step) override;
  Result<std::vector<BoardVersion>> Versions() override {
    return std::vector<BoardVersion>(board_.versions.rbegin(), board_.versions.rend());
  }
  Status Add(BoardVersion& version) override {
    version.id = board_.versions.empty() ? 1 : board_.versions.back().id + 1;
    board_.versions.push_back(version);
    return {};
  }
  Result<bool> Commit() override {
    return Understood(index_.cluster().address(), [&] { return Write(); });
  }

 private:
  Result<std::vector<KeptStep>> ReadSteps(std::int64_t after, std::int64_t before);
  Result<std::optional<KeptStep>> StepAt(std::int64_t revision);
  StepState StateOf(const KeptStep& step) const;
  Result<bool> Write();

  const BoardIndex& index_;
  KeptBoard board_;
  std::vector<KeptStep> earlier_;  // Steps that another one took the place of as the last.
};

Status ClusterBoard::Put(const std::string& id, const std::optional<std::string>& body) {
  if (const auto there = board_.items.find(id); there != board_.items.end()) {
    --row.items;
    row.pictures -= there->second.content.empty() ? 0 : 1;
    board_.items.erase(there);
  }
  if (!body) return {};
  VITRINE_TRY_ASSIGN(KeptItem item, KeptItemOf(*body));
  ++row.items;
  row.pictures += item.content.empty() ? 0 : 1;
  board_.items.emplace(id, std::move(item));
  return {};
}

StepState ClusterBoard::StateOf(const KeptStep& step) const {
  if (step.kind != StepKind::kEdit || board_.standing.contains(step.revision)) return StepState::kStands;
  return board_.undone.contains(step.revision) ? StepState::kUndone : StepState::kDropped;
}

Result<std::vector<KeptStep>> ClusterBoard::ReadSteps(std::int64_t after, std::int64_t before) {
  std::vector<KeptStep> steps;
  const std::int64_t last = board_.last ? board_.last->revision : 0;
  std::vector<std::string> ids;
  const auto read = [&]() -> Status {
    VITRINE_TRY_ASSIGN(const std::vector<SharedDocument> documents, index_.documents().Read(ids));
    if (documents.size() != ids.size()) {
      return Error(Code::kCorrupt, "steps of the board " + Quoted(row.name) +
                                       " are missing on the cluster; restore its index vitrine-boards-" +
                                       index_.cluster().address().name + " from a snapshot");
    }
    for (const SharedDocument& document : documents) steps.push_back(StepOf(document.source.at("step")));
    ids.clear();
    return {};
  };
  for (std::int64_t revision = after + 1; revision < std::min(before, last); ++revision) {
    ids.push_back(StepId(row.id, revision));
    if (ids.size() == kStepsTogether) VITRINE_TRY(read());
  }
  if (!ids.empty()) VITRINE_TRY(read());
  if (board_.last && last > after && last < before) steps.push_back(*board_.last);
  for (KeptStep& step : steps) step.state = StateOf(step);
  return steps;
}

Result<std::optional<KeptStep>> ClusterBoard::StepAt(std::int64_t revision) {
  VITRINE_TRY_ASSIGN(std::vector<KeptStep> steps, Steps(revision - 1, revision + 1));
  return std::optional(std::move(steps.front()));
}

Status ClusterBoard::Record(const KeptStep& step) {
  if (step.kind == StepKind::kEdit) {
    board_.undone.clear();
    board_.standing.insert(step.revision);
  } else {
    const bool undo = step.kind == StepKind::kUndo;
    (undo ? board_.standing : board_.undone).erase(*step.target);
    (undo ? board_.undone : board_.standing).insert(*step.target);
  }
  if (board_.last) earlier_.push_back(*std::move(board_.last));
  board_.last = step;
  return {};
}

Result<bool> ClusterBoard::Write() {
  VITRINE_TRY(index_.WriteSteps(row.id, earlier_));
  board_.row = row;
  VITRINE_TRY_ASSIGN(const bool is_kept, index_.Write(board_));
  if (!is_kept) GiveWay();
  return is_kept;
}

class ClusterBoards final : public BoardStorage {
 public:
  explicit ClusterBoards(const Cluster& cluster) : index_(cluster) {}

  Result<std::unique_ptr<OpenBoard>> Open(const std::string& id, Opening) override {
    return Ask([&]() -> Result<std::unique_ptr<OpenBoard>> {
      std::unique_ptr<OpenBoard> open;
      if (!IsBoardId(id)) return open;
      VITRINE_TRY_ASSIGN(std::optional<KeptBoard> board, index_.Read(id));
      if (board) open = std::make_unique<ClusterBoard>(index_, *std::move(board));
      return open;
    });
  }
  Result<std::unique_ptr<OpenBoard>> Make(const BoardRow& row) override {
    return Ask([&]() -> Result<std::unique_ptr<OpenBoard>> {
      VITRINE_TRY(index_.Ensure());
      KeptBoard board;
      board.row = row;
      board.made_us = NowUs();
      return std::unique_ptr<OpenBoard>(std::make_unique<ClusterBoard>(index_, std::move(board)));
    });
  }
  Result<std::vector<StoredSummary>> List(bool deleted) override {
    return Ask([&]() -> Result<std::vector<StoredSummary>> {
      VITRINE_TRY_ASSIGN(const Json hits,
                         index_.Search(Json::array({IsDeleted(deleted)}), kSummaryFields,
                                       Json::array({{{"changed", "desc"}}, {{"made", "desc"}}})));
      std::vector<StoredSummary> boards;
      for (const Json& hit : hits) boards.push_back(SummaryOf(IdOf(hit), hit.at("_source")));
      return boards;
    });
  }
  Result<std::vector<NamedBoard>> Names(bool deleted) override {
    return Ask([&]() -> Result<std::vector<NamedBoard>> {
      VITRINE_TRY_ASSIGN(const Json hits, index_.Search(Json::array({IsDeleted(deleted)}), "name", ByAge()));
      std::vector<NamedBoard> names;
      for (const Json& hit : hits)
        names.push_back({.id = IdOf(hit), .name = hit.at("_source").at("name").get<std::string>()});
      return names;
    });
  }
  Result<std::vector<std::string>> BoardsWith(const std::string& content) override {
    return Ask([&]() -> Result<std::vector<std::string>> {
      const Json holds = {{"term", {{"contents", content}}}};
      VITRINE_TRY_ASSIGN(const Json hits,
                         index_.Search(Json::array({holds, IsDeleted(false)}), false, ByAge()));
      std::vector<std::string> ids;
      for (const Json& hit : hits) ids.push_back(IdOf(hit));
      return ids;
    });
  }
  Result<std::vector<std::string>> AllContents() override {
    return Ask([&]() -> Result<std::vector<std::string>> {
      VITRINE_TRY_ASSIGN(const Json hits, index_.Search(Json::array(), "contents", ByAge()));
      std::set<std::string> contents;
      for (const Json& hit : hits) {
        for (const Json& content : hit.at("_source").at("contents")) contents.insert(content);
      }
      return std::vector<std::string>(contents.begin(), contents.end());
    });
  }

 private:
  template <typename Work>
  auto Ask(const Work& work) const -> decltype(work()) {
    return Understood(index_.cluster().address(), work);
  }
  static Json IsDeleted(bool deleted) { return {{"term", {{"deleted", deleted}}}}; }
  static Json ByAge() { return Json::array({{{"made", "asc"}}}); }
  static std::string IdOf(const Json& hit) { return hit.at("_id").get<std::string>(); }

  const BoardIndex index_;
};

}  // namespace

std::unique_ptr<BoardStorage> OpenBoardsOn(const Cluster& cluster) {
  return std::make_unique<ClusterBoards>(cluster);
}

}  // namespace vitrine::cluster
