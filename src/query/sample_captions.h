// Sentences like those that people type.
#pragma once

#include <span>
#include <string>

namespace vitrine {

/// About a hundred plain captions of everyday pictures. Embedded, they stand for the text queries of a
/// library that nobody has asked anything yet: an index is tuned and measured with them, because words lie
/// far from every picture (the modality gap) and need a closer look than pictures do.
std::span<const std::string> SampleCaptions();

}  // namespace vitrine
