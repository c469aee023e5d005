#include "xmp/encoding.h"

#include <cctype>
#include <optional>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

using namespace std::string_view_literals;

// A file's first bytes: a byte order mark, or the '<' that every document begins with (XML 1.0, appendix F).
Result<XmpEncoding> EncodingOf(std::string_view bytes) {
  for (const std::string_view wide : {"\xff\xfe\0\0"sv, "\0\0\xfe\xff"sv, "<\0\0\0"sv, "\0\0\0<"sv}) {
    if (bytes.starts_with(wide)) return Error(Code::kUnsupported, "it is UTF-32; save it as UTF-8");
  }
  if (bytes.starts_with("\xff\xfe"sv) || bytes.starts_with("<\0"sv)) return XmpEncoding::kUtf16Le;
  if (bytes.starts_with("\xfe\xff"sv) || bytes.starts_with("\0<"sv)) return XmpEncoding::kUtf16Be;
  return XmpEncoding::kUtf8;
}

class Units {
 public:
  Units(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::size_t size() const { return bytes_.size() / 2; }
  char32_t operator[](std::size_t i) const {
    const auto first = static_cast<std::uint8_t>(bytes_[2 * i]);
    const auto second = static_cast<std::uint8_t>(bytes_[2 * i + 1]);
    return big_endian_ ? first * 256u + second : second * 256u + first;
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

Result<std::string> FromUtf16(std::string_view bytes, bool big_endian) {
  const Error broken(Code::kCorrupt, "its UTF-16 is broken");
  if (bytes.size() % 2 != 0) return broken;
  const Units units(bytes, big_endian);
  std::string utf8;
  for (std::size_t i = 0; i < units.size(); ++i) {
    char32_t c = units[i];
    if (c >= 0xD800 && c < 0xE000) {
      const char32_t low = i + 1 < units.size() ? units[i + 1] : 0;
      if (c >= 0xDC00 || low < 0xDC00 || low >= 0xE000) return broken;
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      ++i;
    }
    AppendUtf8(utf8, c);
  }
  return utf8;
}

std::string ToUtf16(std::string_view utf8, bool big_endian) {
  std::string bytes;
  const auto put = [&](char32_t unit) {
    const char high = static_cast<char>(unit >> 8 & 0xFF);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  };
  for (const char32_t c : DecodeUtf8(utf8)) {
    if (c < 0x10000) {
      put(c);
    } else {
      put(0xD800 + ((c - 0x10000) >> 10));
      put(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
  return bytes;
}

// The encoding that an XML declaration names, in lower case; empty without one.
std::string DeclaredEncoding(std::string_view utf8) {
  if (utf8.starts_with("\xef\xbb\xbf"sv)) utf8.remove_prefix(3);
  if (!utf8.starts_with("<?xml"sv)) return {};
  const std::string_view declaration = utf8.substr(0, utf8.find("?>"sv));
  const std::size_t at = declaration.find("encoding"sv);
  const std::size_t open = at == std::string_view::npos ? at : declaration.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  std::string name(declaration.substr(open + 1, declaration.find(declaration[open], open + 1) - open - 1));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace

Result<XmpText> DecodeXmp(std::string_view bytes) {
  XmpText text;
  VITRINE_TRY_ASSIGN(text.encoding, EncodingOf(bytes));
  if (text.encoding == XmpEncoding::kUtf8) {
    text.utf8 = bytes;
  } else {
    VITRINE_TRY_ASSIGN(text.utf8, FromUtf16(bytes, text.encoding == XmpEncoding::kUtf16Be));
  }
  const std::string declared = DeclaredEncoding(text.utf8);
  const bool fits =
      declared.empty() || (text.encoding == XmpEncoding::kUtf8 ? declared == "utf-8" || declared == "utf8"
                                                               : declared.starts_with("utf-16"));
  if (!fits) {
    return Error(Code::kUnsupported,
                 "it says that it is written in " + Quoted(declared) +
                     ", which it is not or which Vitrine does not read; save it as UTF-8");
  }
  return text;
}

std::string EncodeXmp(XmpText text) {
  if (text.encoding == XmpEncoding::kUtf8) return std::move(text.utf8);
  return ToUtf16(text.utf8, text.encoding == XmpEncoding::kUtf16Be);
}

}  // namespace vitrine
