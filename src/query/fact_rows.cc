#include "query/fact_rows.h"

#include <algorithm>

#include "base/try.h"
#include "query/duplicates.h"
#include "query/filter.h"
#include "query/ways.h"

namespace vitrine {
namespace {

using Kind = QueryNode::Kind;

// All living rows but these.
RowSet Others(const QueryRooms& rooms, const RowSet& rows) {
  RowSet others = rooms.live;
  others.Subtract(rows);
  return others;
}

Result<RowSet> RowsOfExact(const QueryRooms& rooms, const std::string& text) {
  const std::string match = PhraseMatch(WordsOf(text));
  if (match.empty()) return RowSet(rooms.live.size());
  return rooms.catalog.RowsWithWords(rooms.embedder.space().id, match);
}

Result<RowSet> RowsOfGroup(const QueryRooms& rooms, const QueryNode& group) {
  const bool all = group.kind == Kind::kAll;
  RowSet rows = all ? rooms.live : RowSet(rooms.live.size());
  for (const QueryNode& child : group.children) {
    VITRINE_TRY_ASSIGN(const RowSet some, RowsThatHold(rooms, child));
    all ? rows.IntersectWith(some) : rows.UniteWith(some);
  }
  return rows;
}

bool AsksForDuplicates(const QueryNode& node) {
  return (node.kind == Kind::kFact && node.fact.field == Field::kIs && node.fact.text == "duplicate") ||
         std::any_of(node.children.begin(), node.children.end(), AsksForDuplicates);
}

}  // namespace

Result<RowSet> RowsThatHold(const QueryRooms& rooms, const QueryNode& node) {
  if (HoldsOnlyFacts(node)) {
    VITRINE_TRY_ASSIGN(const auto facts, rooms.facts());
    return RowsOfFacts(*facts, node);
  }
  const bool group = node.kind == Kind::kAll || node.kind == Kind::kAny;
  auto rows = group ? RowsOfGroup(rooms, node) : RowsOfExact(rooms, node.text);
  if (!rows || !node.excluded) return rows;
  return Others(rooms, *rows);
}

Result<RowSet> RowsOfFacts(const LibraryFacts& facts, const QueryNode& facts_only) {
  const RowSet duplicates = AsksForDuplicates(facts_only) ? DuplicateRows(*facts.table) : RowSet();
  return Filter(
      facts_only,
      {.facts = *facts.table, .derived = facts.derived, .duplicates = &duplicates, .boards = &facts.boards});
}

std::vector<Swatch> ColorsWanted(std::span<const QueryNode> facts) {
  std::vector<Swatch> colors;
  for (const QueryNode& node : facts) {
    if (node.kind == Kind::kFact && !node.excluded && node.fact.field == Field::kColor)
      colors.push_back(node.fact.color);
  }
  return colors;
}

std::vector<float> FitOfColors(const LibraryFacts& facts, std::span<const Swatch> colors) {
  std::vector<float> fit;
  for (const Swatch& color : colors) {
    const std::vector<float> one =
        ColorScores({.facts = *facts.table, .derived = facts.derived, .duplicates = nullptr}, color);
    if (fit.empty()) fit.assign(one.size(), 1.0F);
    for (std::size_t row = 0; row < one.size(); ++row) fit[row] = std::min(fit[row], one[row]);
  }
  return fit;
}

Result<std::vector<float>> FitOfColors(const QueryRooms& rooms, std::span<const QueryNode> facts) {
  const std::vector<Swatch> colors = ColorsWanted(facts);
  if (colors.empty()) return std::vector<float>();
  VITRINE_TRY_ASSIGN(const auto known, rooms.facts());
  return FitOfColors(*known, colors);
}

}  // namespace vitrine
