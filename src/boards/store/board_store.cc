#include "boards/store/board_store.h"

#include <sys/stat.h>

#include <utility>

#include "base/did_you_mean.h"
#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/item_check.h"
#include "boards/store/board_rows.h"
#include "boards/store/board_schema.h"

namespace vitrine {
namespace {

// Only stat() looks at the file: closing a descriptor on it would drop the locks of this process on it.
bool Exists(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0;
}

Result<std::vector<std::string>> Texts(Statement query) {
  std::vector<std::string> texts;
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) return texts;
    texts.push_back(query.Text(0));
  }
}

Result<std::string> NewId(Database& db) {
  Statement query = db.Ask("SELECT lower(hex(randomblob(8)))");
  VITRINE_TRY(query.Next());
  return query.Text(0);
}

Status CheckSeed(const BoardSeed& seed) {
  VITRINE_TRY(CheckBoardName(seed.name));
  VITRINE_TRY(CheckColour(seed.background, "the background"));
  if (seed.items.size() > kMostBoardItems) {
    return Error(Code::kInvalidArgument, "a board holds at most 20,000 items; this one would begin with " +
                                             std::to_string(seed.items.size()));
  }
  for (const BoardItem& item : seed.items) VITRINE_TRY(CheckItem(item));
  return {};
}

Result<Board> BoardOf(Database& db, BoardRow row) {
  Board board{.id = std::move(row.id),
              .name = std::move(row.name),
              .background = std::move(row.background),
              .revision = row.revision,
              .created = std::move(row.created),
              .changed = std::move(row.changed),
              .is_template = row.is_template};
  VITRINE_TRY_ASSIGN(board.items, ItemsOfBoard(db, row.number));
  VITRINE_TRY_ASSIGN(const WalkState walk, WalkStateOf(db, row.number));
  board.can_undo = walk.can_undo;
  board.can_redo = walk.can_redo;
  return board;
}

Error SeveralBoards(const std::string& name, const std::vector<std::string>& found) {
  std::string ids;
  for (const std::string& id : found) ids += (ids.empty() ? "" : ", ") + id;
  return Error(Code::kInvalidArgument,
               "several boards are called " + Quoted(name) + ": name one by its id (" + ids + ")");
}

}  // namespace

Result<std::unique_ptr<BoardStore>> BoardStore::Open(const std::string& folder, StoreMode mode) {
  const std::string path = JoinPath(folder, "boards.sqlite");
  const bool exists = Exists(path);
  if (!exists && mode == StoreMode::kExisting) {
    return Error(Code::kNotFound, "there are no boards in " + Quoted(folder) + " yet");
  }
  VITRINE_TRY_ASSIGN(Database db,
                     Database::Open(path, exists ? SqliteMode::kShared : SqliteMode::kSharedCreate));
  VITRINE_TRY(MigrateBoards(db));
  if (!exists) VITRINE_TRY(SyncFolder(folder));
  return std::unique_ptr<BoardStore>(new BoardStore(std::move(db)));
}

Result<std::vector<StoredSummary>> BoardStore::List(bool deleted) {
  VITRINE_TRY_ASSIGN(const ReadTransaction reading, ReadTransaction::Begin(db_));
  std::vector<StoredSummary> boards;
  Statement query = db_.Ask(
      "SELECT number, id, name, created, changed, is_template, revision, pictures, items FROM board WHERE "
      "deleted = ? "
      "ORDER BY changed DESC, number DESC",
      std::int64_t{deleted});
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) return boards;
    StoredSummary& board = boards.emplace_back();
    board.summary = {.id = query.Text(1),
                     .name = query.Text(2),
                     .created = query.Text(3),
                     .changed = query.Text(4),
                     .is_template = query.Int(5) != 0,
                     .deleted = deleted,
                     .revision = query.Int(6),
                     .pictures = static_cast<std::uint64_t>(query.Int(7)),
                     .items = static_cast<std::uint64_t>(query.Int(8)),
                     .cover = {}};
    VITRINE_TRY_ASSIGN(
        board.cover,
        Texts(db_.Ask("SELECT content FROM item WHERE board = ? AND content IS NOT NULL GROUP BY "
                      "content ORDER BY max(area) DESC, content LIMIT 4",
                      query.Int(0))));
  }
}

Result<Board> BoardStore::Create(const BoardSeed& seed) {
  VITRINE_TRY(CheckSeed(seed));
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const std::string now, NowText(db_));
  VITRINE_TRY_ASSIGN(const std::string id, NewId(db_));
  VITRINE_TRY(
      db_.Ask("INSERT INTO board (id, name, background, revision, created, changed, is_template, deleted, "
              "items, pictures) VALUES (?, ?, ?, 0, ?, ?, 0, 0, 0, 0)",
              std::string_view(id), std::string_view(seed.name), std::string_view(seed.background),
              std::string_view(seed.created.empty() ? now : seed.created),
              std::string_view(seed.changed.empty() ? now : seed.changed))
          .Run());
  VITRINE_TRY_ASSIGN(BoardRow row, RowOfBoard(db_, id));
  for (const BoardItem& item : seed.items) {
    VITRINE_TRY(PutItem(db_, row, item.id, ItemToJson(Canonical(item), false)));
  }
  if (row.items != static_cast<std::int64_t>(seed.items.size())) {
    return Error(Code::kInvalidArgument, "two items of the board have one id");
  }
  VITRINE_TRY(StoreRow(db_, row));
  VITRINE_TRY_ASSIGN(Board board, BoardOf(db_, std::move(row)));
  VITRINE_TRY(transaction.Commit());
  return board;
}

