// One file, from bytes to what the main process wants of it. Runs inside the sandbox, and without one in the
// benchmark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "image/decoder.h"
#include "image/protocol.h"
#include "image/worker/resize.h"
#include "vitrine/result.h"

namespace vitrine::worker {

/// What is asked for and what is too much.
struct Limits {
  DecodeRequest request;
  std::uint64_t max_pixels = 500'000'000;
  bool allow_svg = false;
};

/// A picture as its file stores it: perhaps reduced already, not yet turned upright.
struct Raster {
  RgbImage image;  ///< sRGB, no alpha.
  Size original;   ///< As stored, before orientation.
  int orientation = 1;
  Facts facts;
  EmbeddedNote note;
};

/// What goes back to the main process.
struct Decoded {
  RgbImage picture;
  std::string thumbnail;  ///< JPEG; empty when none was asked for.
  protocol::Format format = protocol::Format::kUnknown;
  Size original;  ///< Upright.
  Facts facts;
  EmbeddedNote note;
};

/// Decodes `file`. Errors: kCorrupt (damaged), kUnsupported (no known format, or over a limit).
Result<Decoded> DecodeFile(std::span<const std::byte> file, const Limits& limits);

/// Refuses a size before any pixel of it is made. Errors: kCorrupt (not positive), kUnsupported (too many).
Status CheckSize(std::int64_t width_px, std::int64_t height_px, const Limits& limits);

/// The libraries' global start-up and one decode of each kind, so that nothing is opened or loaded later.
/// Errors: kInternal (the libraries do not work on this machine).
Status WarmUp();

}  // namespace vitrine::worker
