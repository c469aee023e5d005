#include "query/fact_syntax.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include "base/did_you_mean.h"
#include "base/try.h"
#include "base/utf8.h"
#include "query/color_names.h"
#include "query/date_syntax.h"
#include "query/number_syntax.h"

namespace vitrine {
namespace {

struct FieldEntry {
  std::string_view name;
  Field field;
  std::string_view example;  // Of a value.
};

// The first entry of a field is the name to write.
constexpr std::array kFields = {
    FieldEntry{"tag", Field::kTag, "animals/dog"},
    FieldEntry{"folder", Field::kFolder, "2023/italy"},
    FieldEntry{"name", Field::kName, "IMG_*.jpg"},
    FieldEntry{"type", Field::kType, "jpeg"},
    FieldEntry{"camera", Field::kCamera, "fuji"},
    FieldEntry{"lens", Field::kLens, "35mm"},
    FieldEntry{"iso", Field::kIso, "100..800"},
    FieldEntry{"f", Field::kFNumber, "1.4..2.8"},
    FieldEntry{"aperture", Field::kFNumber, "1.4..2.8"},
    FieldEntry{"exposure", Field::kExposure, "<1/250"},
    FieldEntry{"shutter", Field::kExposure, "<1/250"},
    FieldEntry{"focal", Field::kFocalLength, "24..70"},
    FieldEntry{"date", Field::kDate, "2023..2024-06"},
    FieldEntry{"size", Field::kSize, ">5MB"},
    FieldEntry{"orientation", Field::kOrientation, "portrait"},
    FieldEntry{"rating", Field::kRating, ">=4"},
    FieldEntry{"near", Field::kNear, "48.85,2.35,5"},
    FieldEntry{"color", Field::kColor, "#ff8800~30%"},
    FieldEntry{"colour", Field::kColor, "#ff8800~30%"},
    FieldEntry{"mood", Field::kMood, "warm"},
    FieldEntry{"board", Field::kBoard, "kitchen"},
    FieldEntry{"is", Field::kIs, "untagged"},
};
constexpr std::string_view kAssetName = "id", kAssetExample = "12";

constexpr std::array<std::string_view, 11> kTypes = {"jpeg", "png",  "webp", "gif", "tiff", "bmp",
                                                     "heif", "avif", "jxl",  "svg", "raw"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypeAliases = {
    {{"jpg", "jpeg"}, {"tif", "tiff"}, {"heic", "heif"}, {"dng", "raw"}}};
constexpr std::array<std::string_view, 4> kOrientations = {"landscape", "portrait", "square", "panorama"};
constexpr std::array<std::string_view, 6> kMoods = {"warm", "cool", "dark", "bright", "muted", "vivid"};
constexpr std::array<std::string_view, 6> kStates = {"duplicate", "untagged", "tagged",
                                                     "unrated",   "rated",    "offline"};

constexpr double kDefaultKilometres = 5, kHalfEarthKilometres = 20'038;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower;
}

const FieldEntry* Find(std::string_view name) {
  const std::string lower = Lower(name);
  const auto found = std::ranges::find(kFields, std::string_view(lower), &FieldEntry::name);
  return found == kFields.end() ? nullptr : &*found;
}

const FieldEntry& EntryOf(Field field) { return *std::ranges::find(kFields, field, &FieldEntry::field); }

Error BadValue(Field field, const QueryPiece& value, const std::string& why, const std::string& hint = "") {
  const FieldEntry& entry = EntryOf(field);
  return QueryError(value.column, Quoted(value.text) + " " + why + hint + "; write for example " +
                                      std::string(entry.name) + ":" + std::string(entry.example));
}

Result<std::string> ReadChoice(Field field, const QueryPiece& value,
                               std::span<const std::string_view> choices) {
  const std::string word = Lower(value.text);
  if (std::ranges::find(choices, std::string_view(word)) != choices.end()) return word;
  return QueryError(value.column, std::string(EntryOf(field).name) + ": takes " + OneOf(choices) + ", not " +
                                      Quoted(value.text) + DidYouMeanText(word, choices));
}

Result<std::string> ReadType(const QueryPiece& value) {
  std::string word = Lower(value.text);
  if (word.starts_with('.')) word.erase(0, 1);
  for (const auto& [alias, type] : kTypeAliases) {
    if (word == alias) word = type;
  }
  return ReadChoice(Field::kType, {.text = word, .column = value.column}, kTypes);
}

Result<Fact> ReadNumbers(Field field, const QueryPiece& value) {
  const NumberKind kind = field == Field::kRating     ? NumberKind::kRating
                          : field == Field::kExposure ? NumberKind::kSeconds
                                                      : NumberKind::kPlain;
  const std::optional<NumberSpan> span = ReadNumberSpan(value.text, kind);
  if (!span) {
    return BadValue(
        field, value,
        kind == NumberKind::kRating
            ? "is no rating: -1 (rejected) or 0 to 5 stars, or a span of them"
            : "is no number, nor a comparison (>800, <=800) or a span (100..800, the smaller first)");
  }
  return Fact{.field = field, .low = span->low, .high = span->high};
}

Result<Fact> ReadSize(const QueryPiece& value) {
  std::string unit;
  const std::optional<NumberSpan> span = ReadSizeSpan(value.text, unit);
  if (!span) {
    return BadValue(
        Field::kSize, value,
        "is no size: a number with KB, MB, GB (bytes), px (long side) or mp (megapixels), or a span of them");
  }
  return Fact{.field = Field::kSize, .low = span->low, .high = span->high, .unit = unit};
}

Result<Fact> ReadDate(const QueryPiece& value, std::int64_t now_s) {
  const Error bad =
      BadValue(Field::kDate, value,
               "is no date: a year, month (2023-06) or day (2023-06-01), a span of them, today, yesterday, "
               "last-week, last:30d");
  const SpanText text = SplitSpan(value.text);
  Fact fact{.field = Field::kDate,
            .low = -std::numeric_limits<double>::infinity(),
            .high = std::numeric_limits<double>::infinity()};
  const std::optional<DaySpan> low = ReadDays(text.low, now_s), high = ReadDays(text.high, now_s);
  if ((!text.low.empty() && !low) || (!text.high.empty() && !high) || (!low && !high)) return bad;
  if (low) fact.low = text.low_open ? low->high : low->low;
  if (high) fact.high = text.high_open ? high->low : high->high;
  if (fact.low >= fact.high) {
    return QueryError(value.column,
                      Quoted(value.text) + " ends before it begins; write the earlier date first");
  }
  const DaySpan first = *ReadDays("0001", 0), last = *ReadDays("9999", 0);
  if (fact.low >= last.high || fact.high <= first.low) return bad;
  return fact;
}

Result<Fact> ReadNear(const QueryPiece& value) {
  std::array<double, 3> numbers = {0, 0, kDefaultKilometres};
  std::size_t count = 0;
  const char* at = value.text.data();
  const char* const end = at + value.text.size();
  bool good = true;
  while (good && count < numbers.size()) {
    const auto [after, error] = std::from_chars(at, end, numbers[count], std::chars_format::fixed);
    good = error == std::errc();
    ++count;
    at = after;
    if (at == end || *at != ',') break;
    ++at;
  }
  if (!good || at != end || count < 2 || !(std::abs(numbers[0]) <= 90) || !(std::abs(numbers[1]) <= 180) ||
      !(numbers[2] > 0 && numbers[2] <= kHalfEarthKilometres)) {
    return BadValue(Field::kNear, value,
                    "is no place: degrees north, degrees east and kilometres, without white space");
  }
  return Fact{
      .field = Field::kNear, .latitude = numbers[0], .longitude = numbers[1], .kilometres = numbers[2]};
}

// "#ff8800", "#f80".
std::optional<Rgb8> ReadHex(std::string_view text) {
  if (!text.starts_with('#')) return std::nullopt;
  text.remove_prefix(1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const auto byte = [&](int shift, std::uint32_t mask, std::uint32_t times) {
    return static_cast<std::uint8_t>(((number >> shift) & mask) * times);
  };
  if (text.size() == 3) return Rgb8{byte(8, 15, 17), byte(4, 15, 17), byte(0, 15, 17)};
  if (text.size() == 6) return Rgb8{byte(16, 255, 1), byte(8, 255, 1), byte(0, 255, 1)};
  return std::nullopt;
}

Result<Fact> ReadColor(const QueryPiece& value) {
  const std::string text = Lower(value.text);
  const std::size_t tilde = text.find('~');
  const std::string name = text.substr(0, tilde);
  std::optional<Rgb8> color = ReadHex(name);
  if (!color) color = ColorOf(name);
  if (!color) {
    std::vector<std::string_view> names;
    for (const NamedColor& named : ColorNames()) names.push_back(named.name);
    return BadValue(Field::kColor, value, "is no colour", DidYouMeanText(name, names));
  }
  Fact fact{
      .field = Field::kColor,
      .color = {.red = color->red, .green = color->green, .blue = color->blue, .share = kUsualColorShare}};
  if (tilde == std::string::npos) return fact;
  std::string_view share = std::string_view(text).substr(tilde + 1);
  if (share.ends_with('%')) share.remove_suffix(1);
  const std::optional<double> percent = ReadDecimal(share);
  if (!percent || !(*percent >= 0.1 && *percent <= 100)) {
    return BadValue(Field::kColor, value, "has no share of 0.1 to 100 percent behind the ~");
  }
  fact.color.share = static_cast<float>(*percent / 100);
  return fact;
}

Result<Fact> ReadText(Field field, const QueryPiece& value) {
  const bool blank =
      std::ranges::all_of(value.text, [](char c) { return c == ' ' || c == '/' || c == '\t'; });
  if (blank && !(field == Field::kFolder && value.text == "/"))
    return BadValue(field, value, "names nothing");
  return Fact{.field = field, .text = value.text};
}

std::string QuotedValue(const std::string& text) {
  const bool plain = text.find_first_of("\"()") == std::string::npos &&
                     std::ranges::none_of(std::views::iota(std::size_t{0}, text.size()), [&](std::size_t i) {
                       return SpaceBytes(std::string_view(text).substr(i)) > 0;
                     });
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string DateText(const Fact& fact) {
  if (std::isinf(fact.low)) return "<=" + LastDayText(fact.high);
  if (std::isinf(fact.high)) return ">=" + FirstDayText(fact.low);
  const std::string low = FirstDayText(fact.low), high = LastDayText(fact.high);
  const std::optional<DaySpan> whole = ReadDays(high, 0);
  return whole && whole->low == fact.low ? high : low + ".." + high;
}

std::string ColorText(const Swatch& color) {
  std::string text(NameOfColor({.red = color.red, .green = color.green, .blue = color.blue}));
  if (text.empty()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text = "#";
    for (const std::uint8_t byte : {color.red, color.green, color.blue}) {
      text += {kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  if (color.share == kUsualColorShare) return text;
  return text + "~" + PercentText(color.share) + "%";
}

}  // namespace

bool IsAssetField(std::string_view name) { return Lower(name) == kAssetName; }

bool IsFieldName(std::string_view name) { return IsAssetField(name) || Find(name) != nullptr; }

Field FieldOf(std::string_view name) { return Find(name)->field; }

std::string FieldExample(std::string_view name) {
  const FieldEntry* entry = Find(name);
  return Lower(name) + ":" + std::string(entry == nullptr ? kAssetExample : entry->example);
}

Error UnknownField(const std::string& name, std::size_t column) {
  std::vector<std::string_view> names;
  for (const FieldEntry& entry : kFields) names.push_back(entry.name);
  names.push_back(kAssetName);
  std::string guess = DidYouMeanText(name, names, ":");
  if (guess.empty()) guess = "; the fields are " + OneOf(names);
  return QueryError(column, "there is no field " + name + ":" + guess +
                                " (for the words themselves write \\" + name + ":...)");
}

Result<Fact> ReadFact(Field field, const QueryPiece& value, std::int64_t now_s) {
  Fact fact{.field = field};
  switch (field) {
    case Field::kTag:
    case Field::kFolder:
    case Field::kName:
    case Field::kCamera:
    case Field::kLens:
    case Field::kBoard:
      return ReadText(field, value);
    case Field::kIso:
    case Field::kFNumber:
    case Field::kExposure:
    case Field::kFocalLength:
    case Field::kRating:
      return ReadNumbers(field, value);
    case Field::kDate:
      return ReadDate(value, now_s);
    case Field::kSize:
      return ReadSize(value);
    case Field::kNear:
      return ReadNear(value);
    case Field::kColor:
      return ReadColor(value);
    case Field::kType: {
      VITRINE_TRY_ASSIGN(fact.text, ReadType(value));
      return fact;
    }
    case Field::kOrientation: {
      VITRINE_TRY_ASSIGN(fact.text, ReadChoice(field, value, kOrientations));
      return fact;
    }
    case Field::kMood: {
      VITRINE_TRY_ASSIGN(fact.text, ReadChoice(field, value, kMoods));
      return fact;
    }
    case Field::kIs: {
      VITRINE_TRY_ASSIGN(fact.text, ReadChoice(field, value, kStates));
      return fact;
    }
  }
  return Error(Code::kInternal, "a field without a reader");
}

std::string FormatFact(const Fact& fact) {
  std::string text(EntryOf(fact.field).name);
  text += ':';
  switch (fact.field) {
    case Field::kIso:
    case Field::kFNumber:
    case Field::kFocalLength:
      return text + NumberSpanText({fact.low, fact.high}, NumberKind::kPlain);
    case Field::kExposure:
      return text + NumberSpanText({fact.low, fact.high}, NumberKind::kSeconds);
    case Field::kRating:
      return text + NumberSpanText({fact.low, fact.high}, NumberKind::kRating);
    case Field::kDate:
      return text + DateText(fact);
    case Field::kSize:
      return text + SizeSpanText({fact.low, fact.high}, fact.unit);
    case Field::kNear:
      return text + DecimalText(fact.latitude) + "," + DecimalText(fact.longitude) + "," +
             DecimalText(fact.kilometres);
    case Field::kColor:
      return text + ColorText(fact.color);
    default:
      return text + QuotedValue(fact.text);
  }
}

}  // namespace vitrine
