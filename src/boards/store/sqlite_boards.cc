#include "boards/store/sqlite_boards.h"

#include <sys/stat.h>

#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/store/board_schema.h"
#include "catalog/sqlite.h"

namespace vitrine {
namespace {

constexpr char kNewestStanding[] =
    "SELECT revision, at, what, kind, state, target, name_before, name_after, background_before, "
    "background_after FROM step WHERE board = ? AND kind = 0 AND state = 0 ORDER BY revision DESC LIMIT 1";
constexpr char kOldestUndone[] =
    "SELECT revision, at, what, kind, state, target, name_before, name_after, background_before, "
    "background_after FROM step WHERE board = ? AND kind = 0 AND state = 1 ORDER BY revision LIMIT 1";
constexpr char kStepsBetween[] =
    "SELECT revision, at, what, kind, state, target, name_before, name_after, background_before, "
    "background_after FROM step WHERE board = ? AND revision > ? AND revision < ? ORDER BY revision";

std::optional<std::string> TextOrNone(const Statement& query, int column) {
  return query.IsNull(column) ? std::nullopt : std::optional(query.Text(column));
}

std::optional<TextStep> TextStepAt(const Statement& query, int before) {
  if (query.IsNull(before)) return std::nullopt;
  return TextStep{.before = query.Text(before), .after = query.Text(before + 1)};
}

KeptStep StepAt(const Statement& query) {
  return {.revision = query.Int(0),
          .at = query.Text(1),
          .what = query.Text(2),
          .kind = static_cast<StepKind>(query.Int(3)),
          .state = static_cast<StepState>(query.Int(4)),
          .target = query.IsNull(5) ? std::nullopt : std::optional(query.Int(5)),
          .items = {},
          .name = TextStepAt(query, 6),
          .background = TextStepAt(query, 8)};
}

Result<std::vector<std::string>> Texts(Statement query) {
  std::vector<std::string> texts;
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) return texts;
    texts.push_back(query.Text(0));
  }
}

// A row of the table board, with its number.
class SqliteBoard final : public OpenBoard {
 public:
  SqliteBoard(Database& db, std::optional<Transaction> changing, std::optional<ReadTransaction> reading)
      : db_(db), changing_(std::move(changing)), reading_(std::move(reading)) {}

  // False where there is none of that id.
  Result<bool> Load(const std::string& id);
  Status Insert();

  Result<std::vector<BoardItem>> Items() override;
  Result<std::vector<std::string>> Contents() override {
    return Texts(
        db_.Ask("SELECT DISTINCT content FROM item WHERE board = ? AND content IS NOT NULL ORDER BY content",
                number_));
  }
  Result<std::optional<std::string>> BodyOf(const std::string& item) override;
  Status Put(const std::string& item, const std::optional<std::string>& body) override;
  Result<std::vector<KeptStep>> Steps(std::int64_t after, std::int64_t before) override;
  Result<std::optional<KeptStep>> NewestStanding() override { return Edit(kNewestStanding); }
  Result<std::optional<KeptStep>> OldestUndone() override { return Edit(kOldestUndone); }
  Result<WalkState> Walk() override;
  Status Record(const KeptStep& step) override;
  Result<std::vector<BoardVersion>> Versions() override;
  Status Add(BoardVersion& version) override;
  Result<bool> Commit() override;

 private:
  Result<std::optional<KeptStep>> Edit(const char* sql);
  Status MarkEdits(const KeptStep& step);

  Database& db_;
  std::optional<Transaction> changing_;
  std::optional<ReadTransaction> reading_;
  std::int64_t number_ = 0;
};

Result<bool> SqliteBoard::Load(const std::string& id) {
  Statement query = db_.Ask(
      "SELECT number, id, name, background, revision, created, changed, is_template, deleted, items, "
      "pictures FROM board WHERE id = ?",
      std::string_view(id));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return false;
  number_ = query.Int(0);
  row = {.id = query.Text(1),
         .name = query.Text(2),
         .background = query.Text(3),
         .revision = query.Int(4),
         .created = query.Text(5),
         .changed = query.Text(6),
         .is_template = query.Int(7) != 0,
         .deleted = query.Int(8) != 0,
         .items = query.Int(9),
         .pictures = query.Int(10)};
  return true;
}

Status SqliteBoard::Insert() {
  VITRINE_TRY(
      db_.Ask("INSERT INTO board (id, name, background, revision, created, changed, is_template, deleted, "
              "items, pictures) VALUES (?, '', '', 0, '', '', 0, 0, 0, 0)",
              std::string_view(row.id))
          .Run());
  VITRINE_TRY_ASSIGN(number_, db_.Number("SELECT last_insert_rowid()"));
  return {};
}

Result<std::vector<BoardItem>> SqliteBoard::Items() {
  std::vector<BoardItem> items;
  Statement query = db_.Ask("SELECT body FROM item WHERE board = ?", number_);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) break;
    VITRINE_TRY_ASSIGN(BoardItem item, ItemFromBody(query.Text(0)));
    items.push_back(std::move(item));
  }
  SortItems(items);
  return items;
}

