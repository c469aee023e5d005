// A vocabulary: the terms that pictures are compared with, as a person writes them down (docs/tags.md).
//
//   # a comment
//   animals:                       a heading groups, and is never a tag of its own
//     dog = puppy = hound          a term with two more names
//       poodle                     a term below it: the tag "animals/dog/poodle"
//
// A file of plain names, one a line, is a vocabulary too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/result.h"

namespace vitrine {

/// A term and what it is called.
struct Term {
  std::string path;                ///< A TagPath: the names of the lines above it, then its own.
  std::vector<std::string> names;  ///< Its own name as written, then its synonyms; at least one.
  std::size_t line = 0;            ///< Where it stands, from 1.
};

struct Vocabulary {
  std::vector<Term> terms;         ///< In the order written. Paths differ in more than letter case.
  std::vector<std::string> notes;  ///< Lines that were merged or passed over, with their numbers: at most 20.
  std::size_t merged = 0;          ///< Lines whose term stood already: their synonyms went there.
  std::size_t passed_over = 0;     ///< Lines that make no term.
};

/// Reads a vocabulary. Lines end with LF or CR LF; indentation is spaces or tabs (a tab goes to the next
/// multiple of 8), and a line belongs below the nearest line before it that is indented less; ` = ` stands
/// between names; white space around names does not count; a line that begins with '#' is a comment; one that
/// ends with ':' is a heading. A byte order mark is passed over.
/// A line that cannot be a tag (docs/tags.md) is passed over with a note, and lines below it go to the line
/// above it. Limits: 64 MiB, 1,000,000 lines. Cost: about a second for 1,000,000 lines.
/// Errors: kInvalidArgument (beyond the limits; no term in it: the first note says why).
Result<Vocabulary> ParseVocabulary(std::string_view text);

/// The names that a vector is needed for, each once, in order of first use.
std::vector<std::string> NamesOf(const Vocabulary& vocabulary);

}  // namespace vitrine
