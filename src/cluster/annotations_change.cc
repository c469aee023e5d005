#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/try.h"
#include "catalog/annotation_rules.h"
#include "cluster/annotations.h"
#include "cluster/marks.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "cluster/tag_list.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kIdsTogether = 1000;

Error OnThisMachineOnly(const char* what) {
  return Error(Code::kUnsupported, std::string(what) + " belong to a library on this machine");
}

Json AnyOf(Json filters) { return {{"bool", {{"should", std::move(filters)}, {"minimum_should_match", 1}}}}; }

Json HasMark(const std::string& begin) { return {{"prefix", {{"marks", begin}}}}; }

// Pictures with a mark of the tag or of one below it.
Json HasBranch(const std::string& path) { return AnyOf({HasMark(MarksOf(path)), HasMark(MarksBelow(path))}); }

Json IsSuggested() {
  const std::string between = kLevelEnd;
  const std::string pattern =
      ".*" + between + std::to_string(static_cast<int>(TagState::kSuggested)) + between + ".*";
  return {{"regexp", {{"marks", {{"value", pattern}, {"flags", "NONE"}}}}}};
}

}  // namespace

ClusterChange::ClusterChange(ClusterAnnotations& home, std::string what, Head head)
    : home_(home), what_(std::move(what)), head_(std::move(head)), searches_(head_.searches) {
  home_.open_ = this;
}

ClusterChange::~ClusterChange() {
  if (home_.open_ == this) home_.open_ = nullptr;
}

Status ClusterChange::CheckOpen() const { return committed_ ? Status(ChangeIsOver()) : Status(); }

Status ClusterChange::LoadTags() {
  if (knows_tags_) return {};
  VITRINE_TRY_ASSIGN(const auto tags, TagsOfLibrary(home_.cluster_, home_.index_, head_));
  for (const auto& [folded, count] : tags) tags_before_[folded] = count.path;
  tags_ = tags_before_;
  knows_tags_ = true;
  return {};
}

const ClusterChange::Picture* ClusterChange::Find(AssetId asset) const {
  const auto at = pictures_.find(asset);
  return at == pictures_.end() ? nullptr : &at->second;
}

Status ClusterChange::LoadWhere(const std::string& query) {
  return ForEachMatch(home_.cluster_, home_.index_, Json::parse(query),
                      {std::begin(kSaidFields), std::end(kSaidFields)},
                      [&](const std::string& id, const Json& source) {
                        const AssetId asset{source.at("id").get<std::int64_t>()};
                        if (pictures_.contains(asset)) return Status();
                        Picture& picture = pictures_[asset];
                        picture.document = id;
                        picture.before = SaidOf(source);
                        for (const AssetTag& tag : picture.before.tags) {
                          picture.tags[TagPath::Folded(tag.path)] = tag;
                        }
                        picture.note = picture.before.note;
                        return Status();
                      });
}

Status ClusterChange::Load(std::span<const AssetId> assets) {
  std::vector<std::int64_t> missing;
  for (const AssetId asset : assets) {
    if (!pictures_.contains(asset)) missing.push_back(static_cast<std::int64_t>(asset));
  }
  for (std::size_t first = 0; first < missing.size(); first += kIdsTogether) {
    const auto some = std::span(missing).subspan(first, std::min(kIdsTogether, missing.size() - first));
    VITRINE_TRY(LoadWhere(Json{{"terms", {{"id", std::vector(some.begin(), some.end())}}}}.dump()));
  }
  return {};
}

Status ClusterChange::LoadAll(std::span<const AssetId> assets) {
  VITRINE_TRY(Load(assets));
  for (const AssetId asset : assets) {
    if (Find(asset) == nullptr) return UnknownPicture(asset);
  }
  return {};
}

Result<std::string> ClusterChange::KnownTag(const std::string& path) {
  VITRINE_TRY(LoadTags());
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  const auto known = tags_.find(TagPath::Folded(canonical));
  if (known == tags_.end()) return NoSuchTag(path);
  return known->second;
}

Result<std::string> ClusterChange::EnsureTag(const std::string& path) {
  VITRINE_TRY(LoadTags());
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  return tags_.emplace(TagPath::Folded(canonical), canonical).first->second;
}

// The tag of this path and those below it, by folded path.
std::vector<std::string> ClusterChange::Branch(const std::string& path) const {
  const std::string folded = TagPath::Folded(path);
  std::vector<std::string> branch;
  for (const auto& [tag, spelled] : tags_) {
    if (tag == folded || tag.starts_with(folded + '/')) branch.push_back(tag);
  }
  return branch;
}

void ClusterChange::Store(const std::string& path, AssetId asset, const TagMark& mark) {
  const auto [there, added] =
      pictures_.at(asset).tags.try_emplace(TagPath::Folded(path), AssetTag{path, mark});
  if (!added && Replaces(mark, there->second.mark)) there->second.mark = mark;
}

Status ClusterChange::Mark(const std::string& path, std::span<const AssetId> assets, const TagMark& mark) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(CheckMark(mark));
  VITRINE_TRY(LoadAll(assets));
  VITRINE_TRY_ASSIGN(const std::string tag, EnsureTag(path));
  for (const AssetId asset : assets) Store(tag, asset, mark);
  return {};
}

Status ClusterChange::Suggest(const std::string& path, std::span<const MarkedAsset> marks) {
  VITRINE_TRY(CheckOpen());
  std::vector<AssetId> assets;
  for (const MarkedAsset& marked : marks) {
    VITRINE_TRY(CheckMark(marked.mark));
    assets.push_back(marked.asset);
  }
  VITRINE_TRY(LoadAll(assets));
  VITRINE_TRY_ASSIGN(const std::string tag, EnsureTag(path));
  for (const MarkedAsset& marked : marks) Store(tag, marked.asset, marked.mark);
  return {};
}