Result<std::optional<std::string>> SqliteBoard::BodyOf(const std::string& item) {
  Statement query =
      db_.Ask("SELECT body FROM item WHERE board = ? AND id = ?", number_, std::string_view(item));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  return found ? std::optional(query.Text(0)) : std::nullopt;
}

Status SqliteBoard::Put(const std::string& id, const std::optional<std::string>& body) {
  const std::string_view key = id;
  Statement known = db_.Ask("SELECT content IS NOT NULL FROM item WHERE board = ? AND id = ?", number_, key);
  VITRINE_TRY_ASSIGN(const bool was_there, known.Next());
  if (was_there) {
    --row.items;
    row.pictures -= known.Int(0);
  }
  if (!body) return db_.Ask("DELETE FROM item WHERE board = ? AND id = ?", number_, key).Run();
  VITRINE_TRY_ASSIGN(const BoardItem item, ItemFromBody(*body));
  const bool is_picture = item.kind == ItemKind::kPicture;
  const std::optional<std::string> content = is_picture ? std::optional(item.content) : std::nullopt;
  ++row.items;
  row.pictures += is_picture;
  return db_
      .Ask("INSERT OR REPLACE INTO item (board, id, content, area, body) VALUES (?, ?, ?, ?, ?)", number_,
           key, content, is_picture ? item.width * item.height : 0.0, std::string_view(*body))
      .Run();
}

Result<std::vector<KeptStep>> SqliteBoard::Steps(std::int64_t after, std::int64_t before) {
  std::vector<KeptStep> steps;
  Statement query = db_.Ask(kStepsBetween, number_, after, before);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) break;
    steps.push_back(StepAt(query));
  }
  Statement items = db_.Ask(
      "SELECT revision, id, before, after FROM step_item WHERE board = ? AND revision > ? AND revision < ? "
      "ORDER BY revision, id",
      number_, after, before);
  auto step = steps.begin();
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, items.Next());
    if (!more) return steps;
    while (step != steps.end() && step->revision < items.Int(0)) ++step;
    if (step == steps.end()) return steps;
    step->items.push_back(
        {.id = items.Text(1), .before = TextOrNone(items, 2), .after = TextOrNone(items, 3)});
  }
}

Result<std::optional<KeptStep>> SqliteBoard::Edit(const char* sql) {
  Statement query = db_.Ask(sql, number_);
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<KeptStep>();
  const std::int64_t revision = query.Int(0);
  VITRINE_TRY_ASSIGN(std::vector<KeptStep> steps, Steps(revision - 1, revision + 1));
  return std::optional(std::move(steps.front()));
}

Result<WalkState> SqliteBoard::Walk() {
  Statement query = db_.Ask(
      "SELECT EXISTS (SELECT 1 FROM step WHERE board = ?1 AND kind = 0 AND state = 0), "
      "EXISTS (SELECT 1 FROM step WHERE board = ?1 AND kind = 0 AND state = 1)",
      number_);
  VITRINE_TRY(query.Next());
  return WalkState{.can_undo = query.Int(0) != 0, .can_redo = query.Int(1) != 0};
}

Status SqliteBoard::MarkEdits(const KeptStep& step) {
  if (step.kind == StepKind::kEdit) {
    return db_.Ask("UPDATE step SET state = 2 WHERE board = ? AND kind = 0 AND state = 1", number_).Run();
  }
  const auto state =
      static_cast<std::int64_t>(step.kind == StepKind::kUndo ? StepState::kUndone : StepState::kStands);
  return db_.Ask("UPDATE step SET state = ? WHERE board = ? AND revision = ?", state, number_, *step.target)
      .Run();
}

Status SqliteBoard::Record(const KeptStep& step) {
  const auto part = [](const std::optional<TextStep>& text, std::string TextStep::* side) {
    return text ? std::optional((*text).*side) : std::nullopt;
  };
  VITRINE_TRY(MarkEdits(step));
  VITRINE_TRY(
      db_.Ask("INSERT INTO step (board, revision, at, what, kind, state, target, name_before, name_after, "
              "background_before, background_after) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)",
              number_, step.revision, std::string_view(step.at), std::string_view(step.what),
              static_cast<std::int64_t>(step.kind), step.target, part(step.name, &TextStep::before),
              part(step.name, &TextStep::after), part(step.background, &TextStep::before),
              part(step.background, &TextStep::after))
          .Run());
  for (const ItemStep& item : step.items) {
    VITRINE_TRY(db_.Ask("INSERT INTO step_item (board, revision, id, before, after) VALUES (?, ?, ?, ?, ?)",
                        number_, step.revision, std::string_view(item.id), item.before, item.after)
                    .Run());
  }
  return {};
}

Result<std::vector<BoardVersion>> SqliteBoard::Versions() {
  std::vector<BoardVersion> versions;
  Statement query =
      db_.Ask("SELECT id, name, at, revision FROM version WHERE board = ? ORDER BY id DESC", number_);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) return versions;
    versions.push_back(
        {.id = query.Int(0), .name = query.Text(1), .at = query.Text(2), .revision = query.Int(3)});
  }
}

