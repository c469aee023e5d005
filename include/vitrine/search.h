// What a search asks for, and what it finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "vitrine/types.h"

namespace vitrine {

/// What to look for: a query, pictures, or both. At least one part.
struct Query {
  std::string text;                 ///< In the query language (docs/query.md); plain words are a meaning.
  std::vector<PathBytes> pictures;  ///< Files, in the library or not; results are like all of them.
  std::vector<std::string> picture_bytes;  ///< The same as whole files in memory.
};

struct SearchOptions {
  std::size_t limit = 10;  ///< Hits wanted, 1..100,000.
  /// Hits past the cut too, marked. Otherwise the list ends where it falls off; where no hit comes before
  /// that, after the nearest three.
  bool all = true;
  bool diverse = false;  ///< Prefer hits unlike each other.
  Grouping group = Grouping::kNone;
  bool explain = false;  ///< Fill SearchResult::plan.
};

/// One picture found.
struct Hit {
  AssetId id{};
  std::vector<PathBytes> paths;  ///< Where it lies; at least one, in byte order. Several for copies.
  /// Cosine with the query in the model's space, in about [-1, 1]; names, tags and colours that match add to
  /// it. 1 where the query asks for facts alone. Where the lists of two models are mixed it is their rank
  /// fusion, 0..1: 1 for a picture that both rank first.
  float score = 0;
  /// The probability that it is what was meant, as the model was measured: 0..1. Of two, what the surer says.
  double relevance = 0;
  bool below_cut = false;  ///< It comes after the list falls off.
  /// The parts of the query that it answers, with their shares; of two models, its rank with each.
  std::vector<std::string> why;
  std::vector<AssetId> grouped;  ///< Pictures that stand under it, best first (SearchOptions::group).
  PictureInfo info;
  bool offline = false;        ///< Its drive or folder is not there now.
  std::string thumbnail_path;  ///< A JPEG of at most 256 px in the library; may be missing.
};

struct SearchResult {
  std::vector<Hit> hits;         ///< Best first; ties in order of id.
  std::uint64_t total = 0;       ///< Pictures that passed the facts of the query.
  std::size_t above_cut = 0;     ///< So many of the hits come before the list falls off.
  bool nothing_matches = false;  ///< Nothing in the library seems to be what was meant.
  double took_ms = 0;
  std::vector<std::string> notes;
  std::string plan;  ///< How it was answered, a line a step, with counts and times; SearchOptions::explain.
};

}  // namespace vitrine
