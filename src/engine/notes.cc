#include "engine/notes.h"

#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "query/language.h"

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

Result<std::uint64_t> ChangeNotes(Annotations& annotations, std::span<const AssetId> pictures,
                                  const NoteChange& wanted) {
  if (!wanted.drop_rating && !wanted.rating && !wanted.caption) {
    return Error(Code::kInvalidArgument, "say what to note: a rating, a caption, or both");
  }
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin(WhatFor(wanted, pictures.size())));
  std::uint64_t changed = 0;
  VITRINE_TRY_ASSIGN(const std::vector<Note> notes, annotations.NotesOf(pictures));
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Note next = Changed(notes[i], wanted);
    if (next == notes[i]) continue;
    VITRINE_TRY(change->SetNote(pictures[i], next));
    ++changed;
  }
  VITRINE_TRY(change->Commit());
  return changed;
}

Status KeepSearch(Annotations& annotations, const SavedSearch& search) {
  VITRINE_TRY(ParseQuery(search.query));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin("save the search " + Quoted(search.name)));
  VITRINE_TRY(change->SaveSearch(search));
  VITRINE_TRY(change->Commit());
  return {};
}

Status ForgetSearch(Annotations& annotations, const std::string& name) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change,
                     annotations.Begin("drop the search " + Quoted(name)));
  VITRINE_TRY(change->DropSearch(name));
  VITRINE_TRY(change->Commit());
  return {};
}

}  // namespace vitrine
