#include "xmp/note_merge.h"

#include <set>
#include <string>
#include <vector>

#include "xmp/note.h"

namespace vitrine {
namespace {

std::set<std::string> KeysOf(const EmbeddedNote& note) {
  std::set<std::string> keys;
  for (const std::string& tag : note.tags) keys.insert(TagKey(tag));
  return keys;
}

std::vector<std::string> MergeTags(const EmbeddedNote& base, const EmbeddedNote& catalog,
                                   const EmbeddedNote& file) {
  const std::set<std::string> before = KeysOf(base);
  const std::set<std::string> ours = KeysOf(catalog);
  const std::set<std::string> theirs = KeysOf(file);
  std::vector<std::string> merged;
  for (const std::string& tag : catalog.tags) {
    const std::string key = TagKey(tag);
    const bool gone_there = before.contains(key) && !theirs.contains(key);
    if (!gone_there) merged.push_back(tag);
  }
  for (const std::string& tag : file.tags) {
    const std::string key = TagKey(tag);
    if (!ours.contains(key) && !before.contains(key)) merged.push_back(tag);
  }
  return merged;
}

// One value, two sides. True when they are in conflict and nobody decided.
template <typename Value>
bool MergeValue(const Value& base, Value& catalog, Value& file, NotePreference preference) {
  if (catalog == file) return false;
  const bool both_changed = catalog != base && file != base;
  if (both_changed && preference == NotePreference::kNeither) return true;
  const bool take_file = both_changed ? preference == NotePreference::kFile : catalog == base;
  (take_file ? catalog : file) = take_file ? file : catalog;
  return false;
}

}  // namespace

MergedNote MergeNotes(const EmbeddedNote& base, const EmbeddedNote& catalog, const EmbeddedNote& file,
                      NotePreference preference) {
  MergedNote merged = {.catalog = catalog, .file = file};
  merged.catalog.tags = MergeTags(base, catalog, file);
  merged.file.tags = merged.catalog.tags;
  merged.rating_conflict = MergeValue(base.rating, merged.catalog.rating, merged.file.rating, preference);
  merged.caption_conflict = MergeValue(base.caption, merged.catalog.caption, merged.file.caption, preference);
  return merged;
}

EmbeddedNote NextBase(const EmbeddedNote& base, const EmbeddedNote& file, const MergedNote& merged) {
  EmbeddedNote next = file;
  if (merged.rating_conflict) next.rating = base.rating;
  if (merged.caption_conflict) next.caption = base.caption;
  return next;
}

bool SaySame(const EmbeddedNote& a, const EmbeddedNote& b) {
  return a.rating == b.rating && a.caption == b.caption && KeysOf(a) == KeysOf(b);
}

}  // namespace vitrine
