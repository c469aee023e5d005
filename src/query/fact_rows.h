// Facts and exact words as sets of rows.
#pragma once

#include <span>
#include <vector>

#include "index/row_set.h"
#include "query/language.h"
#include "vitrine/result.h"

namespace vitrine {

struct LibraryFacts;
struct QueryRooms;

/// The rows for which a tree of facts and exact words holds; not only living ones.
/// Errors: those of the catalog and of the facts.
Result<RowSet> RowsThatHold(const QueryRooms& rooms, const QueryNode& node);

/// The rows with a living picture for which a tree of facts alone holds. Errors: those of Filter().
Result<RowSet> RowsOfFacts(const LibraryFacts& facts, const QueryNode& facts_only);

/// The colours among some facts that a hit should have.
std::vector<Swatch> ColorsWanted(std::span<const QueryNode> facts);

/// How well each row fits the colours, 0..1, the worst of several; empty without any.
std::vector<float> FitOfColors(const LibraryFacts& facts, std::span<const Swatch> colors);
/// Those among some facts. Errors: those of the facts.
Result<std::vector<float>> FitOfColors(const QueryRooms& rooms, std::span<const QueryNode> facts);

}  // namespace vitrine
