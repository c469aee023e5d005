// A small picture of a file, for terminals.
#pragma once

#include <cstdint>

#include "engine/lazy_decoder.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// Library::PreviewOf().
Result<Library::Preview> PreviewOfFile(LazyDecoder& decoders, const PathBytes& file, std::int32_t edge_px);

}  // namespace vitrine
