#include "cli/format.h"

#include <array>
#include <cstdio>
#include <functional>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

std::string Fixed(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4f", value);
  return text.data();
}

struct Field {
  std::string_view name;
  std::string (*read)(const Hit&);
};

constexpr std::array kFields = {
    Field{"path", [](const Hit& hit) { return hit.paths.front(); }},
    Field{"name", [](const Hit& hit) { return std::string(NameOf(hit.paths.front())); }},
    Field{"folder", [](const Hit& hit) { return std::string(FolderOf(hit.paths.front())); }},
    Field{"score", [](const Hit& hit) { return Fixed(static_cast<double>(hit.score)); }},
    Field{"relevance", [](const Hit& hit) { return Fixed(hit.relevance); }},
    Field{"id", [](const Hit& hit) { return std::to_string(static_cast<std::int64_t>(hit.id)); }},
    Field{"width", [](const Hit& hit) { return std::to_string(hit.info.width_px); }},
    Field{"height", [](const Hit& hit) { return std::to_string(hit.info.height_px); }},
    Field{"format", [](const Hit& hit) { return hit.info.format; }},
    Field{"date", [](const Hit& hit) { return hit.info.facts.taken_at.value_or(""); }},
    Field{"camera", [](const Hit& hit) { return hit.info.facts.camera.value_or(""); }},
    Field{"lens", [](const Hit& hit) { return hit.info.facts.lens.value_or(""); }},
};

Result<std::string> ReadField(std::string_view name, const Hit& hit) {
  std::string known;
  for (const Field& field : kFields) {
    if (field.name == name) return field.read(hit);
    known += " {" + std::string(field.name) + "}";
  }
  return Error(Code::kInvalidArgument,
               "--format: there is no field {" + Printable(name) + "}; the fields are" + known);
}

char Unescaped(char c) {
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case '0':
      return '\0';
    default:
      return c;
  }
}

}  // namespace

Result<std::string> FormatHit(std::string_view format, const Hit& hit) {
  std::string text;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    const char next = i + 1 < format.size() ? format[i + 1] : '\0';
    if (c == '\\' && i + 1 < format.size()) {
      text += Unescaped(next);
      ++i;
    } else if ((c == '{' || c == '}') && next == c) {
      text += c;
      ++i;
    } else if (c == '{') {
      const std::size_t close = format.find('}', i);
      if (close == std::string_view::npos) {
        return Error(Code::kInvalidArgument, "--format: the brace at column " + std::to_string(i + 1) +
                                                 " does not close; write {{ for a brace itself");
      }
      VITRINE_TRY_ASSIGN(const std::string value, ReadField(format.substr(i + 1, close - i - 1), hit));
      text += value;
      i = close;
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace vitrine
