#include "cluster/journal_doc.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/try.h"
#include "catalog/annotation_rules.h"
#include "catalog/words.h"
#include "cluster/marks.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTagText = 1, kCaptionText = 2;  // Of kWordColumns.

Json NoteJson(const Note& note) {
  Json json = {{"caption", note.caption}};
  if (note.rating) json["rating"] = *note.rating;
  return json;
}

Note NoteOf(const Json& json) {
  Note note;
  if (json.contains("rating")) note.rating = json.at("rating").get<std::int32_t>();
  note.caption = json.value("caption", "");
  return note;
}

// Calls `write` for each side that is there.
template <typename Value, typename Write>
Json BothJson(const Both<Value>& both, const Write& write) {
  Json json = Json::object();
  if (both.before) json["before"] = write(*both.before);
  if (both.after) json["after"] = write(*both.after);
  return json;
}

template <typename Value, typename Read>
Both<Value> BothOf(const Json& json, const Read& read) {
  Both<Value> both;
  if (json.contains("before")) both.before = read(json.at("before"));
  if (json.contains("after")) both.after = read(json.at("after"));
  return both;
}

std::string TextOf(const Json& json) { return json.get<std::string>(); }

auto FindTag(std::vector<AssetTag>& tags, const std::string& folded) {
  return std::ranges::find_if(tags, [&](const AssetTag& tag) { return TagPath::Folded(tag.path) == folded; });
}

Result<std::string> WordsOfTags(const std::vector<AssetTag>& tags) {
  std::vector<std::string> accepted;
  for (const AssetTag& tag : tags) {
    if (tag.mark.state == TagState::kAccepted) accepted.push_back(tag.path);
  }
  return TagTexts(accepted);
}

const std::string& PathOf(const MarkChange& change) {
  return change.after ? change.after->path : change.before->path;
}

void SetMark(const MarkChange& change, Side side, std::vector<AssetTag>& tags) {
  const std::optional<AssetTag>& wanted = change.of(side);
  const std::string folded = TagPath::Folded(PathOf(change));
  const auto there = FindTag(tags, folded);
  if (there != tags.end()) tags.erase(there);
  if (!wanted) return;
  const auto behind =
      std::ranges::find_if(tags, [&](const AssetTag& tag) { return TagPath::Folded(tag.path) > folded; });
  tags.insert(behind, *wanted);
}

}  // namespace

Json HeadJson(const Head& head) {
  Json tags = Json::array();
  for (const auto& [folded, path] : head.tags) tags.push_back(path);
  Json json = {{"kind", "head"},           {"step", head.step},
               {"last", head.last},        {"redo_from", head.redo_from},
               {"token", head.token},      {"tags", std::move(tags)},
               {"searches", head.searches}};
  if (head.pending) {
    json["pending"] = {{"entry", head.pending->entry},
                       {"back", head.pending->side == Side::kBefore},
                       {"new", head.pending->is_new},
                       {"since_s", head.pending->since_s}};
  }
  return json;
}

Head HeadOf(const Json& json) {
  Head head;
  head.step = json.at("step").get<std::int64_t>();
  head.last = json.at("last").get<std::int64_t>();
  head.redo_from = json.at("redo_from").get<std::int64_t>();
  head.token = json.at("token").get<std::string>();
  for (const Json& tag : json.at("tags")) head.tags[TagPath::Folded(TextOf(tag))] = TextOf(tag);
  head.searches = json.at("searches").get<std::map<std::string, std::string>>();
  if (json.contains("pending")) {
    const Json& pending = json.at("pending");
    head.pending = {.entry = pending.at("entry").get<std::string>(),
                    .side = pending.at("back").get<bool>() ? Side::kBefore : Side::kAfter,
                    .is_new = pending.at("new").get<bool>(),
                    .since_s = pending.at("since_s").get<std::int64_t>()};
  }
  return head;
}

Json EntryJson(const Entry& entry) {
  Json searches = Json::object();
  for (const auto& [name, query] : entry.lists.searches) {
    searches[name] = BothJson(query, [](const std::string& text) { return Json(text); });
  }
  return {{"kind", "entry"},
          {"number", entry.journal.id},
          {"at", entry.journal.at},
          {"what", entry.journal.what},
          {"state", entry.begun ? "begun" : (entry.journal.undone ? "undone" : "stands")},
          {"step", entry.step},
          {"parts", entry.parts},
          {"change",
           {{"made", entry.lists.made},
            {"dropped", entry.lists.dropped},
            {"kept", entry.lists.kept},
            {"searches", std::move(searches)}}}};
}

Entry EntryOf(const std::string& id, const Json& json) {
  Entry entry;
  entry.id = id;
  const std::string state = json.at("state").get<std::string>();
  entry.journal = {.id = json.at("number").get<std::int64_t>(),
                   .at = json.at("at").get<std::string>(),
                   .what = json.at("what").get<std::string>(),
                   .undone = state == "undone",
                   .moves = {}};
  entry.begun = state == "begun";
  entry.step = json.at("step").get<std::int64_t>();
  entry.parts = json.at("parts").get<std::size_t>();
  const Json& change = json.at("change");
  entry.lists.made = change.at("made").get<std::vector<std::string>>();
  entry.lists.dropped = change.at("dropped").get<std::vector<std::string>>();
  entry.lists.kept = change.at("kept").get<std::vector<std::string>>();
  for (const auto& [name, query] : change.at("searches").items()) {
    entry.lists.searches[name] = BothOf<std::string>(query, TextOf);
  }
  return entry;
}

Json PartJson(const PictureChange& change) {
  Json json = {{"document", change.document}, {"asset", static_cast<std::int64_t>(change.asset)}};
  for (const MarkChange& mark : change.marks) {
    json["marks"].push_back(BothJson(mark, TagJson));
  }
  if (change.note) json["note"] = BothJson(*change.note, NoteJson);
  return json;
}

PictureChange PartOf(const Json& json) {
  PictureChange change;
  change.document = json.at("document").get<std::string>();
  change.asset = AssetId{json.at("asset").get<std::int64_t>()};
  for (const Json& mark : json.value("marks", Json::array())) {
    change.marks.push_back(BothOf<AssetTag>(mark, TagOf));
    if (!change.marks.back().before && !change.marks.back().after) change.marks.pop_back();
  }
  if (json.contains("note")) change.note = BothOf<Note>(json.at("note"), NoteOf);
  return change;
}

void Apply(const ListChange& change, Side side, Head& head) {
  const bool after = side == Side::kAfter;
  for (const std::string& path : after ? change.dropped : change.made) head.tags.erase(TagPath::Folded(path));
  for (const std::string& path : after ? change.made : change.dropped)
    head.tags[TagPath::Folded(path)] = path;
  for (const std::string& path : change.kept) head.tags.emplace(TagPath::Folded(path), path);
  for (const auto& [name, query] : change.searches) {
    if (const std::optional<std::string>& wanted = query.of(side)) {
      head.searches[name] = *wanted;
    } else {
      head.searches.erase(name);
    }
  }
}

Status Apply(const PictureChange& change, Side side, PictureCopy& picture) {
  for (const MarkChange& mark : change.marks) SetMark(mark, side, picture.tags);
  if (change.note) picture.note = change.note->of(side).value_or(Note());
  VITRINE_TRY_ASSIGN(picture.texts[kTagText], WordsOfTags(picture.tags));
  picture.texts[kCaptionText] = picture.note.caption;
  return {};
}

Said SaidOf(const Json& source) {
  Said said;
  const Json picture = source.value("picture", Json::object());
  for (const Json& tag : picture.value("tags", Json::array())) said.tags.push_back(TagOf(tag));
  said.note = NoteOf(picture);
  return said;
}

std::string FirstOther(const PictureChange& change, Side side, const Said& said) {
  for (const MarkChange& mark : change.marks) {
    const std::string folded = TagPath::Folded(PathOf(mark));
    const auto there = std::ranges::find_if(
        said.tags, [&](const AssetTag& tag) { return TagPath::Folded(tag.path) == folded; });
    const std::optional<AssetTag>& wanted = mark.of(side);
    const bool is_there = there != said.tags.end();
    const bool same = is_there == wanted.has_value() && (!is_there || there->mark == wanted->mark);
    if (!same) return MarkName(PathOf(mark), change.asset);
  }
  if (change.note && said.note != change.note->of(side)) return NoteName(change.asset);
  return "";
}

std::string FirstOther(const ListChange& change, Side side, const Head& head) {
  for (const auto& [name, query] : change.searches) {
    const auto there = head.searches.find(name);
    const auto now = there == head.searches.end() ? std::nullopt : std::optional(there->second);
    if (now != query.of(side)) return SearchName(name);
  }
  return "";
}

}  // namespace vitrine::cluster
