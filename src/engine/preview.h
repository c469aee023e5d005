// A small picture of a file, for terminals.
#pragma once

#include <cstdint>

#include "engine/lazy_decoder.h"
#include "vitrine/result.h"
#include "vitrine/searching.h"

namespace vitrine {

/// Searching::PreviewOf().
Result<Searching::Preview> PreviewOfFile(LazyDecoder& decoders, const PathBytes& file, std::int32_t edge_px);

}  // namespace vitrine