Status SqliteBoard::Add(BoardVersion& version) {
  VITRINE_TRY(db_.Ask("INSERT INTO version (board, name, at, revision) VALUES (?, ?, ?, ?)", number_,
                      std::string_view(version.name), std::string_view(version.at), version.revision)
                  .Run());
  VITRINE_TRY_ASSIGN(version.id, db_.Number("SELECT last_insert_rowid()"));
  return {};
}

Result<bool> SqliteBoard::Commit() {
  VITRINE_TRY(db_.Ask("UPDATE board SET name = ?, background = ?, revision = ?, created = ?, changed = ?, "
                      "is_template = ?, deleted = ?, items = ?, pictures = ? WHERE number = ?",
                      std::string_view(row.name), std::string_view(row.background), row.revision,
                      std::string_view(row.created), std::string_view(row.changed),
                      std::int64_t{row.is_template}, std::int64_t{row.deleted}, row.items, row.pictures,
                      number_)
                  .Run());
  VITRINE_TRY(changing_->Commit());
  return true;
}

class SqliteBoards final : public BoardStorage {
 public:
  explicit SqliteBoards(Database db) : db_(std::move(db)) {}

  Result<std::unique_ptr<OpenBoard>> Open(const std::string& id, Opening opening) override {
    VITRINE_TRY_ASSIGN(std::unique_ptr<SqliteBoard> board, Begin(opening));
    VITRINE_TRY_ASSIGN(const bool found, board->Load(id));
    if (!found) board.reset();
    return std::unique_ptr<OpenBoard>(std::move(board));
  }
  Result<std::unique_ptr<OpenBoard>> Make(const BoardRow& row) override {
    VITRINE_TRY_ASSIGN(std::unique_ptr<SqliteBoard> board, Begin(Opening::kChange));
    board->row = row;
    VITRINE_TRY(board->Insert());
    return std::unique_ptr<OpenBoard>(std::move(board));
  }
  Result<std::vector<StoredSummary>> List(bool deleted) override;
  Result<std::vector<NamedBoard>> Names(bool deleted) override;
  Result<std::vector<std::string>> BoardsWith(const std::string& content) override {
    return Texts(
        db_.Ask("SELECT DISTINCT board.id FROM item JOIN board ON board.number = item.board WHERE "
                "item.content = ? AND board.deleted = 0 ORDER BY board.number",
                std::string_view(content)));
  }
  Result<std::vector<std::string>> AllContents() override {
    return Texts(db_.Ask("SELECT DISTINCT content FROM item WHERE content IS NOT NULL ORDER BY content"));
  }

 private:
  Result<std::unique_ptr<SqliteBoard>> Begin(Opening opening) {
    if (opening == Opening::kRead) {
      VITRINE_TRY_ASSIGN(ReadTransaction reading, ReadTransaction::Begin(db_));
      return std::make_unique<SqliteBoard>(db_, std::nullopt, std::move(reading));
    }
    VITRINE_TRY_ASSIGN(Transaction changing, Transaction::Begin(db_));
    return std::make_unique<SqliteBoard>(db_, std::move(changing), std::nullopt);
  }

  Database db_;
};

Result<std::vector<StoredSummary>> SqliteBoards::List(bool deleted) {
  VITRINE_TRY_ASSIGN(const ReadTransaction reading, ReadTransaction::Begin(db_));
  std::vector<StoredSummary> boards;
  Statement query = db_.Ask(
      "SELECT number, id, name, created, changed, is_template, revision, pictures, items FROM board WHERE "
      "deleted = ? ORDER BY changed DESC, number DESC",
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
                      "content ORDER BY max(area) DESC, content LIMIT ?",
                      query.Int(0), static_cast<std::int64_t>(kMostCovers))));
  }
}

Result<std::vector<NamedBoard>> SqliteBoards::Names(bool deleted) {
  std::vector<NamedBoard> names;
  Statement query =
      db_.Ask("SELECT id, name FROM board WHERE deleted = ? ORDER BY number", std::int64_t{deleted});
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) return names;
    names.push_back({.id = query.Text(0), .name = query.Text(1)});
  }
}

// Only stat() looks at the file: closing a descriptor on it would drop the locks of this process on it.
bool Exists(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0;
}

}  // namespace

Result<std::unique_ptr<BoardStorage>> OpenBoardsIn(const std::string& folder, StoreMode mode) {
  const std::string path = JoinPath(folder, "boards.sqlite");
  const bool exists = Exists(path);
  if (!exists && mode == StoreMode::kExisting) {
    return Error(Code::kNotFound, "there are no boards in " + Quoted(folder) + " yet");
  }
  VITRINE_TRY_ASSIGN(Database db,
                     Database::Open(path, exists ? SqliteMode::kShared : SqliteMode::kSharedCreate));
  VITRINE_TRY(MigrateBoards(db));
  if (!exists) VITRINE_TRY(SyncFolder(folder));
  return std::unique_ptr<BoardStorage>(std::make_unique<SqliteBoards>(std::move(db)));
}

}  // namespace vitrine
