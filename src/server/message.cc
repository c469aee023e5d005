#include "server/message.h"

#include "base/utf8.h"

namespace vitrine::server {
namespace {

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool IsPlain(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         byte == '-' || byte == '_' || byte == '.';
}

}  // namespace

std::string_view Request::Header(std::string_view name) const {
  std::string_view found;
  std::size_t times = 0;
  for (const auto& [key, value] : headers) {
    if (key != name) continue;
    found = value;
    ++times;
  }
  return times == 1 ? found : std::string_view();
}

std::size_t Request::HeaderCount(std::string_view name) const {
  std::size_t times = 0;
  for (const auto& [key, value] : headers) times += static_cast<std::size_t>(key == name);
  return times;
}

std::string Request::Query(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

std::optional<std::string> DecodePercent(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(16 * high + low);
    i += 2;
  }
  if (decoded.find('\0') != std::string::npos || !IsUtf8(decoded)) return std::nullopt;
  return decoded;
}

std::string Attachment(std::string_view name) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string plain, encoded;
  for (const char byte : ToValidUtf8(name)) {
    plain += IsPlain(byte) || byte == ' ' ? byte : '_';
    if (IsPlain(byte)) {
      encoded += byte;
    } else {
      const auto value = static_cast<unsigned char>(byte);
      encoded += {'%', kDigits[value >> 4], kDigits[value & 15]};
    }
  }
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded;
}

}  // namespace vitrine::server
