// Boards with every step ever made on them, wherever they are kept. Pictures are content hashes here; nothing
// is known of a library.
//
// Undo is one line of edits per board. The newest edit that stands can be undone, the oldest that is undone
// can come back; an edit after an undo ends what could come back, but its steps stay and versions can still
// be restored from among them. An undo is a step like any other: what onlookers apply is the list of steps.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "boards/store/board_storage.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// What a board begins with.
struct BoardSeed {
  std::string name, background;
  std::vector<BoardItem> items;
  std::string created, changed;  ///< Empty: now.
};

/// Not thread-safe: one thread at a time. Each call is done at once or not at all: when it returns, a power
/// cut loses nothing of it; one that fails has changed nothing. Errors as vitrine::Boards has them.
class BoardStore {
 public:
  explicit BoardStore(std::unique_ptr<BoardStorage> storage) : storage_(std::move(storage)) {}

  Result<std::vector<StoredSummary>> List(bool deleted) { return storage_->List(deleted); }
  Result<Board> Create(const BoardSeed& seed);
  Result<Board> Get(const std::string& id);
  /// By its id, else its exact name, else its name in any letter case. Of boards in the bin only when no
  /// other has that id or name.
  Result<std::string> Find(const std::string& id_or_name);
  Status SetTemplate(const std::string& id, bool is_template);
  Status SetDeleted(const std::string& id, bool deleted);

  /// Cost on this machine: what the edit and the steps since its base hold; 500 items of 2,000 some 10 ms.
  Result<EditResult> Edit(const std::string& id, const BoardEdit& edit);
  /// The edit that `make` finds right for the board as it is, which nobody changes meanwhile; it may be asked
  /// again when somebody was quicker, and ought to be quick itself.
  Result<EditResult> Edit(const std::string& id, const std::function<Result<BoardEdit>(const Board&)>& make);
  Result<EditResult> Undo(const std::string& id, std::int64_t base_revision);
  Result<EditResult> Redo(const std::string& id, std::int64_t base_revision);
  Result<std::vector<BoardStep>> StepsSince(const std::string& id, std::int64_t revision);

  Result<BoardVersion> SaveVersion(const std::string& id, const std::string& name);
  Result<std::vector<BoardVersion>> Versions(const std::string& id);
  Result<EditResult> RestoreVersion(const std::string& id, std::int64_t version);

  /// As BoardStorage has them.
  Result<std::vector<std::string>> BoardsWith(const std::string& content) {
    return storage_->BoardsWith(content);
  }
  Result<std::vector<std::string>> AllContents() { return storage_->AllContents(); }
  /// Contents of a board's pictures, each once, in order.
  Result<std::vector<std::string>> ContentsOf(const std::string& id);

 private:
  enum class Bin : std::uint8_t { kRefused, kToo };
  Result<std::unique_ptr<OpenBoard>> Open(const std::string& id, Opening opening, Bin bin = Bin::kRefused);
  template <typename Work>
  auto Change(const std::string& id, const Work& work, Bin bin = Bin::kRefused)
      -> decltype(work(std::declval<OpenBoard&>()));
  Result<EditResult> Walk(const std::string& id, std::int64_t base_revision, bool back);

  const std::unique_ptr<BoardStorage> storage_;
};

}  // namespace vitrine
