// Tags and their marks in the tables `tag` and `asset_tag`: the single steps that changes are made of. Inside
// a Transaction. No two tags have one folded path: these functions see to that, not the table, since recorded
// changes are applied row by row in any order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/annotation_rules.h"
#include "catalog/annotations.h"
#include "catalog/sqlite.h"

namespace vitrine {

struct TagRow {
  std::int64_t id = 0;
  std::string path;
};

/// The tag of any spelling of this canonical path.
Result<std::optional<TagRow>> FindTag(Database& db, const std::string& path);

/// The tag of this canonical path and those below it, in order of folded path.
Result<std::vector<TagRow>> TagsAtAndBelow(Database& db, const std::string& path);

/// Adds a tag that is not there, under an id of its own or the one given.
Result<std::int64_t> AddTag(Database& db, const std::string& path, std::optional<std::int64_t> id = {});

Status GiveTagPath(Database& db, std::int64_t tag, const std::string& path);

/// Removes a tag from all pictures and from the list.
Status DropTag(Database& db, std::int64_t tag);

/// Moves all marks of one tag to another and drops it. Where a picture has both, accepted wins over rejected
/// wins over suggested, and of equals the one that was there.
Status MergeTags(Database& db, std::int64_t from, std::int64_t into);

/// In place of an earlier mark, save that a suggestion never replaces what was accepted or rejected. Writes
/// nothing where nothing changes.
Status StoreMark(Database& db, std::int64_t tag, AssetId asset, const TagMark& mark);

/// The mark in columns first .. first + 3 of a query: state, origin, probability, model.
TagMark MarkAt(const Statement& query, int first);

}  // namespace vitrine
