#include "cluster/tag_list.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/annotation_rules.h"
#include "cluster/marks.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kBucketsTogether = 1000;

void AddTo(TagCount& count, TagState state, std::uint64_t pictures) {
  switch (state) {
    case TagState::kAccepted:
      count.accepted += pictures;
      break;
    case TagState::kRejected:
      count.rejected += pictures;
      break;
    case TagState::kSuggested:
      count.suggested += pictures;
      break;
  }
}

}  // namespace

Result<std::map<std::string, TagCount>> TagsOfLibrary(const Cluster& cluster, const std::string& index,
                                                      const Head& head) {
  std::map<std::string, TagCount> tags;
  for (const auto& [folded, path] : head.tags) tags[folded].path = path;
  Json composite = {{"size", kBucketsTogether}, {"sources", {{{"mark", {{"terms", {{"field", "marks"}}}}}}}}};
  while (true) {
    const Json body = {{"size", 0}, {"aggs", {{"marks", {{"composite", composite}}}}}};
    VITRINE_TRY_ASSIGN(const Json answer,
                       cluster.Ask(Method::kPost, "/" + index + "/_search", body.dump(), 60'000));
    VITRINE_TRY(CheckWhole(cluster, answer));
    const Json buckets = answer.value("/aggregations/marks/buckets"_json_pointer, Json::array());
    for (const Json& bucket : buckets) {
      VITRINE_TRY_ASSIGN(const AssetTag tag, TagOfMark(bucket.at("key").at("mark").get<std::string>()));
      TagCount& count = tags[TagPath::Folded(tag.path)];
      if (count.path.empty()) count.path = tag.path;
      AddTo(count, tag.mark.state, bucket.at("doc_count").get<std::uint64_t>());
    }
    if (buckets.size() < kBucketsTogether) return tags;
    composite["after"] = buckets.back().at("key");
  }
}

Status CheckSpelling(const Cluster& cluster, const std::string& index, const Entry& entry, Side side,
                     const Head& head) {
  const bool after = side == Side::kAfter;
  const std::vector<std::string>& comes = after ? entry.lists.dropped : entry.lists.made;
  const std::vector<std::string>& goes = after ? entry.lists.made : entry.lists.dropped;
  if (comes.empty()) return {};
  VITRINE_TRY_ASSIGN(const auto tags, TagsOfLibrary(cluster, index, head));
  const std::set<std::string> going(goes.begin(), goes.end());
  for (const std::string& path : comes) {
    const auto there = tags.find(TagPath::Folded(path));
    if (there == tags.end() || there->second.path == path || going.contains(there->second.path)) continue;
    return CannotStep(entry.journal, "the tag " + Quoted(there->second.path) + " was made anew since");
  }
  return {};
}

}  // namespace vitrine::cluster
