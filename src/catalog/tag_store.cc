#include "catalog/tag_store.h"

#include "base/try.h"

namespace vitrine {

Result<std::optional<TagRow>> FindTag(Database& db, const std::string& path) {
  const std::string folded = TagPath::Folded(path);
  Statement query = db.Ask("SELECT id, path FROM tag WHERE folded = ?", std::string_view(folded));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return std::optional<TagRow>();
  return std::optional(TagRow{.id = query.Int(0), .path = query.Text(1)});
}

Result<std::vector<TagRow>> TagsAtAndBelow(Database& db, const std::string& path) {
  const std::string folded = TagPath::Folded(path);
  const std::string first = folded + '/';
  const std::string end = folded + static_cast<char>('/' + 1);
  std::vector<TagRow> tags;
  Statement query =
      db.Ask("SELECT id, path FROM tag WHERE folded = ?1 OR (folded >= ?2 AND folded < ?3) ORDER BY folded",
             std::string_view(folded), std::string_view(first), std::string_view(end));
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return tags;
    tags.push_back({.id = query.Int(0), .path = query.Text(1)});
  }
}

Result<std::int64_t> AddTag(Database& db, const std::string& path, std::optional<std::int64_t> id) {
  const std::string folded = TagPath::Folded(path);
  Statement query = db.Ask("INSERT INTO tag (id, path, folded) VALUES (?, ?, ?) RETURNING id", id,
                           std::string_view(path), std::string_view(folded));
  VITRINE_TRY_ASSIGN(const bool added, query.Next());
  if (!added) return Error(Code::kInternal, "a tag was not added");
  const std::int64_t given = query.Int(0);
  VITRINE_TRY(query.Run());
  return given;
}

Status GiveTagPath(Database& db, std::int64_t tag, const std::string& path) {
  const std::string folded = TagPath::Folded(path);
  return db
      .Ask("UPDATE tag SET path = ?1, folded = ?2 WHERE id = ?3 AND path <> ?1", std::string_view(path),
           std::string_view(folded), tag)
      .Run();
}

Status DropTag(Database& db, std::int64_t tag) {
  VITRINE_TRY(db.Ask("DELETE FROM asset_tag WHERE tag = ?", tag).Run());
  return db.Ask("DELETE FROM tag WHERE id = ?", tag).Run();
}

Status MergeTags(Database& db, std::int64_t from, std::int64_t into) {
  VITRINE_TRY(db.Ask("UPDATE asset_tag SET state = stronger.state, origin = stronger.origin, "
                     "probability = stronger.probability, model = stronger.model "
                     "FROM asset_tag AS stronger WHERE asset_tag.tag = ?2 AND stronger.tag = ?1 "
                     "AND stronger.asset = asset_tag.asset AND stronger.state < asset_tag.state",
                     from, into)
                  .Run());
  VITRINE_TRY(db.Ask("INSERT INTO asset_tag (asset, tag, state, origin, probability, model) "
                     "SELECT asset, ?2, state, origin, probability, model FROM asset_tag WHERE tag = ?1 "
                     "AND asset NOT IN (SELECT asset FROM asset_tag WHERE tag = ?2)",
                     from, into)
                  .Run());
  return DropTag(db, from);
}

Status StoreMark(Database& db, std::int64_t tag, AssetId asset, const TagMark& mark) {
  return db
      .Ask(
          "INSERT INTO asset_tag (asset, tag, state, origin, probability, model) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (asset, tag) DO UPDATE "
          "SET state = ?3, origin = ?4, probability = ?5, model = ?6 "
          "WHERE (?3 <> 3 OR state = 3) AND (state, origin, probability, model) IS NOT (?3, ?4, ?5, ?6)",
          static_cast<std::int64_t>(asset), tag, static_cast<std::int64_t>(mark.state),
          static_cast<std::int64_t>(mark.origin), mark.probability, std::string_view(mark.model))
      .Run();
}

TagMark MarkAt(const Statement& query, int first) {
  return {.state = static_cast<TagState>(query.Int(first)),
          .origin = static_cast<TagOrigin>(query.Int(first + 1)),
          .probability = query.Real(first + 2),
          .model = query.Text(first + 3)};
}

}  // namespace vitrine
