// What the journal of a library on a cluster keeps, and how it is written down (docs/formats/cluster.md): for
// each change, what was said of every picture before and after it.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "catalog/annotations.h"
#include "cluster/picture_doc.h"
#include "cluster/shared_documents.h"
#include "vitrine/journal.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Which of the two sides of a change is to hold.
enum class Side : std::uint8_t { kBefore, kAfter };
inline Side OtherSide(Side side) { return side == Side::kBefore ? Side::kAfter : Side::kBefore; }

/// Two states of one thing; empty where it is not there.
template <typename Value>
struct Both {
  std::optional<Value> before, after;
  const std::optional<Value>& of(Side side) const { return side == Side::kBefore ? before : after; }
};

/// A change of one tag on a picture; the two sides may spell it differently.
using MarkChange = Both<AssetTag>;

/// What a change does to one picture.
struct PictureChange {
  std::string document;
  AssetId asset{};
  std::vector<MarkChange> marks;
  std::optional<Both<Note>> note;  ///< Both sides are there.
};

/// What a change does to what is said of no picture.
struct ListChange {
  std::vector<std::string> made, dropped;  ///< Tags that are there after it alone, and before it alone.
  std::vector<std::string> kept;           ///< Tags that stay though they may stand on no picture any more.
  std::map<std::string, Both<std::string>> searches;  ///< Queries by name.
};

/// An entry with what it does, but for the pictures, which lie in parts.
struct Entry {
  std::string id;        ///< Of its document: 32 hex digits.
  JournalEntry journal;  ///< Its number, time, words, and whether it is undone.
  bool begun = false;    ///< It was never done: somebody else was first, or it is under way.
  std::int64_t step = 0;
  std::size_t parts = 0;
  ListChange lists;
};

/// A step that is under way.
struct Pending {
  std::string entry;
  Side side = Side::kAfter;
  bool is_new = true;        ///< No entry that is put back.
  std::int64_t since_s = 0;  ///< Seconds since 1970, by the clock of whoever began it.
};

/// The one document by which steps follow one another.
struct Head {
  std::int64_t step = 0;       ///< Steps so far, the one that is under way included.
  std::int64_t last = 0;       ///< Number of the newest entry.
  std::int64_t redo_from = 0;  ///< What was undone by an earlier step can no longer be put back.
  std::string token;           ///< Of whoever wrote this: another at each write.
  std::optional<Pending> pending;
  std::map<std::string, std::string> tags;      ///< By folded path: those that may stand on no picture.
  std::map<std::string, std::string> searches;  ///< Queries by name.
  Version version;                              ///< Of the document as it was read.
};

nlohmann::json HeadJson(const Head& head);
Head HeadOf(const nlohmann::json& json);

nlohmann::json EntryJson(const Entry& entry);
Entry EntryOf(const std::string& id, const nlohmann::json& json);

nlohmann::json PartJson(const PictureChange& change);
PictureChange PartOf(const nlohmann::json& json);

/// Makes the lists those of that side.
void Apply(const ListChange& change, Side side, Head& head);

/// Makes what is said of a picture that of that side, with the words it is found by.
Status Apply(const PictureChange& change, Side side, PictureCopy& picture);

/// Tags and note of a picture.
struct Said {
  std::vector<AssetTag> tags;
  Note note;
};

/// The fields that SaidOf() reads.
inline constexpr const char* kSaidFields[] = {"id", "picture.tags", "picture.rating", "picture.caption"};
Said SaidOf(const nlohmann::json& source);

/// The first thing that is not as that side has it, by its name for people; empty when all is.
std::string FirstOther(const PictureChange& change, Side side, const Said& said);
std::string FirstOther(const ListChange& change, Side side, const Head& head);

}  // namespace vitrine::cluster
