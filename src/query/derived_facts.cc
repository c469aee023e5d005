#include "query/derived_facts.h"

#include "query/text_pattern.h"

namespace vitrine {
namespace {

// The axis between OKLab's hues of daylight's blue (240 degrees) and of fire (60 degrees).
float Warmth(const OkLab& color) { return 0.5F * color.a + 0.8660254F * color.b; }

Mood MoodOf(std::span<const Swatch> swatches, const OkLab* colors) {
  float share = 0, lightness = 0, chroma = 0, warmth = 0;
  for (std::size_t i = 0; i < swatches.size(); ++i) {
    share += swatches[i].share;
    lightness += swatches[i].share * colors[i].l;
    chroma += swatches[i].share * Chroma(colors[i]);
    warmth += swatches[i].share * Warmth(colors[i]);
  }
  if (!(share > 0)) return {};
  return {.lightness = lightness / share, .chroma = chroma / share, .warmth = warmth / share};
}

}  // namespace

Mood MoodOf(std::span<const Swatch> palette) {
  std::vector<OkLab> colors;
  for (const Swatch& swatch : palette) colors.push_back(ToOkLab(swatch.red, swatch.green, swatch.blue));
  return MoodOf(palette, colors.data());
}

DerivedFacts DeriveFacts(const FactTable& facts) {
  DerivedFacts derived;
  derived.living = RowSet(facts.row_count);
  for (RowId row = 0; row < facts.row_count; ++row) {
    if (facts.assets[row] != AssetId{}) derived.living.Insert(row);
  }
  derived.name_starts.reserve(facts.places.values.size() + 1);
  for (const PlacedName& place : facts.places.values) {
    derived.name_starts.push_back(static_cast<std::uint32_t>(derived.names.size()));
    derived.names += FoldText(facts.NameOf(place));
    derived.names += '/';
  }
  derived.name_starts.push_back(static_cast<std::uint32_t>(derived.names.size()));
  derived.colors.reserve(facts.palette.values.size());
  for (const Swatch& swatch : facts.palette.values) {
    derived.colors.push_back(ToOkLab(swatch.red, swatch.green, swatch.blue));
  }
  derived.moods.reserve(facts.row_count);
  for (RowId row = 0; row < facts.row_count; ++row) {
    derived.moods.push_back(MoodOf(facts.palette.Of(row), derived.colors.data() + facts.palette.starts[row]));
  }
  return derived;
}

}  // namespace vitrine
