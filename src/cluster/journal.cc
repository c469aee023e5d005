#include "cluster/journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/random_id.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/bulk.h"
#include "cluster/looking.h"
#include "cluster/mapping.h"
#include "cluster/paging.h"
#include "cluster/shared_documents.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr char kHead[] = "head";
constexpr std::size_t kTokenBytes = 16;
constexpr std::uint32_t kTimeoutMs = 120'000;

std::string PartId(const std::string& entry, std::size_t part) { return entry + "-" + std::to_string(part); }

Json Term(const char* field, const Json& value) { return {{"term", {{field, value}}}}; }

Json All(Json filters) { return {{"bool", {{"filter", std::move(filters)}}}}; }

Json IndexBody() {
  const Json keyword = {{"type", "keyword"}}, number = {{"type", "long"}},
             kept = {{"type", "object"}, {"enabled", false}};
  return {{"settings", {{"index", {{"number_of_shards", 1}, {"auto_expand_replicas", "0-1"}}}}},
          {"mappings",
           {{"dynamic", false},
            {"properties",
             {{"kind", keyword},
              {"state", keyword},
              {"entry", keyword},
              {"number", number},
              {"step", number},
              {"change", kept},
              {"pictures", kept},
              {"searches", kept}}}}}};
}

bool IsMissing(const Error& error) { return error.code() == Code::kNotFound; }

}  // namespace

Journal::Journal(const Cluster& cluster)
    : cluster_(cluster), documents_(cluster, "vitrine-journal-" + cluster.address().name) {}

Status Journal::EnsureIndex() const {
  VITRINE_TRY(documents_.Ensure(IndexBody()));
  return AddFields(cluster_, AliasName(cluster_.address()));
}

Result<Head> Journal::ReadHead() const {
  VITRINE_TRY_ASSIGN(const std::optional<SharedDocument> document, documents_.Read(kHead));
  if (!document) return Head();
  Head head = HeadOf(document->source);
  head.version = document->version;
  return head;
}

Status Journal::WriteHead(Head& head) const {
  if (!head.version.exists()) VITRINE_TRY(EnsureIndex());
  head.token = RandomId(kTokenBytes);
  VITRINE_TRY_ASSIGN(const auto written, documents_.Replace(kHead, HeadJson(head), head.version));
  if (!written) return ErrorOf({.status = 409, .trouble = Trouble::kNone, .body = {}}, cluster_.address());
  head.version = *written;
  return {};
}

Status Journal::Keep(const Head& head, Entry& entry, std::span<const PictureChange> pictures) const {
  if (!head.version.exists()) VITRINE_TRY(EnsureIndex());
  BulkWriter writer(cluster_, documents_.index());
  entry.parts = 0;
  for (std::size_t first = 0; first < pictures.size(); first += kPicturesAPart) {
    Json part = {{"kind", "part"}, {"entry", entry.id}, {"number", entry.journal.id}};
    for (const PictureChange& picture :
         pictures.subspan(first, std::min(kPicturesAPart, pictures.size() - first))) {
      part["pictures"].push_back(PartJson(picture));
    }
    VITRINE_TRY(writer.Put(PartId(entry.id, entry.parts++), part));
  }
  VITRINE_TRY(writer.Put(entry.id, EntryJson(entry)));
  return writer.Flush();
}

Result<std::optional<Entry>> Journal::Find(const std::string& id) const {
  VITRINE_TRY_ASSIGN(const std::optional<SharedDocument> document, documents_.Read(id));
  return document ? std::optional(EntryOf(id, document->source)) : std::nullopt;
}

Status Journal::ForEachPart(const Entry& entry,
                            const std::function<Status(std::span<const PictureChange>)>& visit) const {
  for (std::size_t part = 0; part < entry.parts; ++part) {
    VITRINE_TRY_ASSIGN(const std::optional<SharedDocument> document, documents_.Read(PartId(entry.id, part)));
    if (!document) {
      return Error(Code::kCorrupt,
                   "a part of the journal's entry " + Quoted(entry.journal.what) + " is not there");
    }
    std::vector<PictureChange> pictures;
    for (const Json& picture : document->source.at("pictures")) {
      pictures.push_back(PartOf(picture));
    }
    VITRINE_TRY(visit(pictures));
  }
  return {};
}

