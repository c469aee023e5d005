// What the main process and a decode worker say to each other.
//
// One AF_UNIX SEQPACKET socket; every message is one fixed structure of plain values in the byte order of the
// machine (both ends are the same build). A request carries two descriptors: the file, and an *arena*: memory
// that the main process made, sized and sealed against shrinking and growing, so that a worker needs no right
// to create files and can never make the reader fault. A reply carries no descriptor: pixels lie at offset 0
// of the arena, the thumbnail right after them, then a packed note (xmp/note.h). Nothing in a reply is
// believed before CheckReply() has judged it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "image/decoder.h"
#include "vitrine/result.h"

namespace vitrine::protocol {

inline constexpr std::uint32_t kMagic = 0x56445731;  // "VDW1"
inline constexpr std::uint32_t kVersion = 3;
inline constexpr std::int32_t kMaxEdgePx = 8192;  ///< Of what a request may ask for.
inline constexpr int kChannelFd = 3;              ///< Where a worker finds its socket.

/// How a message is to be read.
enum class Kind : std::uint32_t { kReady = 1, kDecode = 2, kPicture = 3, kFailure = 4 };

/// Which file format a picture had; the order is part of the protocol.
enum class Format : std::uint32_t {
  kUnknown,
  kJpeg,
  kPng,
  kWebp,
  kGif,
  kTiff,
  kBmp,
  kHeif,
  kAvif,
  kJxl,
  kSvg,
  kRaw
};

/// The name of a format as PictureInfo spells it; empty for kUnknown and for numbers outside the list.
std::string FormatName(Format format);

struct Request {
  std::uint32_t magic = kMagic;
  std::uint32_t version = kVersion;
  Kind kind = Kind::kDecode;
  std::uint32_t allow_svg = 0;
  std::uint64_t id = 0;
  std::uint64_t max_pixels = 0;
  std::uint64_t arena_bytes = 0;
  std::int32_t min_edge_px = 0;
  std::int32_t thumbnail_edge_px = 0;
  std::int32_t thumbnail_quality = 80;
  std::uint32_t only_thumbnail = 0;
};

/// Facts in plain values: a number is absent when it is not finite (iso: when negative), a text when it is
/// empty.
struct WireFacts {
  double exposure_s = 0;
  double f_number = 0;
  double focal_length_mm = 0;
  double latitude = 0;
  double longitude = 0;
  std::int64_t iso = -1;
  char taken_at[32] = {};
  char camera[256] = {};
  char lens[256] = {};
};

/// Both a picture and a failure; `code` and `reason` belong to a failure, the rest to a picture.
struct Reply {
  std::uint32_t magic = kMagic;
  std::uint32_t version = kVersion;
  Kind kind = Kind::kFailure;
  std::uint32_t code = 0;  ///< vitrine::Code of a failure.
  std::uint64_t id = 0;
  std::uint64_t thumbnail_bytes = 0;
  std::uint64_t note_bytes = 0;  ///< 0: nothing to note.
  std::int32_t width_px = 0;     ///< Of the returned pixels.
  std::int32_t height_px = 0;
  std::int32_t original_width_px = 0;
  std::int32_t original_height_px = 0;
  Format format = Format::kUnknown;
  std::uint32_t retiring =
      0;  ///< The worker has used up its share of processor time and ends after this reply.
  WireFacts facts;
  char reason[256] = {};
};

static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);

/// Bytes an arena needs so that every answer to `request` fits.
std::uint64_t ArenaBytes(const DecodeRequest& request);

/// The request without what the main process alone needs to know.
DecodeRequest RequestOf(const Request& request);

/// Whether a worker may act on what it received. Errors: kInvalidArgument.
Status CheckRequest(const Request& request);

/// Judges a worker's reply as if an attacker had written it, and copies the picture out of `arena`.
/// Errors: the worker's own failure (kCorrupt, kUnsupported, kIo), or kInternal when the reply breaks the
/// protocol.
Result<DecodedPicture> CheckReply(const Request& request, std::span<const std::byte> message,
                                  std::span<const std::byte> arena);

/// Facts to and from their plain form. Cleaning happens on the reading side: texts are cut to 255 bytes, made
/// valid UTF-8 and freed of control characters; numbers outside their range are dropped.
WireFacts ToWire(const Facts& facts);
Facts FromWire(const WireFacts& wire);

}  // namespace vitrine::protocol
