#include "cluster/annotations.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/try.h"
#include "catalog/annotation_rules.h"
#include "cluster/marks.h"
#include "cluster/paging.h"
#include "cluster/picture_doc.h"
#include "cluster/tag_list.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

std::vector<std::string> SaidFields() { return {std::begin(kSaidFields), std::end(kSaidFields)}; }

Json TermId(AssetId asset) { return {{"term", {{"id", static_cast<std::int64_t>(asset)}}}}; }

}  // namespace

Result<std::vector<TagCount>> ClusterAnnotations::Tags() {
  VITRINE_TRY_ASSIGN(const Head head, steps_.journal().ReadHead());
  VITRINE_TRY_ASSIGN(auto tags, TagsOfLibrary(cluster_, index_, head));
  std::vector<TagCount> counts;
  counts.reserve(tags.size());
  for (auto& [folded, count] : tags) counts.push_back(std::move(count));
  return counts;
}

Result<std::vector<MarkedAsset>> ClusterAnnotations::MarksOf(const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  const std::string folded = TagPath::Folded(canonical);
  const Json query = {{"prefix", {{"marks", cluster::MarksOf(canonical)}}}};
  std::vector<MarkedAsset> marks;
  if (open_ != nullptr) {
    VITRINE_TRY(open_->LoadWhere(query.dump()));
    for (const auto& [asset, picture] : open_->pictures()) {
      const auto tag = picture.tags.find(folded);
      if (tag != picture.tags.end()) marks.push_back({.asset = asset, .mark = tag->second.mark});
    }
    return marks;
  }
  VITRINE_TRY(
      ForEachMatch(cluster_, index_, query, SaidFields(), [&](const std::string&, const Json& source) {
        for (const AssetTag& tag : SaidOf(source).tags) {
          if (TagPath::Folded(tag.path) != folded) continue;
          marks.push_back({.asset = AssetId{source.at("id").get<std::int64_t>()}, .mark = tag.mark});
        }
        return Status();
      }));
  return marks;
}

Result<Said> ClusterAnnotations::SaidAbout(AssetId asset) {
  Said said;
  if (open_ != nullptr) {
    VITRINE_TRY(open_->Load(std::span(&asset, 1)));
    const ClusterChange::Picture* const picture = open_->Find(asset);
    if (picture == nullptr) return said;
    for (const auto& [folded, tag] : picture->tags) said.tags.push_back(tag);
    said.note = picture->note;
    return said;
  }
  VITRINE_TRY(ForEachMatch(cluster_, index_, TermId(asset), SaidFields(),
                           [&](const std::string&, const Json& source) {
                             said = SaidOf(source);
                             return Status();
                           }));
  return said;
}

Result<std::vector<AssetTag>> ClusterAnnotations::TagsOf(AssetId asset) {
  VITRINE_TRY_ASSIGN(Said said, SaidAbout(asset));
  return std::move(said.tags);
}

Result<Note> ClusterAnnotations::NoteOf(AssetId asset) {
  VITRINE_TRY_ASSIGN(Said said, SaidAbout(asset));
  return std::move(said.note);
}

Result<std::vector<Note>> ClusterAnnotations::NotesOf(std::span<const AssetId> assets) {
  if (open_ != nullptr) VITRINE_TRY(open_->Load(assets));
  std::vector<Note> notes;
  notes.reserve(assets.size());
  for (const AssetId asset : assets) {
    VITRINE_TRY_ASSIGN(Note note, NoteOf(asset));
    notes.push_back(std::move(note));
  }
  return notes;
}

Result<std::vector<SavedSearch>> ClusterAnnotations::SavedSearches() {
  VITRINE_TRY_ASSIGN(const Head head, steps_.journal().ReadHead());
  std::vector<SavedSearch> searches;
  for (const auto& [name, query] : head.searches) searches.push_back({.name = name, .query = query});
  return searches;
}

Result<std::vector<JournalEntry>> ClusterAnnotations::Journal(std::size_t limit) {
  VITRINE_TRY_ASSIGN(const Head head, steps_.journal().ReadHead());
  return steps_.journal().List(head, limit);
}

Result<std::unique_ptr<Change>> ClusterAnnotations::Begin(const std::string& what) {
  if (open_ != nullptr) return ChangeIsOpen();
  VITRINE_TRY_ASSIGN(Head head, steps_.Settled());
  return std::unique_ptr<Change>(std::make_unique<ClusterChange>(*this, JournalText(what), std::move(head)));
}

Result<std::unique_ptr<Change>> ClusterAnnotations::BeginUnrecorded() {
  return Error(Code::kUnsupported, "a library on a cluster is not changed without its journal");
}

}  // namespace vitrine::cluster
