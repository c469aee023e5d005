// Facts of a query as sets of rows, and soft scores for colours.
//
//   const DerivedFacts derived = DeriveFacts(facts);                      // once for a table
//   Result<RowSet> rows = Filter(tree, {.facts = facts, .derived = derived});
//
// What each field means is in docs/query.md; the thresholds that are choices of ours are below.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "catalog/fact_table.h"
#include "index/row_set.h"
#include "query/derived_facts.h"
#include "query/language.h"
#include "vitrine/result.h"

namespace vitrine {

/// A swatch has a wanted colour when it is no farther from it than this in OKLab, with lightness counted half
/// (a surface keeps its hue from light to shadow and loses its lightness).
constexpr float kColorReach = 0.09F;

/// Orientation: the long side of a square picture is at most this many times the short one; that of a
/// panorama at least so many times.
constexpr float kSquareAspect = 1.05F, kPanoramaAspect = 2;

/// Moods, of the mean colour after the palette. Each bound takes about one in eight of everyday photographs:
/// they are the outer eighths of the mean over all pixels of 400 pictures of Flickr8k.
constexpr float kDarkLightness = 0.41F, kBrightLightness = 0.67F;
constexpr float kMutedChroma = 0.018F, kVividChroma = 0.065F;
constexpr float kCoolWarmth = -0.010F, kWarmWarmth = 0.037F;

/// The pictures of a board, by its id or name. Errors: any; the message is for people.
using BoardLookup = std::function<Result<std::vector<AssetId>>(const std::string& board)>;

/// What facts are looked up in. Everything outlives the call; row counts agree.
struct FilterRooms {
  const FactTable& facts;
  const DerivedFacts& derived;
  const RowSet* duplicates = nullptr;   ///< Rows that have a duplicate; null when none were looked for.
  const BoardLookup* boards = nullptr;  ///< Null or empty where there are none.
};

/// True when the tree asks for facts alone.
bool HoldsOnlyFacts(const QueryNode& node);

/// The rows with a living picture for which the tree holds, exactly. A fact that a picture does not have (no
/// rating, no place) does not hold for it; so with '-' it does. Cost at 100,000 pictures: 0.05 to 0.5 ms a
/// fact. Thread-safe. Errors: kInvalidArgument (no such board; is:duplicate without `duplicates`; a tree that
/// asks for more than facts), with the column.
Result<RowSet> Filter(const QueryNode& facts_only, const FilterRooms& rooms);

/// Whether the swatches that have the colour share `least` of a picture: what the filter asks.
/// @param colors  of the palette, in OKLab.
bool HasColor(std::span<const OkLab> colors, std::span<const Swatch> palette, const OkLab& wanted,
              float least);
/// `least` of a wanted colour.
float LeastShare(const Swatch& wanted);

/// For each row how well it has the colour: the shares of its swatches, those farther off counting less
/// (a Gaussian of kColorReach), as s / (s + wanted share): 0 for nothing, 0.5 at the share that was asked
/// for, towards 1 for a picture full of it. Cost at 100,000 pictures: about 3 ms.
std::vector<float> ColorScores(const FilterRooms& rooms, const Swatch& wanted);

/// OKLab distance with lightness counted half.
float ColorDistance(const OkLab& x, const OkLab& y);

/// Great-circle distance on a sphere of 6,371 km (haversine formula).
double Kilometres(double latitude1, double longitude1, double latitude2, double longitude2);

}  // namespace vitrine
