// What a change comes to: both sides of everything it touched, written into the journal and done.
#include <optional>
#include <set>
#include <utility>

#include "base/random_id.h"
#include "base/try.h"
#include "base/utc_now.h"
#include "catalog/annotation_rules.h"
#include "cluster/annotations.h"

namespace vitrine::cluster {
namespace {

std::optional<AssetTag> TagIn(const std::map<std::string, AssetTag>& tags, const std::string& folded) {
  const auto at = tags.find(folded);
  return at == tags.end() ? std::nullopt : std::optional(at->second);
}

bool AreSame(const std::optional<AssetTag>& a, const std::optional<AssetTag>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->path == b->path && a->mark == b->mark;
}

}  // namespace

std::vector<PictureChange> ClusterChange::PictureChanges() const {
  std::vector<PictureChange> changes;
  for (const auto& [asset, picture] : pictures_) {
    PictureChange change{.document = picture.document, .asset = asset};
    std::map<std::string, AssetTag> before;
    for (const AssetTag& tag : picture.before.tags) before[TagPath::Folded(tag.path)] = tag;
    std::set<std::string> all;
    for (const auto& [folded, tag] : before) all.insert(folded);
    for (const auto& [folded, tag] : picture.tags) all.insert(folded);
    for (const std::string& folded : all) {
      MarkChange mark{.before = TagIn(before, folded), .after = TagIn(picture.tags, folded)};
      if (!AreSame(mark.before, mark.after)) change.marks.push_back(std::move(mark));
    }
    if (picture.note != picture.before.note)
      change.note = {.before = picture.before.note, .after = picture.note};
    if (!change.marks.empty() || change.note) changes.push_back(std::move(change));
  }
  return changes;
}

ListChange ClusterChange::ListChanges(std::span<const PictureChange> pictures) const {
  ListChange change;
  for (const auto& [folded, path] : tags_) {
    const auto before = tags_before_.find(folded);
    if (before == tags_before_.end() || before->second != path) change.made.push_back(path);
  }
  for (const auto& [folded, path] : tags_before_) {
    const auto now = tags_.find(folded);
    if (now == tags_.end() || now->second != path) change.dropped.push_back(path);
  }
  std::set<std::string> kept;
  for (const PictureChange& picture : pictures) {
    for (const MarkChange& mark : picture.marks) {
      if (mark.after) continue;
      const auto stays = tags_.find(TagPath::Folded(mark.before->path));
      if (stays != tags_.end() && tags_before_.contains(stays->first)) kept.insert(stays->second);
    }
  }
  change.kept.assign(kept.begin(), kept.end());
  for (const auto& [name, query] : head_.searches) change.searches[name].before = query;
  for (const auto& [name, query] : searches_) change.searches[name].after = query;
  std::erase_if(change.searches,
                [](const auto& search) { return search.second.before == search.second.after; });
  return change;
}

Result<std::int64_t> ClusterChange::Commit() {
  VITRINE_TRY(CheckOpen());
  committed_ = true;
  home_.open_ = nullptr;
  const std::vector<PictureChange> pictures = PictureChanges();
  Entry entry{.id = RandomId(16), .begun = true};
  entry.lists = ListChanges(pictures);
  const bool nothing = pictures.empty() && entry.lists.made.empty() && entry.lists.dropped.empty() &&
                       entry.lists.searches.empty();
  if (nothing) return std::int64_t{0};
  entry.journal = {.id = head_.last + 1, .at = UtcNow(), .what = what_, .undone = false, .moves = {}};
  VITRINE_TRY(home_.steps_.journal().Keep(head_, entry, pictures));
  const Status done = home_.steps_.Do(entry, head_);
  if (!done && done.error().code() == Code::kLocked) home_.steps_.journal().Drop(entry);
  if (!done) return done.error();
  return entry.journal.id;
}

}  // namespace vitrine::cluster
