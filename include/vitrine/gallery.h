// What a person who looks at pictures needs beyond searching: all of them in order, counts by what they have
// in common, all that is known of one, and its bytes at the size of a screen.
//
//   vitrine::Gallery& gallery = library->gallery();
//   auto listing = gallery.List({.query = "tag:beach", .order = vitrine::Order::kNewest});
//   auto jpeg = gallery.Rendition(listing->ids.front(), 2048);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vitrine/index_report.h"
#include "vitrine/result.h"
#include "vitrine/search.h"
#include "vitrine/types.h"

namespace vitrine {

/// The order of pictures that nothing ranks. Ties, and pictures without a date, in order of path.
enum class Order : std::uint8_t {
  kNewest,  ///< By the time of exposure; those without one come last, by name.
  kOldest,
  kName,   ///< By file name, numbers in it as numbers.
  kAdded,  ///< Last indexed first.
};

struct ListOptions {
  std::string query;  ///< docs/query.md; empty for everything.
  std::vector<std::string>
      pictures;                  ///< Bytes of picture files that hits should be like, each at most 64 MiB.
  Order order = Order::kNewest;  ///< Of a query that asks for facts alone.
  std::size_t limit = 500;       ///< Hits of a ranked query, 1..10,000; a timeline is never cut by it.
  bool diverse = false;          ///< This and what follows: of a ranked query.
  Grouping group = Grouping::kNone;
  bool explain = false;
};

/// Pictures in columns: `ids[i]` has the shape `aspects[i]`.
struct Listing {
  static constexpr std::int64_t kNoTime = INT64_MIN;

  bool ranked = false;  ///< The query asks for meaning, words or pictures: best first, `found` says more.
  std::vector<AssetId> ids;
  std::vector<float> aspects;            ///< Width / height of the upright picture, > 0.
  std::vector<std::int64_t> taken_at_s;  ///< Seconds of the camera's clock since 1970-01-01, or kNoTime.
  SearchResult found;         ///< hits[i] is ids[i]; where not ranked without hits, with `total` and `notes`.
  std::uint64_t version = 0;  ///< Another number whenever anything in the library changed.
};

/// A value that pictures share, ready to be asked for.
struct FacetValue {
  std::string label;  ///< For people: "FUJIFILM X-T5", "2024", "beach".
  /// The term that asks for it: "camera:\"FUJIFILM X-T5\"", "date:2024", "tag:beach". To narrow a list, put
  /// it behind the query; one with OR at its top goes into parentheses first.
  std::string query;
  std::uint64_t count = 0;  ///< Pictures of the listing that have it, > 0.
};

struct Facet {
  std::string
      field;  ///< "tag", "date", "camera", "lens", "folder", "color", "type", "rating", "orientation".
  std::vector<FacetValue> values;  ///< Most frequent first; dates newest first, ratings best first.
};

/// What is said of a tag on a picture.
struct PictureTag {
  enum class State : std::uint8_t { kAccepted, kSuggested, kRejected };
  std::string tag;
  State state = State::kAccepted;
  double probability = 1;  ///< Of a suggestion.
  bool by_machine = false;
};

/// All that is known of a picture.
struct PictureDetails {
  AssetId id{};
  std::string content;           ///< SHA-256 of the file, 64 hexadecimal digits.
  std::vector<PathBytes> paths;  ///< At least one.
  bool offline = false;
  std::uint64_t size_bytes = 0;
  PictureInfo info;
  std::vector<Swatch> palette;   ///< Largest share first.
  std::vector<PictureTag> tags;  ///< Accepted first, then suggestions likeliest first, then rejected ones.
  std::optional<std::int32_t> rating;
  std::string caption;
  std::string text;                 ///< Read in the picture; empty for none.
  std::vector<std::string> boards;  ///< Ids of the boards it lies on.
};

/// A picture file for handing out whole.
struct OriginalFile {
  PathBytes path;  ///< The first of its paths that is there now and unchanged.
  std::string format;
  std::uint64_t size_bytes = 0;
};

/// Looking at a library. Same thread rules as Library; reading bytes never waits for a search. Errors of all:
/// kNotFound (no library; no picture of that id), kCorrupt, kIo.
class Gallery {
 public:
  virtual ~Gallery() = default;

  /// Cost: a timeline of 100,000 pictures some 10 ms, a ranked list that of the search. Errors also:
  /// kInvalidArgument (a query that cannot be read; the message names the column), kModel.
  virtual Result<Listing> List(const ListOptions& options) = 0;
  /// Facets of what List() gives for the query, at most `most` values each; of a ranked query, of its hits
  /// before the cut.
  virtual Result<std::vector<Facet>> Facets(const std::string& query, std::size_t most) = 0;
  /// In the order asked; ids that are unknown are left out.
  virtual Result<std::vector<PictureDetails>> Details(std::span<const AssetId> ids) = 0;

  /// One path of each, as Details() would give them first, without the cost of all that goes with it.
  virtual Result<std::vector<PathBytes>> Paths(std::span<const AssetId> ids) = 0;

  /// A JPEG of at most 256 px, sRGB, upright, without metadata. Made now where none is kept. A picture that
  /// is not there any more still has one.
  virtual Result<std::string> Thumbnail(AssetId id) = 0;
  /// The same with a long side of at most `edge_px` (64..8192), never upscaled: decoded in a sandboxed worker
  /// from the original. Errors also: kNotFound (the file is gone or its drive is away; the message says
  /// which), kUnsupported, kTimeout.
  virtual Result<std::string> Rendition(AssetId id, std::int32_t edge_px) = 0;
  virtual Result<OriginalFile> Original(AssetId id) = 0;

  /// Takes a picture in that lies nowhere yet (pasted, dropped): it is kept as a file in the library's folder
  /// "added", under `name` (its last component, made safe) or one like it, and indexed. One that the library
  /// knows is not kept twice. May run beside Index(). Errors also: kCorrupt or kUnsupported (no picture),
  /// kNoSpace, kLocked.
  virtual Result<AssetId> Add(const std::string& bytes, const std::string& name) = 0;

  /// Files that could not be read, in order of path, at most `limit`.
  virtual Result<std::vector<FileRecord>> Failures(std::size_t limit) = 0;
};

}  // namespace vitrine
