// The tree is a double array (Aoe 1989, in the layout of Yata's darts-clone): 32 bits a node. Bits 0..7 and
// 31 are the byte that leads to it, bit 8 says that a key ends there, bits 10.. are where its children are,
// in steps of 256 if bit 9 is set. The value of a key is where its text begins; a zero byte ends it.
//
// How the map is used is the reference's way, and odd: a grapheme of fewer than six bytes is looked up as a
// whole, and the shortest key that it begins with replaces all of it; another grapheme is looked up character
// by character.
#include "model/charsmap.h"

#include <array>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "model/grapheme.h"
#include "model/text_forms.h"

namespace vitrine {
namespace {

constexpr std::size_t kShortGrapheme = 6;

class Charsmap : public TextStep {
 public:
  Charsmap(std::vector<std::uint32_t> nodes, std::string texts)
      : nodes_(std::move(nodes)), texts_(std::move(texts)) {}

  std::string Apply(std::string text) const override {
    std::string mapped;
    mapped.reserve(text.size());
    GraphemeReader graphemes(text);
    for (std::string_view grapheme = graphemes.Next(); !grapheme.empty() && mapped.size() <= kMostStepBytes;
         grapheme = graphemes.Next()) {
      const bool is_short = grapheme.size() < kShortGrapheme;
      const auto whole = is_short ? Find(grapheme) : std::nullopt;
      if (whole) {
        mapped += *whole;
        continue;
      }
      for (std::string_view rest = grapheme; !rest.empty();) {
        const std::string_view from = rest;
        TakeCodePoint(rest);
        const std::string_view character = from.substr(0, from.size() - rest.size());
        mapped += Find(character).value_or(character);
      }
    }
    // A damaged map may point into the middle of a character.
    return IsUtf8(mapped) ? mapped : ToValidUtf8(mapped);
  }

 private:
  // The text of the shortest key at the front of `bytes`.
  std::optional<std::string_view> Find(std::string_view bytes) const {
    constexpr std::uint32_t kLabel = 1u << 31 | 0xFF;
    std::size_t place = OffsetOf(nodes_.front());
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      place ^= byte;
      if (byte == 0 || place >= nodes_.size() || (nodes_[place] & kLabel) != byte) return std::nullopt;
      const std::uint32_t node = nodes_[place];
      place ^= OffsetOf(node);
      if ((node >> 8 & 1) == 0) continue;
      const std::size_t begin = place < nodes_.size() ? nodes_[place] & ~(1u << 31) : texts_.size();
      if (begin >= texts_.size()) return std::nullopt;
      return std::string_view(texts_).substr(begin, texts_.find('\0', begin) - begin);
    }
    return std::nullopt;
  }

  static std::size_t OffsetOf(std::uint32_t node) {
    return static_cast<std::size_t>(node >> 10) << ((node & 1u << 9) >> 6);
  }

  const std::vector<std::uint32_t> nodes_;  // Not empty.
  const std::string texts_;
};

// RFC 4648 with padding.
std::optional<std::string> DecodeBase64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::array<int, 256> values;
  values.fill(-1);
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<int>(i);
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

std::uint32_t LittleEndian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

Result<std::unique_ptr<TextStep>> CharsmapStep(std::string_view base64) {
  const std::optional<std::string> bytes = DecodeBase64(base64);
  if (!bytes) return Error(Code::kModel, "is not base64");
  constexpr std::size_t kNode = sizeof(std::uint32_t);
  const std::size_t tree = bytes->size() >= kNode ? LittleEndian(bytes->data()) : 0;
  if (tree == 0 || tree % kNode != 0 || tree > bytes->size() - kNode) {
    return Error(Code::kModel,
                 "has a tree of " + std::to_string(tree) + " bytes in " + std::to_string(bytes->size()));
  }
  std::vector<std::uint32_t> nodes;
  nodes.reserve(tree / kNode);
  for (std::size_t at = kNode; at < kNode + tree; at += kNode) nodes.push_back(LittleEndian(&(*bytes)[at]));
  return std::unique_ptr<TextStep>(std::make_unique<Charsmap>(std::move(nodes), bytes->substr(kNode + tree)));
}

}  // namespace vitrine
