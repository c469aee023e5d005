#include "catalog/annotation_rules.h"

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/words.h"

namespace vitrine {
namespace {

constexpr std::size_t kMaxModelBytes = 255;
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxQueryBytes = 64 << 10;
constexpr std::size_t kMaxWhatBytes = 500;

bool IsPlainText(std::string_view text) { return IsUtf8(text) && text.find('\0') == std::string_view::npos; }

}  // namespace

Result<std::string> CanonicalTag(const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::vector<std::string> levels, TagPath::Levels(path));
  return TagPath::Join(levels);
}

Result<std::string> MovedTag(const std::string& path, std::size_t levels, std::span<const std::string> to) {
  VITRINE_TRY_ASSIGN(const std::vector<std::string> old_levels, TagPath::Levels(path));
  std::vector<std::string> moved(to.begin(), to.end());
  moved.insert(moved.end(), old_levels.begin() + static_cast<std::ptrdiff_t>(levels), old_levels.end());
  return CanonicalTag(TagPath::Join(moved));
}

bool Replaces(const TagMark& mark, const TagMark& there) {
  return mark.state != TagState::kSuggested || there.state == TagState::kSuggested;
}

bool IsStronger(const TagMark& mark, const TagMark& there) { return mark.state < there.state; }

Status CheckMark(const TagMark& mark) {
  const bool known_state = mark.state >= TagState::kAccepted && mark.state <= TagState::kSuggested;
  const bool known_origin = mark.origin >= TagOrigin::kPerson && mark.origin <= TagOrigin::kTaught;
  if (!known_state || !known_origin) return Error(Code::kInvalidArgument, "a mark says nothing of its tag");
  if (!(mark.probability >= 0 && mark.probability <= 1)) {
    return Error(Code::kInvalidArgument, "the probability of a tag is a number from 0 to 1");
  }
  if (mark.model.size() > kMaxModelBytes) {
    return Error(Code::kInvalidArgument, "the name of a mark's model has more than 255 bytes");
  }
  return {};
}

Status CheckNote(const Note& note) {
  if (note.rating && (*note.rating < -1 || *note.rating > 5)) {
    return Error(Code::kInvalidArgument,
                 "a rating is -1 (rejected) or 0 to 5, not " + std::to_string(*note.rating));
  }
  if (note.caption.size() > kMaxTextBytes) {
    return Error(Code::kInvalidArgument,
                 "a caption has at most 65,536 bytes, not " + std::to_string(note.caption.size()));
  }
  if (!IsPlainText(note.caption)) {
    return Error(Code::kInvalidArgument, "a caption is text in UTF-8, without NUL");
  }
  return {};
}

Status CheckSearch(const SavedSearch& search) {
  const bool is_name = !search.name.empty() && search.name.size() <= kMaxNameBytes && IsUtf8(search.name) &&
                       Printable(search.name) == search.name;
  if (!is_name) {
    return Error(Code::kInvalidArgument,
                 "the name of a saved search is 1 to 255 bytes of text without control characters");
  }
  if (search.query.size() > kMaxQueryBytes || !IsPlainText(search.query)) {
    return Error(Code::kInvalidArgument, "a saved search is at most 65,536 bytes of text in UTF-8");
  }
  return {};
}

std::string JournalText(const std::string& what) {
  const std::string valid = ToValidUtf8(what);
  return std::string(CutUtf8(valid, kMaxWhatBytes));
}

Error NoSuchTag(const std::string& path) {
  return {Code::kNotFound, "there is no tag " + Quoted(CutUtf8(path, 200))};
}

Error UnknownPicture(AssetId asset) {
  return {Code::kNotFound,
          "there is no picture " + std::to_string(static_cast<std::int64_t>(asset)) + " in the library"};
}

Error NoSuchSearch(const std::string& name) {
  return {Code::kNotFound, "there is no saved search " + Quoted(CutUtf8(name, 200))};
}

Error ChangeIsOpen() {
  return {Code::kInvalidArgument, "one change of the library has to end before the next begins"};
}

Error ChangeIsOver() { return {Code::kInvalidArgument, "the change was committed already"}; }

Error CannotStep(const JournalEntry& entry, const std::string& why) {
  return {Code::kInvalidArgument,
          "cannot " + std::string(entry.undone ? "redo " : "undo ") + Quoted(entry.what) + ": " + why};
}

std::string MarkName(const std::string& tag, AssetId asset) {
  return "the tag " + Quoted(tag) + " on picture " + std::to_string(static_cast<std::int64_t>(asset));
}

std::string NoteName(AssetId asset) {
  return "the rating or caption of picture " + std::to_string(static_cast<std::int64_t>(asset));
}

std::string SearchName(const std::string& name) { return "the saved search " + Quoted(name); }

}  // namespace vitrine