Status Journal::SetSide(const std::string& id, Side side, std::int64_t step) const {
  while (true) {
    VITRINE_TRY_ASSIGN(const std::optional<SharedDocument> document, documents_.Read(id));
    if (!document) return Error(Code::kCorrupt, "an entry of the journal is not there");
    Entry entry = EntryOf(id, document->source);
    if (entry.step >= step) return {};
    entry.step = step;
    entry.begun = false;
    entry.journal.undone = side == Side::kBefore;
    VITRINE_TRY_ASSIGN(const auto written,
                       documents_.Replace(id, EntryJson(entry), document->version, SeenBySearches::kAtOnce));
    if (written) return {};
  }
}

Result<std::vector<Entry>> Journal::Search(const Json& filter, const char* order, std::size_t limit) const {
  const Json body = {{"size", std::min(limit, kMostHits)},
                     {"query", filter},
                     {"track_total_hits", false},
                     {"sort", {{{"number", order}}}}};
  std::vector<Entry> entries;
  const auto answer =
      cluster_.Ask(Method::kPost, "/" + documents_.index() + "/_search", body.dump(), kTimeoutMs);
  if (!answer && IsMissing(answer.error())) return entries;
  if (!answer) return answer.error();
  VITRINE_TRY(CheckWhole(cluster_, *answer));
  for (const Json& hit : answer->value("/hits/hits"_json_pointer, Json::array())) {
    entries.push_back(EntryOf(hit.at("_id").get<std::string>(), hit.at("_source")));
  }
  return entries;
}

Result<std::optional<Entry>> Journal::NewestStanding() const {
  VITRINE_TRY_ASSIGN(std::vector<Entry> entries, Search(Term("state", "stands"), "desc", 1));
  return entries.empty() ? std::nullopt : std::optional(std::move(entries.front()));
}

Result<std::optional<Entry>> Journal::OldestUndone(const Head& head) const {
  const Json since = {{"range", {{"step", {{"gte", head.redo_from}}}}}};
  VITRINE_TRY_ASSIGN(std::vector<Entry> entries, Search(All({Term("state", "undone"), since}), "asc", 1));
  return entries.empty() ? std::nullopt : std::optional(std::move(entries.front()));
}

Result<std::vector<JournalEntry>> Journal::List(const Head& head, std::size_t limit) const {
  const Json done = {{"terms", {{"state", {"stands", "undone"}}}}};
  VITRINE_TRY_ASSIGN(const std::vector<Entry> entries,
                     Search(done, "desc", std::max<std::size_t>(limit, kMostEntries)));
  std::vector<JournalEntry> journal;
  for (const Entry& entry : entries) {
    const bool gone =
        (entry.journal.undone && entry.step < head.redo_from) || entry.journal.id <= head.last - kMostEntries;
    if (!gone && journal.size() < limit) journal.push_back(entry.journal);
  }
  return journal;
}

// Some each time: whoever comes next removes the rest. (Delete by query is a module that not every
// distribution has.)
void Journal::DeleteWhere(const Json& query) const {
  const Json body = {{"size", kMostHits}, {"query", query}, {"_source", false}, {"track_total_hits", false}};
  const auto answer =
      cluster_.Ask(Method::kPost, "/" + documents_.index() + "/_search", body.dump(), kTimeoutMs);
  if (!answer) return;
  BulkWriter remover(cluster_, documents_.index());
  Status removed;
  for (const Json& hit : answer->value("/hits/hits"_json_pointer, Json::array())) {
    if (removed) removed = remover.Delete(hit.at("_id").get<std::string>());
  }
  if (removed) static_cast<void>(remover.Flush().has_value());
}

void Journal::Drop(const Entry& entry) const {
  BulkWriter remover(cluster_, documents_.index());
  Status removed = remover.Delete(entry.id);
  for (std::size_t part = 0; removed && part < entry.parts; ++part)
    removed = remover.Delete(PartId(entry.id, part));
  if (removed) static_cast<void>(remover.Flush().has_value());
}

void Journal::Tidy(const Head& head) const {
  const Json old = {{"range", {{"number", {{"lte", head.last - kMostEntries}}}}}};
  if (head.last > kMostEntries) DeleteWhere(old);
  const Json before = {{"range", {{"step", {{"lt", head.redo_from}}}}}};
  const auto gone = Search(All({Term("state", "undone"), before}), "asc", kMostEntries);
  if (!gone) return;
  for (const Entry& entry : *gone) Drop(entry);
}

}  // namespace vitrine::cluster
