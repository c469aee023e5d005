// Where boards are kept: what the rules of board_store.h ask of a place. On this machine it is a file
// (sqlite_boards.h), for a library on a cluster an index (cluster/board_storage.h). Here lie no rules: what a
// step does to items and to the edits that can be undone has been decided by whoever calls.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

struct StoredSummary {
  BoardSummary summary;            ///< Without cover.
  std::vector<std::string> cover;  ///< Contents of its largest pictures, at most kMostCovers.
};
inline constexpr std::size_t kMostCovers = 4;

/// A board without what lies on it.
struct BoardRow {
  std::string id, name, background;
  std::int64_t revision = 0;
  std::string created, changed;
  bool is_template = false, deleted = false;
  std::int64_t items = 0, pictures = 0;
};

/// A text that a step changes.
struct TextStep {
  std::string before, after;
};

/// An item that a step changes, as canonical JSON; none where it is not there.
struct ItemStep {
  std::string id;
  std::optional<std::string> before, after;
};

enum class StepKind : std::uint8_t { kEdit, kUndo, kRedo };
/// Of an edit. An undo or redo always stands.
enum class StepState : std::uint8_t {
  kStands,
  kUndone,   ///< And can come back.
  kDropped,  ///< Undone for good: other edits followed.
};

/// A step, with both sides of all that it changes.
struct KeptStep {
  std::int64_t revision = 0;
  std::string at, what;
  StepKind kind = StepKind::kEdit;
  StepState state = StepState::kStands;
  std::optional<std::int64_t> target;  ///< Of an undo or redo: the revision of the edit.
  std::vector<ItemStep> items;         ///< In order of id.
  std::optional<TextStep> name, background;
};

struct WalkState {
  bool can_undo = false, can_redo = false;
};

/// Who is called what.
struct NamedBoard {
  std::string id, name;
};

/// One board as it is at one moment, and what is to become of it. What is changed is seen by the calls that
/// read, and by nobody else before Commit(). Not thread-safe. Errors of all: kCorrupt, kIo, kNoSpace,
/// kLocked, and those of a cluster.
class OpenBoard {
 public:
  virtual ~OpenBoard() = default;

  /// Counts follow Put(); everything else is changed by assigning here.
  BoardRow row;

  /// In order of z, then id.
  virtual Result<std::vector<BoardItem>> Items() = 0;
  /// Of its pictures, each once, in order.
  virtual Result<std::vector<std::string>> Contents() = 0;
  /// The item of that id as canonical JSON; none where it is not there.
  virtual Result<std::optional<std::string>> BodyOf(const std::string& item) = 0;
  /// Makes the item of that id what it is to be.
  virtual Status Put(const std::string& item, const std::optional<std::string>& body) = 0;

  /// Steps with a revision in (after, before), oldest first.
  virtual Result<std::vector<KeptStep>> Steps(std::int64_t after, std::int64_t before) = 0;
  /// The edit that an undo takes back next, and the one that a redo puts back.
  virtual Result<std::optional<KeptStep>> NewestStanding() = 0;
  virtual Result<std::optional<KeptStep>> OldestUndone() = 0;
  virtual Result<WalkState> Walk() = 0;
  /// Keeps a step, which stands. An edit drops what is undone; an undo or redo turns its target. REQUIRES:
  /// one step between two commits, but on a board that is being made.
  virtual Status Record(const KeptStep& step) = 0;

  /// Newest first.
  virtual Result<std::vector<BoardVersion>> Versions() = 0;
  /// Keeps a version and gives it an id.
  virtual Status Add(BoardVersion& version) = 0;

  /// Makes all of it true at once; when it returns true, a power cut loses nothing of it. False: somebody
  /// else was quicker, nothing has happened, and the work is to be done anew from its beginning. Nothing may
  /// be called behind it.
  virtual Result<bool> Commit() = 0;
};

/// What a board is opened for.
enum class Opening : std::uint8_t { kRead, kChange };

/// One thread at a time. Errors of all: those of OpenBoard.
class BoardStorage {
 public:
  virtual ~BoardStorage() = default;

  /// Null where there is none of that id; those in the bin too.
  virtual Result<std::unique_ptr<OpenBoard>> Open(const std::string& id, Opening opening) = 0;
  /// A board that is there from its Commit() on. The row's id is new.
  virtual Result<std::unique_ptr<OpenBoard>> Make(const BoardRow& row) = 0;

  /// Last changed first.
  virtual Result<std::vector<StoredSummary>> List(bool deleted) = 0;
  /// In the order in which they were made.
  virtual Result<std::vector<NamedBoard>> Names(bool deleted) = 0;
  /// Ids of the boards that show a picture, not those in the bin, in the order in which they were made.
  virtual Result<std::vector<std::string>> BoardsWith(const std::string& content) = 0;
  /// Contents of the pictures of all boards, those in the bin too, each once, in order.
  virtual Result<std::vector<std::string>> AllContents() = 0;
};

/// A kept item. Errors: kCorrupt.
Result<BoardItem> ItemFromBody(const std::string& body);

}  // namespace vitrine
