// Colours as the cluster looks for them: the sums of query/filter.h over the column `palette`, in the
// cluster's own script language (Painless, which every OpenSearch has).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "vitrine/types.h"

namespace vitrine::cluster {

/// Pictures of which at least `wanted.share` has the colour: exactly those of the filter on one machine. A
/// colour with a name, in the share that a query without '~' asks for, is looked up in the field `colors`;
/// any other is computed for each picture that the rest of a query lets pass.
nlohmann::json ColorFilter(const Swatch& wanted);

/// The names of colours that a palette has, as the field `colors` holds them.
nlohmann::json NamedColorsOf(std::span<const Swatch> palette);

/// What words and colours say of a picture, in nats, as a script of a score query whose own score is the sum
/// of the weights of its words: WordWeights::EvidenceOf() of that and kColorNats times how well the picture
/// fits all of `wanted` (ColorScores(), the worst of several). Its order is that of Way::extra.
/// @param words_asked  what all words of the query are worth together; 0 for a query without words.
nlohmann::json ExtraScript(std::span<const Swatch> wanted, double words_asked);

}  // namespace vitrine::cluster
