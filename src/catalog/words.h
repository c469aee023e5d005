// The texts that pictures are found by, in the FTS5 table `words`: one row a living picture, its id the
// row's.
//
//   name          last components of its paths
//   tag           accepted tags, every level of each
//   caption       what a person or the file wrote
//   folder        folders of its paths from the outermost root on, that one's own name included
//   picture_text  words that were read in the picture
//
// Words are runs of letters and digits; case and accents do not count (unicode61). Names and folders are kept
// twice where letters and digits, or small and capital letters, touch: "IMG1234" is found by "img1234" and by
// "1234". Bytes that are no UTF-8 part words. Between two names, tags or folders stands a word that nobody
// types (U+E000), so that a phrase is never found across them. Each text is cut at 64 KiB.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "catalog/sqlite.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

inline constexpr std::size_t kMaxTextBytes = 64 << 10;

/// Columns of `words` as people read them, by number.
inline constexpr std::array<std::string_view, 5> kWordColumns = {"name", "tag", "caption", "folder",
                                                                 "picture text"};

/// The weights of the columns in bm25, in their order: 3 for names and tags, 2 for captions, 1 for folders
/// and the text in pictures, which name many things beside the picture's subject.
#define VITRINE_WORD_WEIGHTS "3.0, 3.0, 2.0, 1.0, 1.0"

/// `text` as UTF-8, followed by a copy with the words parted where kinds of letters touch, if that differs.
std::string SearchableName(std::string_view text);

/// The column `tag` for these accepted tags, in order of folded path. Errors: kInvalidArgument (one is none).
Result<std::string> TagTexts(std::span<const std::string> tags);
/// The columns `name` and `folder` of a picture with these paths, in byte order, when these roots are known.
struct PathTexts {
  std::string name, folder;
};
PathTexts TextsOfPaths(std::span<const PathBytes> paths, std::span<const PathBytes> roots);

/// Brings `words` up to date for all pictures in `words_due` and empties that. Inside a Transaction. Cost:
/// some 40 us a picture.
Status RefreshWords(Database& db);

}  // namespace vitrine
