#include "boards/store/board_rows.h"

#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/item_check.h"

namespace vitrine {

Result<BoardRow> RowOfBoard(Database& db, const std::string& id, bool deleted_too) {
  Statement query = db.Ask(
      "SELECT number, id, name, background, revision, created, changed, is_template, deleted, items, "
      "pictures "
      "FROM board WHERE id = ?",
      std::string_view(id));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return Error(Code::kNotFound, "there is no board of id " + Quoted(id.substr(0, 64)));
  BoardRow row{.number = query.Int(0),
               .id = query.Text(1),
               .name = query.Text(2),
               .background = query.Text(3),
               .revision = query.Int(4),
               .created = query.Text(5),
               .changed = query.Text(6),
               .is_template = query.Int(7) != 0,
               .deleted = query.Int(8) != 0,
               .items = query.Int(9),
               .pictures = query.Int(10)};
  if (row.deleted && !deleted_too) {
    return Error(Code::kNotFound, "the board " + Quoted(row.name) + " lies in the bin: restore it first");
  }
  return row;
}

Status StoreRow(Database& db, const BoardRow& row) {
  return db
      .Ask(
          "UPDATE board SET name = ?, background = ?, revision = ?, changed = ?, is_template = ?, deleted = "
          "?, "
          "items = ?, pictures = ? WHERE number = ?",
          std::string_view(row.name), std::string_view(row.background), row.revision,
          std::string_view(row.changed), std::int64_t{row.is_template}, std::int64_t{row.deleted}, row.items,
          row.pictures, row.number)
      .Run();
}

Result<BoardItem> ItemFromBody(const std::string& body) {
  auto item = ItemFromJson(body);
  if (!item) {
    return Error(Code::kCorrupt, "boards.sqlite is damaged (" + item.error().message() +
                                     "): restore it from a backup; the pictures themselves are untouched");
  }
  return item;
}

Result<std::vector<BoardItem>> ItemsOfBoard(Database& db, std::int64_t board) {
  std::vector<BoardItem> items;
  Statement query = db.Ask("SELECT body FROM item WHERE board = ?", board);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) break;
    VITRINE_TRY_ASSIGN(BoardItem item, ItemFromBody(query.Text(0)));
    items.push_back(std::move(item));
  }
  SortItems(items);
  return items;
}

Status PutItem(Database& db, BoardRow& row, const std::string& id, const std::optional<std::string>& body) {
  const std::string_view key = id;
  Statement known =
      db.Ask("SELECT content IS NOT NULL FROM item WHERE board = ? AND id = ?", row.number, key);
  VITRINE_TRY_ASSIGN(const bool was_there, known.Next());
  if (was_there) {
    --row.items;
    row.pictures -= known.Int(0);
  }
  if (!body) return db.Ask("DELETE FROM item WHERE board = ? AND id = ?", row.number, key).Run();
  VITRINE_TRY_ASSIGN(const BoardItem item, ItemFromBody(*body));
  const bool is_picture = item.kind == ItemKind::kPicture;
  const std::optional<std::string> content = is_picture ? std::optional(item.content) : std::nullopt;
  ++row.items;
  row.pictures += is_picture;
  return db
      .Ask("INSERT OR REPLACE INTO item (board, id, content, area, body) VALUES (?, ?, ?, ?, ?)", row.number,
           key, content, is_picture ? item.width * item.height : 0.0, std::string_view(*body))
      .Run();
}

Result<std::string> NowText(Database& db) {
  Statement query = db.Ask("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')");
  VITRINE_TRY(query.Next());
  return query.Text(0);
}

}  // namespace vitrine
