// The encodings that sidecars come in: UTF-8 and, seldom, UTF-16.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vitrine/result.h"

namespace vitrine {

enum class XmpEncoding : std::uint8_t { kUtf8, kUtf16Le, kUtf16Be };

struct XmpText {
  std::string utf8;  ///< The whole file, a byte order mark included.
  XmpEncoding encoding = XmpEncoding::kUtf8;
};

/// Errors: kUnsupported (UTF-32, or a declared encoding that is neither), kCorrupt (broken UTF-16).
Result<XmpText> DecodeXmp(std::string_view bytes);

/// The inverse: EncodeXmp(*DecodeXmp(bytes)) == bytes.
std::string EncodeXmp(XmpText text);

}  // namespace vitrine
