// Which values facets offer, before anybody counts them: the same for a library on this machine and one on a
// cluster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "query/language.h"
#include "vitrine/gallery.h"

namespace vitrine {

/// A value that may turn out to have no pictures.
struct FacetChoice {
  std::string label;  ///< As FacetValue has it, perhaps not UTF-8.
  std::string query;
};

/// The term that asks for a fact.
std::string FactQuery(Fact fact);

/// A year, or a month of it (1..12).
FacetChoice DateChoice(int year, unsigned month = 0);
/// The year and month of a time in seconds since 1970-01-01.
struct Month {
  int year = 0;
  unsigned month = 0;
};
Month MonthOf(std::int64_t seconds);

FacetChoice TextChoice(Field field, const std::string& text);

/// The deepest level below what all folders have in common that has few enough of them, but one level at
/// least. @param folders  that hold pictures.
std::vector<FacetChoice> FolderChoices(const std::vector<std::string_view>& folders, std::size_t most);

std::vector<FacetChoice> ColorChoices();
/// Best first.
std::vector<FacetChoice> RatingChoices();
std::vector<FacetChoice> OrientationChoices();

/// Most frequent first, at most so many.
Facet Sorted(Facet facet, std::size_t most);

}  // namespace vitrine
