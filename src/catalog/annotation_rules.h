// What may be said of pictures, and what may not, wherever it is kept: in a catalog or on a cluster.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "catalog/annotations.h"
#include "vitrine/result.h"

namespace vitrine {

/// `path` as every tag of that name is written: only '/' and '\' escaped. Errors: kInvalidArgument.
Result<std::string> CanonicalTag(const std::string& path);

/// A tag's path when its first `levels` levels become `to`. Errors: kInvalidArgument (too many levels).
Result<std::string> MovedTag(const std::string& path, std::size_t levels, std::span<const std::string> to);

/// True when `mark` takes the place of what is there: a suggestion never replaces what was accepted or
/// rejected.
bool Replaces(const TagMark& mark, const TagMark& there);

/// True when `mark` wins over another where two tags become one: accepted over rejected over suggested.
bool IsStronger(const TagMark& mark, const TagMark& there);

/// Errors: kInvalidArgument (no state or origin, a probability outside 0..1, a model of more than 255 bytes).
Status CheckMark(const TagMark& mark);

/// Errors: kInvalidArgument, as Change::SetNote has them.
Status CheckNote(const Note& note);

/// Errors: kInvalidArgument (no name; too long; no text).
Status CheckSearch(const SavedSearch& search);

/// What the journal keeps of the words for people.
std::string JournalText(const std::string& what);

/// kNotFound, and kInvalidArgument for the last two.
Error NoSuchTag(const std::string& path);
Error UnknownPicture(AssetId asset);
Error NoSuchSearch(const std::string& name);
Error ChangeIsOpen();
Error ChangeIsOver();

/// kInvalidArgument: why an entry of the journal cannot be taken back, or put back where it is undone.
Error CannotStep(const JournalEntry& entry, const std::string& why);

/// What a step would overwrite, for the reason above: "<name> has been changed since".
std::string MarkName(const std::string& tag, AssetId asset);
std::string NoteName(AssetId asset);
std::string SearchName(const std::string& name);

}  // namespace vitrine
