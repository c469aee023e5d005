#include "engine/notes.h"

#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

std::string WhatFor(const NoteChange& wanted, std::size_t pictures) {
  std::string what;
  if (wanted.drop_rating) what = "take the rating off ";
  if (wanted.rating) what = "rate " + std::to_string(*wanted.rating) + " ";
  if (wanted.caption) what += (what.empty() ? "caption " : "and caption ") + Quoted(*wanted.caption) + " ";
  return what + Thousands(pictures) + (pictures == 1 ? " picture" : " pictures");
}

Note Changed(Note note, const NoteChange& wanted) {
  if (wanted.drop_rating) note.rating.reset();
  if (wanted.rating) note.rating = wanted.rating;
  if (wanted.caption) note.caption = *wanted.caption;
  return note;
}

}  // namespace

Result<std::uint64_t> ChangeNotes(Catalog& catalog, std::span<const AssetId> pictures,
                                  const NoteChange& wanted) {
  if (!wanted.drop_rating && !wanted.rating && !wanted.caption) {
    return Error(Code::kInvalidArgument, "say what to note: a rating, a caption, or both");
  }
  Annotations& annotations = catalog.annotations();
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin(WhatFor(wanted, pictures.size())));
  std::uint64_t changed = 0;
  for (const AssetId picture : pictures) {
    VITRINE_TRY_ASSIGN(const Note note, annotations.NoteOf(picture));
    const Note next = Changed(note, wanted);
    if (next == note) continue;
    VITRINE_TRY(change->SetNote(picture, next));
    ++changed;
  }
  VITRINE_TRY(change->Commit());
  return changed;
}

}  // namespace vitrine
