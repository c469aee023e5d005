#include "engine/tag_changes.h"

#include <algorithm>
#include <string_view>

#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

const char* VerbOf(TagWord word) {
  switch (word) {
    case TagWord::kAdd:
      return "tag ";
    case TagWord::kRemove:
      return "untag ";
    case TagWord::kAccept:
      return "accept for ";
    case TagWord::kReject:
      return "reject for ";
  }
  return "";
}

TagMark MarkFor(TagWord word) {
  return {.state = word == TagWord::kReject ? TagState::kRejected : TagState::kAccepted,
          .origin = TagOrigin::kPerson};
}

// Pictures for which the tag is only suggested, with at least this probability.
Result<std::vector<AssetId>> SuggestedFor(Annotations& annotations, const std::string& tag, double at_least) {
  VITRINE_TRY_ASSIGN(const std::vector<MarkedAsset> marks, annotations.MarksOf(tag));
  std::vector<AssetId> assets;
  for (const MarkedAsset& marked : marks) {
    if (marked.mark.state == TagState::kSuggested && marked.mark.probability >= at_least) {
      assets.push_back(marked.asset);
    }
  }
  return assets;
}

Status CheckTag(const std::string& tag) {
  auto levels = TagPath::Levels(tag);
  return levels ? Status() : Status(std::move(levels).error());
}

// Decides over suggestions, of one tag or of all.
Result<TagChange> DecideSuggestions(Annotations& annotations, const DecideOptions& options) {
  VITRINE_TRY_ASSIGN(const std::vector<TagCount> tags, annotations.Tags());
  const std::string wanted = TagPath::Folded(options.tag);
  const std::string what = std::string(options.word == TagWord::kReject ? "reject" : "accept") +
                           " suggestions of " + (options.tag.empty() ? "all tags" : Quoted(options.tag));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change, annotations.Begin(what));
  TagChange done;
  bool known = options.tag.empty();
  for (const TagCount& tag : tags) {
    if (!options.tag.empty() && TagPath::Folded(tag.path) != wanted) continue;
    known = true;
    if (tag.suggested == 0) continue;
    VITRINE_TRY_ASSIGN(const std::vector<AssetId> assets,
                       SuggestedFor(annotations, tag.path, options.at_least));
    if (assets.empty()) continue;
    VITRINE_TRY(change->Mark(tag.path, assets, MarkFor(options.word)));
    done.pictures += assets.size();
    ++done.tags;
  }
  if (!known) return Error(Code::kNotFound, "the library has no tag " + Quoted(options.tag));
  VITRINE_TRY_ASSIGN(done.entry, change->Commit());
  return done;
}

}  // namespace

std::string PicturesText(std::size_t count) {
  return Thousands(count) + (count == 1 ? " picture" : " pictures");
}

Result<TagChange> DecideTags(Annotations& annotations, const DecideOptions& options,
                             std::span<const AssetId> pictures) {
  if (!options.tag.empty() || !options.pictures.empty()) VITRINE_TRY(CheckTag(options.tag));
  const bool on_suggestions = options.word == TagWord::kAccept || options.word == TagWord::kReject;
  if (options.pictures.empty() && on_suggestions) return DecideSuggestions(annotations, options);
  if (options.pictures.empty()) return Error(Code::kInvalidArgument, "name the pictures to tag");
  const std::string what = VerbOf(options.word) + PicturesText(pictures.size()) + " " + Quoted(options.tag);
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change, annotations.Begin(what));
  if (options.word == TagWord::kRemove) {
    VITRINE_TRY(change->Unmark(options.tag, pictures));
  } else {
    VITRINE_TRY(change->Mark(options.tag, pictures, MarkFor(options.word)));
  }
  TagChange done{.pictures = pictures.size(), .tags = 1};
  VITRINE_TRY_ASSIGN(done.entry, change->Commit());
  return done;
}

Result<TagChange> RenameTag(Annotations& annotations, const std::string& from, const std::string& to) {
  VITRINE_TRY(CheckTag(from));
  VITRINE_TRY(CheckTag(to));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin("rename the tag " + Quoted(from) + " to " + Quoted(to)));
  VITRINE_TRY_ASSIGN(const std::vector<MarkedAsset> marks, annotations.MarksOf(from));
  VITRINE_TRY(change->RenameTag(from, to));
  TagChange done{.pictures = marks.size(), .tags = 1};
  VITRINE_TRY_ASSIGN(done.entry, change->Commit());
  return done;
}

Result<TagChange> DeleteTag(Annotations& annotations, const std::string& tag) {
  VITRINE_TRY(CheckTag(tag));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin("delete the tag " + Quoted(tag)));
  VITRINE_TRY_ASSIGN(const std::vector<MarkedAsset> marks, annotations.MarksOf(tag));
  VITRINE_TRY(change->DeleteTag(tag));
  TagChange done{.pictures = marks.size(), .tags = 1};
  VITRINE_TRY_ASSIGN(done.entry, change->Commit());
  return done;
}

Result<std::vector<TagFacet>> ListTags(Annotations& annotations) {
  VITRINE_TRY_ASSIGN(const std::vector<TagCount> tags, annotations.Tags());
  std::vector<TagFacet> facets;
  for (const TagCount& tag : tags) {
    facets.push_back(
        {.tag = tag.path, .accepted = tag.accepted, .suggested = tag.suggested, .rejected = tag.rejected});
  }
  return facets;
}

Result<std::int64_t> KeepSuggestions(Annotations& annotations, std::span<const SuggestedMarks> suggestions) {
  std::size_t used = 0;
  for (const SuggestedMarks& tag : suggestions) used += tag.marks.empty() ? 0U : 1U;
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin("suggest " + Thousands(used) + (used == 1 ? " tag" : " tags")));
  VITRINE_TRY(change->ReplaceSuggestions(suggestions));
  return change->Commit();
}

}  // namespace vitrine