// All pictures are read before the first is changed: those that have suggestions, and those that get some.
Status ClusterChange::ReplaceSuggestions(std::span<const SuggestedMarks> suggestions) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(LoadTags());
  std::set<std::string> known;
  std::vector<AssetId> assets;
  Json query = IsSuggested();
  for (const SuggestedMarks& tag : suggestions) {
    VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(tag.path));
    if (suggestions.size() == 1) query = HasMark(MarksOf(canonical));
    if (const std::string folded = TagPath::Folded(canonical); tags_.contains(folded)) known.insert(folded);
    for (const MarkedAsset& marked : tag.marks) {
      VITRINE_TRY(CheckMark(marked.mark));
      assets.push_back(marked.asset);
    }
  }
  if (!known.empty()) VITRINE_TRY(LoadWhere(query.dump()));
  std::ranges::sort(assets);
  assets.erase(std::unique(assets.begin(), assets.end()), assets.end());
  VITRINE_TRY(LoadAll(assets));
  for (auto& [asset, picture] : pictures_) {
    std::erase_if(picture.tags, [&](const auto& tag) {
      return tag.second.mark.state == TagState::kSuggested && known.contains(tag.first);
    });
  }
  for (const SuggestedMarks& tag : suggestions) {
    if (tag.marks.empty()) continue;
    VITRINE_TRY_ASSIGN(const std::string path, EnsureTag(tag.path));
    for (const MarkedAsset& marked : tag.marks) Store(path, marked.asset, marked.mark);
  }
  return {};
}

Status ClusterChange::Unmark(const std::string& path, std::span<const AssetId> assets) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY_ASSIGN(const std::string tag, KnownTag(path));
  VITRINE_TRY(LoadAll(assets));
  for (const AssetId asset : assets) pictures_.at(asset).tags.erase(TagPath::Folded(tag));
  return {};
}

Status ClusterChange::ForgetSuggestions(const std::string& path) {
  VITRINE_TRY(CheckOpen());
  std::string folded;
  Json query = IsSuggested();
  if (!path.empty()) {
    VITRINE_TRY_ASSIGN(const std::string tag, KnownTag(path));
    folded = TagPath::Folded(tag);
    query = HasMark(MarksOf(tag));
  }
  VITRINE_TRY(LoadWhere(query.dump()));
  for (auto& [asset, picture] : pictures_) {
    std::erase_if(picture.tags, [&](const auto& tag) {
      return tag.second.mark.state == TagState::kSuggested && (path.empty() || tag.first == folded);
    });
  }
  return {};
}

// Every tag of the branch leaves its place, then each takes its new one, where the stronger mark wins.
Status ClusterChange::RenameTag(const std::string& from, const std::string& to) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY_ASSIGN(const std::vector<std::string> old_levels, TagPath::Levels(from));
  VITRINE_TRY_ASSIGN(const std::vector<std::string> new_levels, TagPath::Levels(to));
  const std::string old_path = TagPath::Join(old_levels);
  VITRINE_TRY(LoadTags());
  const std::vector<std::string> branch = Branch(old_path);
  if (branch.empty()) return NoSuchTag(from);
  std::map<std::string, std::string> moved;  // New paths, by old folded ones.
  for (const std::string& tag : branch) {
    VITRINE_TRY_ASSIGN(moved[tag], MovedTag(tags_.at(tag), old_levels.size(), new_levels));
  }
  VITRINE_TRY(LoadWhere(HasBranch(old_path).dump()));
  for (const std::string& tag : branch) tags_.erase(tag);
  for (auto& [tag, path] : moved) path = tags_.emplace(TagPath::Folded(path), path).first->second;
  for (auto& [asset, picture] : pictures_) {
    std::vector<AssetTag> moving;
    for (const auto& [tag, path] : moved) {
      const auto at = picture.tags.find(tag);
      if (at == picture.tags.end()) continue;
      moving.push_back({.path = path, .mark = at->second.mark});
      picture.tags.erase(at);
    }
    for (const AssetTag& tag : moving) {
      const auto [there, added] = picture.tags.try_emplace(TagPath::Folded(tag.path), tag);
      if (!added && IsStronger(tag.mark, there->second.mark)) there->second.mark = tag.mark;
    }
  }
  return {};
}

Status ClusterChange::DeleteTag(const std::string& path) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  VITRINE_TRY(LoadTags());
  const std::vector<std::string> branch = Branch(canonical);
  if (branch.empty()) return NoSuchTag(path);
  VITRINE_TRY(LoadWhere(HasBranch(canonical).dump()));
  for (const std::string& tag : branch) {
    tags_.erase(tag);
    for (auto& [asset, picture] : pictures_) picture.tags.erase(tag);
  }
  return {};
}

Status ClusterChange::SetNote(AssetId asset, const Note& note) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(CheckNote(note));
  VITRINE_TRY(LoadAll(std::span(&asset, 1)));
  pictures_.at(asset).note = note;
  return {};
}

Status ClusterChange::SaveSearch(const SavedSearch& search) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(CheckSearch(search));
  searches_[search.name] = search.query;
  return {};
}

Status ClusterChange::DropSearch(const std::string& name) {
  VITRINE_TRY(CheckOpen());
  return searches_.erase(name) > 0 ? Status() : Status(NoSuchSearch(name));
}

Status ClusterChange::RecordMove(const FileMove&) { return OnThisMachineOnly("moves of files"); }

Status ClusterChange::RememberSidecar(const SidecarRecord&) { return OnThisMachineOnly("sidecars"); }

}  // namespace vitrine::cluster
