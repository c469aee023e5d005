// Writes a PNG row by row, so that a picture of any size needs the memory of two rows. On zlib alone: libpng
// reports errors by longjmp(), which must not cross C++ frames. Source: PNG specification (ISO/IEC 15948).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "vitrine/result.h"

namespace vitrine {

/// RGB8, sRGB, not interlaced. Not thread safe.
class PngWriter {
 public:
  using Sink = std::function<Status(std::string_view bytes)>;

  /// Writes the head. Sizes are at least 1. Errors: those of `sink`; kInternal (no memory).
  static Result<PngWriter> Begin(std::int32_t width_px, std::int32_t height_px, Sink sink);
  PngWriter(PngWriter&&) noexcept;
  PngWriter& operator=(PngWriter&&) = delete;
  ~PngWriter();

  /// The next row from the top: 3 * width_px bytes. Errors: those of the sink.
  Status WriteRow(std::span<const std::uint8_t> rgb);
  /// After the last row. Errors: those of the sink; kInternal (rows are missing).
  Status Finish();

 private:
  struct Deflater;
  PngWriter(std::int32_t width_px, std::int32_t height_px, Sink sink);
  Status Chunk(std::string_view type, std::string_view data);
  Status Deflate(std::span<const std::uint8_t> bytes, bool last);

  std::size_t row_bytes_;
  std::int32_t rows_left_;
  Sink sink_;
  std::vector<std::uint8_t> above_, best_, tried_;
  std::unique_ptr<Deflater> deflater_;
};

}  // namespace vitrine
