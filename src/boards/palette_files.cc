// Palettes as files of other programs.
//
// ASE, Adobe Swatch Exchange: big-endian; "ASEF", version 1.0 as two uint16, the number of blocks as uint32;
// a block is its type (0xC001 begins a group, 0xC002 ends it, 0x0001 is a colour) as uint16, its length as
// uint32, a name as uint16 count of UTF-16 units with the final zero, and of a colour "RGB ", three float32
// in 0..1 and a type (0 global, 1 spot, 2 normal) as uint16. GPL, GIMP's palette: lines of text. CSS: custom
// properties on :root.
#include <bit>
#include <cstdio>

#include "base/utf8.h"
#include "vitrine/boards.h"

namespace vitrine {
namespace {

// A name on one line.
std::string OneLine(std::string_view name) {
  std::string line = Printable(name);
  return line.empty() ? "Palette" : line;
}

void Append16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

void Append32(std::string& out, std::uint32_t value) {
  Append16(out, value >> 16);
  Append16(out, value & 0xffff);
}

void AppendName(std::string& out, std::string_view name) {
  std::string units;
  std::uint32_t count = 1;
  for (const char32_t point : DecodeUtf8(name)) {
    const auto value = static_cast<std::uint32_t>(point);
    if (value > 0xffff) {
      Append16(units, 0xd800 + ((value - 0x10000) >> 10));
      Append16(units, 0xdc00 + ((value - 0x10000) & 0x3ff));
      count += 2;
    } else {
      Append16(units, value);
      ++count;
    }
  }
  Append16(out, count);
  out += units;
  Append16(out, 0);
}

void AppendBlock(std::string& out, std::uint32_t type, const std::string& body) {
  Append16(out, type);
  Append32(out, static_cast<std::uint32_t>(body.size()));
  out += body;
}

std::string Ase(std::span<const Swatch> palette, const std::string& name) {
  constexpr std::uint32_t kGroup = 0xc001;
  constexpr std::uint32_t kGroupEnd = 0xc002;
  constexpr std::uint32_t kColour = 0x0001;
  constexpr std::uint32_t kNormal = 2;
  std::string out = "ASEF";
  Append16(out, 1);
  Append16(out, 0);
  Append32(out, static_cast<std::uint32_t>(palette.size() + 2));
  std::string group;
  AppendName(group, name);
  AppendBlock(out, kGroup, group);
  for (const Swatch& colour : palette) {
    std::string body;
    AppendName(body, HexOf(colour));
    body += "RGB ";
    for (const std::uint8_t part : {colour.red, colour.green, colour.blue}) {
      Append32(body, std::bit_cast<std::uint32_t>(static_cast<float>(part) / 255));
    }
    Append16(body, kNormal);
    AppendBlock(out, kColour, body);
  }
  AppendBlock(out, kGroupEnd, "");
  return out;
}

std::string Gpl(std::span<const Swatch> palette, const std::string& name) {
  std::string out = "GIMP Palette\nName: " + name + "\nColumns: " + std::to_string(palette.size()) + "\n#\n";
  for (const Swatch& colour : palette) {
    char line[64];
    std::snprintf(line, sizeof line, "%3d %3d %3d\t", colour.red, colour.green, colour.blue);
    out += line + HexOf(colour) + "\n";
  }
  return out;
}

// A name cannot end the comment that holds it.
std::string Css(std::span<const Swatch> palette, std::string name) {
  for (std::size_t at = 0; (at = name.find("*/", at)) != std::string::npos;) name.replace(at, 2, "* ");
  std::string out = "/* " + name + " */\n:root {\n";
  for (std::size_t i = 0; i < palette.size(); ++i) {
    out += "  --palette-" + std::to_string(i + 1) + ": " + HexOf(palette[i]) + ";\n";
  }
  return out + "}\n";
}

}  // namespace

std::string HexOf(const Swatch& colour) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", colour.red, colour.green, colour.blue);
  return text;
}

Result<std::string> PaletteFile(std::span<const Swatch> palette, const std::string& name,
                                const std::string& format) {
  const std::string line = OneLine(CutUtf8(name, 255));
  if (format == "ase") return Ase(palette, line);
  if (format == "gpl") return Gpl(palette, line);
  if (format == "css") return Css(palette, line);
  return Error(Code::kInvalidArgument,
               "there is no palette format " + Quoted(format) + "; there are ase, gpl and css");
}

}  // namespace vitrine
