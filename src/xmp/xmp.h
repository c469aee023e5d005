// XMP: what a picture's own packet or its sidecar says of tags, rating and caption, and saying it there
// without touching anything else. docs/xmp.md has the rules in words.
//
//   auto note = ReadXmp(bytes);                                   // what the file says
//   note->rating = 4;
//   auto merged = MergeXmp(bytes, {.note = *note});               // the same file, with that rating
//
// Pure functions of bytes: no file is opened, nothing is kept, any thread may call them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

inline constexpr std::size_t kMaxXmpBytes = 4u << 20;

/// Reads a packet or a sidecar: UTF-8 or UTF-16, with or without wrapper and padding. Tags come from
/// digiKam:TagsList, then lr:hierarchicalSubject, then those words of dc:subject that are no level of a tag
/// so far; a caption from the default language of dc:description.
/// Errors: kCorrupt (not well-formed; says the line), kUnsupported (a document type, another encoding, no XMP
/// in it, over the limits of xmp/xml.h). Linear in the size.
Result<EmbeddedNote> ReadXmp(std::string_view bytes);

/// A tag that a machine suggests.
struct MachineTag {
  std::string path;
  double probability = 0;  ///< 0..1.
  std::string model;       ///< The space that judged.
};

/// What a file shall say.
struct XmpWanted {
  EmbeddedNote note;
  /// In place of the suggestions that the file holds; without a value those stay as they are.
  std::optional<std::vector<MachineTag>> machine = {};
};

/// The bytes of `existing` (of a new sidecar when that is empty), saying what is wanted in dc:subject (leaves
/// and ancestors), lr:hierarchicalSubject, digiKam:TagsList, xmp:Rating and the default language of
/// dc:description. Entries that stay keep their place and form; every other byte is kept. ReadXmp() of the
/// result is checked to give the note back. Errors: as ReadXmp; kInternal (a form that cannot be edited).
Result<std::string> MergeXmp(std::string_view existing, const XmpWanted& wanted);

}  // namespace vitrine
