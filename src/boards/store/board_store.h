// Boards on the disk: "<library>/boards.sqlite", written by several processes at once, with every step ever
// made (docs/decisions/0013-board-store.md, docs/formats/board.md). Pictures are content hashes here; nothing
// is known of a library.
//
// Undo is one line of edits per board. The newest edit that stands can be undone, the oldest that is undone
// can come back; an edit after an undo ends what could come back, but its steps stay and versions can still
// be restored from among them. An undo is a step like any other: what onlookers apply is the list of steps.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalog/sqlite.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

struct StoredSummary {
  BoardSummary summary;            ///< Without cover.
  std::vector<std::string> cover;  ///< Contents of its largest pictures, at most 4.
};

/// What a board begins with.
struct BoardSeed {
  std::string name, background;
  std::vector<BoardItem> items;
  std::string created, changed;  ///< Empty: now.
};

/// How a store is opened.
enum class StoreMode : std::uint8_t {
  kExisting,  ///< kNotFound where there is none.
  kCreate,    ///< Makes the file where there is none.
};

/// Not thread-safe: one thread at a time. Each call is one transaction: when it returns, a power cut loses
/// nothing of it; one that fails has changed nothing. Errors as vitrine::Boards has them.
class BoardStore {
 public:
  static Result<std::unique_ptr<BoardStore>> Open(const std::string& folder, StoreMode mode);

  Result<std::vector<StoredSummary>> List(bool deleted);
  Result<Board> Create(const BoardSeed& seed);
  Result<Board> Get(const std::string& id);
  /// By its id, else its exact name, else its name in any letter case. Of boards in the bin only when no
  /// other has that id or name.
  Result<std::string> Find(const std::string& id_or_name);
  Status SetTemplate(const std::string& id, bool is_template);
  Status SetDeleted(const std::string& id, bool deleted);

  /// Cost: what the edit and the steps since its base hold; 500 items of 2,000 some 10 ms.
  Result<EditResult> Edit(const std::string& id, const BoardEdit& edit);
  Result<EditResult> Undo(const std::string& id, std::int64_t base_revision);
  Result<EditResult> Redo(const std::string& id, std::int64_t base_revision);
  Result<std::vector<BoardStep>> StepsSince(const std::string& id, std::int64_t revision);

  Result<BoardVersion> SaveVersion(const std::string& id, const std::string& name);
  Result<std::vector<BoardVersion>> Versions(const std::string& id);
  Result<EditResult> RestoreVersion(const std::string& id, std::int64_t version);

  /// Ids of the boards that show a picture, not those in the bin.
  Result<std::vector<std::string>> BoardsWith(const std::string& content);
  /// Contents of the pictures of all boards, those in the bin too, each once, in order.
  Result<std::vector<std::string>> AllContents();
  /// Contents of a board's pictures, each once, in order.
  Result<std::vector<std::string>> ContentsOf(const std::string& id);

 private:
  explicit BoardStore(Database db) : db_(std::move(db)) {}

  Database db_;
};

}  // namespace vitrine
