// The words of a query as the catalog's word index knows them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "index/row_set.h"
#include "vitrine/result.h"

namespace vitrine {

/// The words of a text: runs of letters and digits (bytes past ASCII count as letters), ASCII in lower case.
std::vector<std::string> WordsOf(std::string_view text);

/// An expression of the word index for these words side by side; empty for none.
std::string PhraseMatch(const std::vector<std::string>& words);

/// The words of a text that say something, each once, at most 32: neither "the" nor "photo".
std::vector<std::string> TellingWords(std::string_view text);

/// A word, and as plural or singular what it most likely is in names.
std::vector<std::string> SpellingsOf(const std::string& word);

/// What words are worth, by how many pictures hold them.
///
///   WordWeights weights(pictures);
///   const double nats = weights.Add(held);         // for each word of the query
///   weights.EvidenceOf(sum);                       // of a picture that holds words worth `sum` together
class WordWeights {
 public:
  /// What a picture that holds all of the words has more of.
  static constexpr double kAllFoundNats = 3;

  /// @param pictures  how many the library holds.
  explicit WordWeights(std::uint64_t pictures);
  /// True when so many hold a word that it says nothing.
  bool IsCommon(std::uint64_t frequency) const;
  /// @param held  how many pictures hold the word in any of its spellings. Returns its weight in nats; 0
  /// where it
  ///              says nothing of any picture.
  double Add(std::uint64_t held);
  /// In nats, >= 0; grows with the sum.
  float EvidenceOf(float sum) const;
  /// What all words that were added are worth together.
  double asked() const { return asked_; }

 private:
  double pictures_;
  double asked_ = 0;
};

/// What the words of a meaning say of pictures by standing in their names, folders, captions and tags.
struct WordEvidence {
  struct Word {
    std::string word;
    double weight = 0;  ///< Natural log of how much likelier a picture with the word is to be meant.
    RowSet rows;        ///< That hold it.
  };
  std::vector<Word> words;    ///< Those that some picture holds, in order of the query.
  std::vector<float> by_row;  ///< Evidence in nats a row, >= 0; empty when no word stands anywhere.
};

/// Looks the words of a meaning up. `pictures`: how many the library holds. Errors: those of the catalog.
/// Cost: one look-up a word and the rows that hold it; words that more than a picture in eight holds, and
/// those that carry no meaning ("the", "photo"), cost and say nothing.
Result<WordEvidence> LookUpWords(Catalog& catalog, const std::string& space, const std::string& text,
                                 std::size_t pictures);

}  // namespace vitrine
