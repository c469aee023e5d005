// What a search asks of a cluster. The cluster proposes, by its own vectors and words; the hits are scored
// here by their whole codes, so that scores and ties are those of a library on one machine.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cluster/cluster.h"
#include "cluster/mapping.h"
#include "cluster/picture_doc.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// The most hits of a query, which one request may give of any index.
inline constexpr std::size_t kMostHits = 10'000;

/// Up to so many allowed pictures are compared one by one by the cluster, beyond it walks its graph.
inline constexpr std::uint64_t kExactUpTo = 20'000;

/// Shards that gave no answer: what is found lacks their pictures.
struct MissingShards {
  std::uint64_t failed = 0, total = 0;
  bool timed_out = false;
  std::string reason;
  bool any() const { return failed > 0 || timed_out; }
  /// Adds what an answer says of itself.
  void Note(const nlohmann::json& answer);
  /// For people; empty where nothing is missing.
  std::string InWords() const;
};

/// A word of the query, and what it is worth.
struct AskedWord {
  std::vector<std::string> spellings;
  double weight = 0;  ///< > 0.
};

/// What to look for in one way.
struct WayAsked {
  nlohmann::json filter;
  std::uint64_t allowed = 0;   ///< Pictures that pass the filter, counted before.
  std::vector<float> meaning;  ///< Unit vector; empty to be given the newest pictures.
  std::vector<AskedWord> words;
  double words_asked = 0;      ///< What all words of the way are worth together, asked for or not.
  std::vector<Swatch> colors;  ///< That hits should fit best.
  std::size_t depth = 0;       ///< 1 .. kMostHits: so many nearest, and so many by words.
};

/// A picture that was proposed.
struct Proposed {
  PictureCopy picture;             ///< Without texts.
  std::vector<std::size_t> words;  ///< Which of the asked words it holds.
};

struct WayFound {
  std::vector<Proposed> nearest;  ///< By the cluster's own vectors; without a meaning, the newest first.
  std::vector<Proposed> worded;   ///< Those for which words and colours say most.
};

/// Some pictures of a library.
struct DrawnPictures {
  std::vector<AssetId> ids;
  EncodedRows vectors;  ///< One row each.
};

/// Asks about one index (or alias) of a library. Not thread-safe for `missing`.
class Looking {
 public:
  Looking(const Cluster& cluster, std::string index, const IndexMeta& meta)
      : cluster_(cluster), index_(std::move(index)), meta_(meta) {}

  /// How many pictures pass each filter; behind them how many there are. Errors: those of Cluster::Ask.
  Result<std::vector<std::uint64_t>> Count(const std::vector<nlohmann::json>& filters);

  /// One request for all ways. Errors: those of Cluster::Ask, kCorrupt.
  Result<std::vector<WayFound>> Find(std::span<const WayAsked> ways);

  /// At most `most` (1 .. kMostHits) of the pictures that pass the filter, drawn by their content: the same
  /// every time.
  Result<DrawnPictures> Draw(const nlohmann::json& filter, std::size_t most);
  /// The vectors of at most `most` of all.
  Result<EncodedRows> Sample(std::size_t most);

  /// The one picture with this value in a field; empty for none. Errors: those of Cluster::Ask, kCorrupt.
  Result<std::optional<PictureCopy>> PictureWith(const char* field, const nlohmann::json& value);
  Result<std::optional<PictureCopy>> PictureWithContent(const Sha256Digest& content);

  /// Of all that was asked so far.
  const MissingShards& missing() const { return missing_; }

 private:
  nlohmann::json NearestBody(const WayAsked& way) const;
  Status Note(const nlohmann::json& answer);
  Result<std::vector<Proposed>> ProposedOf(const nlohmann::json& answer);

  const Cluster& cluster_;
  const std::string index_;
  const IndexMeta meta_;
  MissingShards missing_;
};

}  // namespace vitrine::cluster