Result<Board> BoardStore::Get(const std::string& id) {
  VITRINE_TRY_ASSIGN(const ReadTransaction reading, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(BoardRow row, RowOfBoard(db_, id));
  return BoardOf(db_, std::move(row));
}

Result<std::string> BoardStore::Find(const std::string& id_or_name) {
  VITRINE_TRY_ASSIGN(const ReadTransaction reading, ReadTransaction::Begin(db_));
  std::vector<std::string> names;
  const std::string folded = FoldCase(id_or_name);
  for (const bool deleted : {false, true}) {
    std::vector<std::string> exact;
    std::vector<std::string> alike;
    Statement query =
        db_.Ask("SELECT id, name FROM board WHERE deleted = ? ORDER BY number", std::int64_t{deleted});
    while (true) {
      VITRINE_TRY_ASSIGN(const bool more, query.Next());
      if (!more) break;
      if (query.Bytes(0) == id_or_name) return query.Text(0);
      if (query.Bytes(1) == id_or_name) exact.push_back(query.Text(0));
      if (FoldCase(query.Bytes(1)) == folded) alike.push_back(query.Text(0));
      if (!deleted) names.push_back(query.Text(1));
    }
    const std::vector<std::string>& found = exact.empty() ? alike : exact;
    if (found.size() == 1) return found.front();
    if (found.size() > 1) return SeveralBoards(id_or_name, found);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return Error(Code::kNotFound,
               "there is no board " + Quoted(id_or_name) + DidYouMeanText(id_or_name, candidates));
}

Status BoardStore::SetTemplate(const std::string& id, bool is_template) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(BoardRow row, RowOfBoard(db_, id));
  row.is_template = is_template;
  VITRINE_TRY(StoreRow(db_, row));
  return transaction.Commit();
}

Status BoardStore::SetDeleted(const std::string& id, bool deleted) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(BoardRow row, RowOfBoard(db_, id, true));
  row.deleted = deleted;
  VITRINE_TRY(StoreRow(db_, row));
  return transaction.Commit();
}

Result<BoardVersion> BoardStore::SaveVersion(const std::string& id, const std::string& name) {
  if (const Status named = CheckBoardName(name); !named) {
    return Error(Code::kInvalidArgument,
                 "a version's name must be 1 to 255 bytes of UTF-8 without control characters");
  }
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const BoardRow row, RowOfBoard(db_, id));
  BoardVersion version{.name = name, .revision = row.revision};
  VITRINE_TRY_ASSIGN(version.at, NowText(db_));
  VITRINE_TRY(db_.Ask("INSERT INTO version (board, name, at, revision) VALUES (?, ?, ?, ?)", row.number,
                      std::string_view(name), std::string_view(version.at), row.revision)
                  .Run());
  VITRINE_TRY_ASSIGN(version.id, db_.Number("SELECT last_insert_rowid()"));
  VITRINE_TRY(transaction.Commit());
  return version;
}

Result<std::vector<BoardVersion>> BoardStore::Versions(const std::string& id) {
  VITRINE_TRY_ASSIGN(const ReadTransaction reading, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const BoardRow row, RowOfBoard(db_, id));
  std::vector<BoardVersion> versions;
  Statement query =
      db_.Ask("SELECT id, name, at, revision FROM version WHERE board = ? ORDER BY id DESC", row.number);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) return versions;
    versions.push_back(
        {.id = query.Int(0), .name = query.Text(1), .at = query.Text(2), .revision = query.Int(3)});
  }
}

Result<EditResult> BoardStore::RestoreVersion(const std::string& id, std::int64_t version) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(BoardRow row, RowOfBoard(db_, id));
  Statement query =
      db_.Ask("SELECT name, revision FROM version WHERE id = ? AND board = ?", version, row.number);
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) {
    return Error(Code::kNotFound,
                 "the board " + Quoted(row.name) + " has no version " + std::to_string(version));
  }
  VITRINE_TRY_ASSIGN(NewStep step, WayBackTo(db_, row, query.Int(1)));
  step.what = "restore the version " + Quoted(query.Text(0));
  const std::int64_t base_revision = row.revision;
  VITRINE_TRY_ASSIGN(EditResult result, MakeStep(db_, std::move(row), base_revision, std::move(step)));
  VITRINE_TRY(transaction.Commit());
  return result;
}

Result<std::vector<std::string>> BoardStore::BoardsWith(const std::string& content) {
  return Texts(
      db_.Ask("SELECT DISTINCT board.id FROM item JOIN board ON board.number = item.board WHERE "
              "item.content = ? AND board.deleted = 0 ORDER BY board.number",
              std::string_view(content)));
}

Result<std::vector<std::string>> BoardStore::AllContents() {
  return Texts(db_.Ask("SELECT DISTINCT content FROM item WHERE content IS NOT NULL ORDER BY content"));
}

Result<std::vector<std::string>> BoardStore::ContentsOf(const std::string& id) {
  VITRINE_TRY_ASSIGN(const ReadTransaction reading, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const BoardRow row, RowOfBoard(db_, id));
  return Texts(
      db_.Ask("SELECT DISTINCT content FROM item WHERE board = ? AND content IS NOT NULL ORDER BY content",
              row.number));
}

}  // namespace vitrine
