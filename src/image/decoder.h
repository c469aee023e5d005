// From the bytes of a file that nobody trusts to pixels, a thumbnail and facts.
//
// Decoding happens in worker processes (program `vitrine-decode`) that can neither open, connect nor exec:
// this process passes an open descriptor in and takes sealed memory back. A worker that crashes, hangs or
// overruns its limits costs exactly the one picture it was decoding; the pool starts another one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/file.h"
#include "image/pixels.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// What one decode should yield.
struct DecodeRequest {
  /// The short side of the returned picture is at least this, unless the original is smaller (never
  /// upscaled). The long side is at most 8 times this, or thumbnail_edge_px where that is more; a longer
  /// picture is squeezed along that side.
  std::int32_t min_edge_px = 260;
  /// The long side of the thumbnail; 0 for none. Never upscaled.
  std::int32_t thumbnail_edge_px = 256;
  std::int32_t thumbnail_quality = 80;  ///< Of a JPEG, 1..100.
  bool only_thumbnail = false;          ///< No pixels come back: DecodedPicture::picture is empty.
};

/// What came out of one file.
struct DecodedPicture {
  RgbImage picture;
  PictureInfo info;
  std::string
      thumbnail;  ///< A complete JPEG file, sRGB, upright, without metadata; empty when none was asked for.
  EmbeddedNote note;  ///< What the file itself says in people's words; clean (xmp/note.h).
};

/// The seam: the pipeline is tested with a fake.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// Decodes the file behind `file` (open for reading, a regular file, offset ignored).
  /// Errors: kCorrupt (damaged data), kUnsupported (no picture format known here, or over the size caps),
  /// kTimeout, kIo. The message says why without naming the file. Blocks; thread-safe.
  virtual Result<DecodedPicture> Decode(UniqueFd file, const DecodeRequest& request) = 0;
};

/// Limits and places for the worker processes.
struct DecoderPoolOptions {
  std::string worker_program;  ///< Path of `vitrine-decode`.
  std::size_t workers = 2;     ///< Processes; Decode() calls beyond this wait for a free one.
  std::chrono::milliseconds timeout_ms{10'000};  ///< Wall clock for one picture, then the worker is killed.
  std::uint64_t max_pixels =
      500'000'000;  ///< Width times height above which a file is refused by its header.
  std::uint64_t memory_bytes = 512ull << 20;  ///< RLIMIT_AS headroom of a worker over its idle size.
  bool allow_svg = false;
};

/// The real decoder: a pool of sandboxed worker processes.
class DecoderPool final : public Decoder {
 public:
  /// Starts the workers. Errors: kNotFound (no worker program), kIo (cannot start it).
  static Result<std::unique_ptr<DecoderPool>> Start(const DecoderPoolOptions& options);
  ~DecoderPool() override;  ///< Ends the workers; no Decode() may be running.

  Result<DecodedPicture> Decode(UniqueFd file, const DecodeRequest& request) override;

  struct Impl;

 private:
  explicit DecoderPool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine
