// What people, files and machines say of pictures: tags, ratings, captions; saved searches; and the journal
// that takes any of it back.
//
//   auto change = catalog.annotations().Begin("tag 12 pictures \"beach\"");
//   change->Mark("places/beach", assets, {.state = TagState::kAccepted, .origin = TagOrigin::kPerson});
//   change->Commit();                                   // durable, and one step of `vitrine undo`
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vitrine/journal.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

struct SidecarRecord;  // catalog/catalog.h

/// Who says that a picture carries a tag.
enum class TagOrigin : std::uint8_t {
  kPerson = 1,
  kFile = 2,    ///< The picture's own metadata, or its sidecar.
  kWords = 3,   ///< A machine that compared the picture with the tag's words.
  kTaught = 4,  ///< A machine that was taught with accepted and rejected pictures.
};

enum class TagState : std::uint8_t { kAccepted = 1, kRejected = 2, kSuggested = 3 };

/// What is said of a tag on a picture.
struct TagMark {
  TagState state = TagState::kAccepted;
  TagOrigin origin = TagOrigin::kPerson;
  double probability = 1;  ///< Of a machine's suggestion, 0..1.
  std::string model;       ///< The space that judged; empty for people and files.
  bool operator==(const TagMark&) const = default;
};

/// A tag's path: levels joined with '/', a '/' or '\' inside a level preceded by '\'. At most 16 levels of at
/// most 255 bytes of UTF-8 without control characters. Tags are one when their case-folded paths are.
struct TagPath {
  /// Levels of a path, unescaped. Errors: kInvalidArgument (empty level, too long, control character, not
  /// UTF-8).
  static Result<std::vector<std::string>> Levels(const std::string& path);
  static std::string Join(std::span<const std::string> levels);
  /// What is the same for all spellings of one tag (base/utf8.h, FoldCase). A tag lies below another when its
  /// folded path begins with the other's and a '/'.
  static std::string Folded(const std::string& path);
};

/// A tag with the numbers of living pictures that it stands on (not those of tags below it).
struct TagCount {
  std::string path;
  std::uint64_t accepted = 0, suggested = 0, rejected = 0;
};

struct MarkedAsset {
  AssetId asset{};
  TagMark mark;
};

struct AssetTag {
  std::string path;
  TagMark mark;
};

/// What a person wrote beside a picture.
struct Note {
  std::optional<std::int32_t> rating;  ///< -1 (rejected), 0..5.
  std::string caption;                 ///< UTF-8, at most 64 KiB; empty for none.
  bool operator==(const Note&) const = default;
};

/// What machines suggest of one tag.
struct SuggestedMarks {
  std::string path;
  std::vector<MarkedAsset> marks;
};

/// A set of changes that becomes durable, and one entry of the journal, at Commit(); gone without it. Reading
/// calls of the catalog see what was changed so far; its other writing calls fail as long as this lives. Mark
/// and Suggest make the tag when needed. A call that fails has changed nothing. Errors of all:
/// kInvalidArgument (a path that is none, a rating outside -1..5), kNotFound (no such asset, tag or saved
/// search), kNoSpace, kIo.
class Change {
 public:
  virtual ~Change() = default;

  /// Sets what is said of the tag on each picture, in place of what was said. A machine's suggestion
  /// (kSuggested) never replaces kAccepted or kRejected.
  virtual Status Mark(const std::string& path, std::span<const AssetId> assets, const TagMark& mark) = 0;
  /// The same with a probability of its own for each picture.
  virtual Status Suggest(const std::string& path, std::span<const MarkedAsset> marks) = 0;
  /// The same of several tags, each once, in place of all that machines suggested of them before.
  virtual Status ReplaceSuggestions(std::span<const SuggestedMarks> suggestions) = 0;
  /// Forgets what is said of the tag on these pictures.
  virtual Status Unmark(const std::string& path, std::span<const AssetId> assets) = 0;
  /// Forgets all that machines only suggested; of one tag, or of all for an empty path.
  virtual Status ForgetSuggestions(const std::string& path) = 0;
  /// Gives a tag and all below it another path. Where that exists the two are merged: accepted wins over
  /// rejected wins over suggested.
  virtual Status RenameTag(const std::string& from, const std::string& to) = 0;
  /// Removes a tag and all below it from every picture.
  virtual Status DeleteTag(const std::string& path) = 0;
  virtual Status SetNote(AssetId asset, const Note& note) = 0;
  virtual Status SaveSearch(const SavedSearch& search) = 0;  ///< In place of one of the name.
  virtual Status DropSearch(const std::string& name) = 0;
  /// Remembers that a file was moved as part of this change; if it is known, then under its new path at once,
  /// in place of what was remembered there.
  virtual Status RecordMove(const FileMove& move) = 0;

  /// Keeps it as Catalog::RememberSidecar() does, in the same step as the rest; never part of the journal.
  virtual Status RememberSidecar(const SidecarRecord& sidecar) = 0;

  /// Returns the entry's id; 0 when nothing was changed, and nothing is recorded then.
  virtual Result<std::int64_t> Commit() = 0;
};

class Annotations {
 public:
  virtual ~Annotations() = default;

  // Reading.

  virtual Result<std::vector<TagCount>> Tags() = 0;  ///< In order of path; tags on no picture included.
  /// Pictures with any mark of exactly this tag, in order of id. An unknown tag has none.
  virtual Result<std::vector<MarkedAsset>> MarksOf(const std::string& path) = 0;
  virtual Result<std::vector<AssetTag>> TagsOf(AssetId asset) = 0;  ///< In order of path.
  virtual Result<Note> NoteOf(AssetId asset) = 0;
  virtual Result<std::vector<Note>> NotesOf(std::span<const AssetId> assets) = 0;  ///< In the order asked.
  virtual Result<std::vector<SavedSearch>> SavedSearches() = 0;                    ///< In order of name.
  virtual Result<std::vector<JournalEntry>> Journal(std::size_t limit) = 0;        ///< Newest first.

  // Writing (a catalog opened with kWrite). The journal keeps the newest 1,000 entries, or fewer when their
  // changes take more than 64 MiB together.

  /// @param what  for people; the journal shows it. Only one Change at a time.
  virtual Result<std::unique_ptr<Change>> Begin(const std::string& what) = 0;
  /// Changes without an entry in the journal: what files say of themselves while they are indexed.
  virtual Result<std::unique_ptr<Change>> BeginUnrecorded() = 0;
  /// Takes back the newest entry that stands, or puts the oldest one back that was taken back after it.
  /// Nothing happens, and kInvalidArgument says what stands against it, when something that the entry changed
  /// has been changed since without the journal. Errors: kNotFound (nothing to undo or redo).
  virtual Result<JournalEntry> Undo() = 0;
  virtual Result<JournalEntry> Redo() = 0;
};

}  // namespace vitrine
