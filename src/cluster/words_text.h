// Texts as the cluster's word fields hold them: cut into words and folded here, with blanks between, so that
// every cluster finds the same words as a library on this machine (the field is only split at blanks).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::cluster {

/// The fields of `words`, in the order of kWordColumns (catalog/words.h).
inline constexpr std::array<const char*, 5> kWordFields = {"name", "tag", "caption", "folder",
                                                           "picture_text"};

/// Runs of letters, digits and private-use characters (which part the pieces of a text, catalog/words.h) in
/// lower case without accents, as SQLite's unicode61 cuts them.
std::vector<std::string> TokensOf(std::string_view text);

/// The same with a blank between each two; empty for a text without words.
std::string TokenText(std::string_view text);

}  // namespace vitrine::cluster
