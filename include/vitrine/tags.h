// Tags of pictures: proposed by words, taught by example, decided by people.
//
//   vitrine::Tagging& tags = library->tags();
//   tags.Suggest({.vocabulary_file = "birds.txt"}, &observer, stop);      // a guess for each picture
//   tags.Teach({.tag = "heron", .yes = {"a.jpg", "b.jpg"}, .no = {"c.jpg"}});
//
// A tag is written as its path: levels joined with '/', a '/' or '\' inside a level preceded by '\'. Letter
// case does not tell tags apart. Every call that changes tags is one step of Library::Undo().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/types.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// The probability from which a tag is worth a person's look: one in four is right at worst.
inline constexpr double kSuggestFrom = 0.25;

/// A tag that a machine proposes.
struct SuggestedTag {
  std::string tag;
  double probability = 0;  ///< That the picture carries the tag, as far as the machine can tell: 0..1.
  bool taught = false;     ///< By pictures that people accepted and rejected; else by the tag's words.
};

struct PictureTags {
  AssetId id{};                    ///< 0 for a file that is not in the library.
  std::vector<PathBytes> paths;    ///< Where it lies; at least one.
  std::vector<SuggestedTag> tags;  ///< Likeliest first.
};

struct SuggestOptions {
  std::string vocabulary_file;      ///< docs/tags.md; empty: the default one, and the tags that were taught.
  std::vector<PathBytes> pictures;  ///< Files, and folders with all below them; empty: the whole library.
  std::size_t limit = 10;           ///< Tags a picture at most.
  double at_least = 0;              ///< Probability.
  bool keep = false;  ///< Remember them as suggestions, in place of earlier ones for the same tags.
};

struct SuggestReport {
  std::uint64_t pictures = 0;     ///< That were judged.
  std::uint64_t suggestions = 0;  ///< Over all of them.
  std::uint64_t terms = 0;        ///< Tags that were considered.
  std::uint64_t taught = 0;       ///< Those of them that were judged by example.
  std::vector<PathBytes> unreadable;
  std::vector<std::string> notes;
  double seconds = 0;
  bool stopped = false;
};

class SuggestObserver : public VectorObserver {
 public:
  /// Called for each picture, in a steady order.
  virtual void OnPicture(const PictureTags& picture) = 0;
};

/// What people say of a tag on pictures.
enum class TagWord : std::uint8_t {
  kAdd,     ///< It carries the tag.
  kRemove,  ///< Nothing is said of the tag any more.
  kAccept,  ///< As kAdd, of suggestions.
  kReject,  ///< It does not carry the tag: never suggested again, and learnt from.
};

struct DecideOptions {
  TagWord word = TagWord::kAccept;
  std::string tag;                  ///< Empty, for kAccept and kReject without pictures: every tag.
  std::vector<PathBytes> pictures;  ///< Files or folders. Empty, for kAccept and kReject: all suggestions.
  double at_least = 0;  ///< Suggestions of at least this probability, where no pictures are named.
};

struct TagChange {
  std::uint64_t pictures = 0;  ///< Marks that were set or taken away.
  std::uint64_t tags = 0;
  std::int64_t entry = 0;  ///< Of the journal; 0 when there was nothing to change.
};

struct TeachOptions {
  std::string tag;
  std::vector<PathBytes> yes, no;  ///< Files or folders of the library; may be empty when marks are there.
};

struct TeachReport {
  std::uint64_t accepted = 0, rejected = 0;  ///< Examples that it was taught with.
  std::uint64_t suggested = 0;               ///< Pictures that carry it as a suggestion now.
  double accuracy = 0;  ///< Share of the examples that the others of them would have judged right.
  std::int64_t entry = 0;
};

/// A tag with the numbers of pictures, those of tags below it not included.
struct TagFacet {
  std::string tag;
  std::uint64_t accepted = 0, suggested = 0, rejected = 0;
};

/// What LearnNames() did.
struct NamesReport {
  std::uint64_t names = 0;   ///< Of the default vocabulary.
  std::uint64_t learnt = 0;  ///< Those of them that were not known before.
};

/// The tags of a library. Same thread rules as Library. Errors of all: kNotFound (no library; a picture or a
/// tag that it does not know), kInvalidArgument (no tag by that name can be), kCorrupt, kModel, kIo; of those
/// that change something also kLocked, kNoSpace.
class Tagging {
 public:
  virtual ~Tagging() = default;

  /// Judges pictures for tags. Files that are not in the library are decoded and embedded; they cannot be
  /// kept. Cost: a scan of the library for four tags at a time (100,000 pictures and 1,500 tags: seconds),
  /// and once for each new name in a vocabulary a few milliseconds. @param observer may be null.
  virtual Result<SuggestReport> Suggest(const SuggestOptions& options, SuggestObserver* observer,
                                        const StopSignal& stop) = 0;
  virtual Result<TagChange> Decide(const DecideOptions& options) = 0;
  /// Marks pictures, learns from all that people ever accepted and rejected for the tag, and suggests it to
  /// the rest of the library, in place of earlier suggestions.
  virtual Result<TeachReport> Teach(const TeachOptions& options) = 0;
  /// Renames a tag and all below it; where the new name exists, the two become one.
  virtual Result<TagChange> Rename(const std::string& from, const std::string& to) = 0;
  /// Removes a tag and all below it from every picture.
  virtual Result<TagChange> Delete(const std::string& tag) = 0;
  virtual Result<std::vector<TagFacet>> List() = 0;  ///< In order of path.

  /// How many names of the default vocabulary the library has not learnt yet. Cost: some milliseconds.
  virtual Result<std::size_t> NamesToLearn() = 0;
  /// Reads them, so that neither the first suggestion nor the first arrangement by clusters has to. Cost: a
  /// few milliseconds for each new name; what is learnt stays with the library. Searches and decisions need
  /// not wait for it, and whoever needs the names meanwhile shares the work. @param observer  may be null.
  /// Errors also: kCancelled (stopped; what was learnt until then is kept).
  virtual Result<NamesReport> LearnNames(VectorObserver* observer, const StopSignal& stop) = 0;
};

}  // namespace vitrine
