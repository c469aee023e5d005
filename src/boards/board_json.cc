#include "boards/board_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "boards/item_check.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "vitrine-board";
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostValues = 2'000'000;
constexpr std::size_t kMostNotes = 20;
constexpr std::array<std::string_view, 4> kKinds = {"picture", "note", "arrow", "frame"};

// Writing.

// The shortest text that reads back as the same number; without an exponent where that is as readable.
std::string NumberText(double value) {
  if (value == 0) return "0";
  std::array<char, 64> digits{};
  const double size = std::abs(value);
  const bool plain = size >= 1e-6 && size < 1e16;
  const auto end = plain ? std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed)
                         : std::to_chars(digits.begin(), digits.end(), value);
  return {digits.data(), end.ptr};
}

void AppendText(std::string& out, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    switch (letter) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte < 0x20) {
          out.append("\\u00").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
        } else {
          out += letter;
        }
    }
  }
  out += '"';
}

// The fields of one object, in the order in which they are put.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

  void Put(std::string_view name, std::string_view text) { AppendText(Name(name), text); }
  void Put(std::string_view name, double value) { Name(name) += NumberText(value); }
  void Put(std::string_view name, std::int64_t value) { Name(name) += std::to_string(value); }
  void Put(std::string_view name, bool value) { Name(name) += value ? "true" : "false"; }
  /// The name alone: the value is appended to what comes back.
  std::string& Name(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    AppendText(out_, name);
    return out_ += ':';
  }
  void End() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

void AppendItem(std::string& out, const BoardItem& item, bool with_asset) {
  static const BoardItem defaults;
  ObjectWriter fields(out);
  fields.Put("id", std::string_view(item.id));
  fields.Put("kind", kKinds[static_cast<std::size_t>(item.kind)]);
  fields.Put("x", item.x);
  fields.Put("y", item.y);
  fields.Put("width", item.width);
  fields.Put("height", item.height);
  if (item.z != defaults.z) fields.Put("z", item.z);
  if (!item.content.empty()) fields.Put("content", std::string_view(item.content));
  if (with_asset && item.asset != AssetId{}) fields.Put("asset", static_cast<std::int64_t>(item.asset));
  if (item.rotation_deg != defaults.rotation_deg) fields.Put("rotation_deg", item.rotation_deg);
  if (item.opacity != defaults.opacity) fields.Put("opacity", item.opacity);
  if (item.locked) fields.Put("locked", true);
  if (!item.group.empty()) fields.Put("group", std::string_view(item.group));
  if (item.crop != defaults.crop) {
    fields.Name("crop") += '[' + NumberText(item.crop.left) + ',' + NumberText(item.crop.top) + ',' +
                           NumberText(item.crop.right) + ',' + NumberText(item.crop.bottom) + ']';
  }
  if (item.flip_x) fields.Put("flip_x", true);
  if (item.flip_y) fields.Put("flip_y", true);
  if (item.grey) fields.Put("grey", true);
  if (!item.text.empty()) fields.Put("text", std::string_view(item.text));
  if (item.font_px != defaults.font_px) fields.Put("font_px", item.font_px);
  if (!item.colour.empty()) fields.Put("colour", std::string_view(item.colour));
  fields.End();
}

void AppendItems(std::string& out, const std::vector<BoardItem>& items, bool with_assets) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    AppendItem(out, items[i], with_assets);
  }
  out += ']';
}

void PutFileHead(ObjectWriter& fields, const Board& board) {
  fields.Put("format", kFormat);
  fields.Put("version", kBoardFileVersion);
  fields.Put("name", std::string_view(board.name));
  fields.Put("background", std::string_view(board.background));
  fields.Put("created", std::string_view(board.created));
  fields.Put("changed", std::string_view(board.changed));
}

// Reading.

// Counts brackets and commas outside texts, so that what is built from the bytes is bounded before it is
// built.
const char* TooLarge(std::string_view json) {
  if (json.size() > kMostBoardFileBytes) return "it is larger than 64 MiB";
  std::size_t depth = 0;
  std::size_t values = 1;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
      continue;
    }
    in_text = c == '"';
    if (c == '[' || c == '{') {
      ++values;
      if (++depth > kDeepest) return "it is nested more than 16 levels deep";
    }
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == ',' && ++values > kMostValues) return "it holds more than 2,000,000 values";
  }
  return nullptr;
}

// Reads the fields of one object by name. The first thing that is wrong is kept.
class ObjectReader {
 public:
  explicit ObjectReader(const Json& object) : object_(object) {
    if (!object.is_object()) problem_ = "is not an object";
  }

  const Json* Get(const char* name) {
    known_.insert(name);
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  void Take(const char* name, std::string& text) {
    const Json* value = Get(name);
    if (value == nullptr) return;
    if (!value->is_string()) return Fail(name, "is not a text");
    text = value->get_ref<const std::string&>();
  }

  void Take(const char* name, double& number) {
    const Json* value = Get(name);
    if (value == nullptr) return;
    if (!value->is_number()) return Fail(name, "is not a number");
    number = value->get<double>();
  }

  void Take(const char* name, std::int64_t& number) {
    double real = static_cast<double>(number);
    const Json* value = Get(name);
    if (value == nullptr) return;
    if (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) {
      return Fail(name, "is too large");
    }
    if (value->is_number_integer()) {
      number = value->get<std::int64_t>();
      return;
    }
    Take(name, real);
    if (std::trunc(real) != real || std::abs(real) > 9e15) return Fail(name, "is not a whole number");
    number = static_cast<std::int64_t>(real);
  }

  void Take(const char* name, bool& flag) {
    const Json* value = Get(name);
    if (value == nullptr) return;
    if (!value->is_boolean()) return Fail(name, "is neither true nor false");
    flag = value->get<bool>();
  }

  void Fail(std::string_view name, std::string_view why) {
    if (problem_.empty()) problem_ = std::string(name) + " " + std::string(why);
  }

  const std::string& problem() const { return problem_; }

  /// Adds the names that nobody asked for.
  void Unknown(std::set<std::string>& names) const {
    if (!object_.is_object()) return;
    for (const auto& [name, value] : object_.items()) {
      if (!known_.contains(name)) names.insert(name);
    }
  }

 private:
  const Json& object_;
  std::string problem_;
  std::set<std::string, std::less<>> known_;
};

void TakeKind(ObjectReader& fields, ItemKind& kind) {
  std::string name(kKinds.front());
  fields.Take("kind", name);
  const auto found = std::ranges::find(kKinds, name);
  if (found == kKinds.end()) return fields.Fail("kind", "is none of picture, note, arrow, frame");
  kind = static_cast<ItemKind>(found - kKinds.begin());
}

void TakeCrop(ObjectReader& fields, CropShares& crop) {
  const Json* value = fields.Get("crop");
  if (value == nullptr) return;
  const bool valid = value->is_array() && value->size() == 4 &&
                     std::ranges::all_of(*value, [](const Json& share) { return share.is_number(); });
  if (!valid) return fields.Fail("crop", "is not an array of four numbers");
  crop = {.left = (*value)[0].get<double>(),
          .top = (*value)[1].get<double>(),
          .right = (*value)[2].get<double>(),
          .bottom = (*value)[3].get<double>()};
}

// What is wrong with it; empty when nothing is.
std::string ReadItem(const Json& json, BoardItem& item, std::set<std::string>* unknown) {
  ObjectReader fields(json);
  std::int64_t asset = 0;
  fields.Take("id", item.id);
  TakeKind(fields, item.kind);
  fields.Take("x", item.x);
  fields.Take("y", item.y);
  fields.Take("width", item.width);
  fields.Take("height", item.height);
  fields.Take("z", item.z);
  fields.Take("content", item.content);
  fields.Take("asset", asset);
  fields.Take("rotation_deg", item.rotation_deg);
  fields.Take("opacity", item.opacity);
  fields.Take("locked", item.locked);
  fields.Take("group", item.group);
  TakeCrop(fields, item.crop);
  fields.Take("flip_x", item.flip_x);
  fields.Take("flip_y", item.flip_y);
  fields.Take("grey", item.grey);
  fields.Take("text", item.text);
  fields.Take("font_px", item.font_px);
  fields.Take("colour", item.colour);
  item.asset = AssetId{asset};
  if (unknown != nullptr) fields.Unknown(*unknown);
  if (fields.problem().empty()) return {};
  return "item " + Quoted(std::string_view(item.id).substr(0, 64)) + ": " + fields.problem();
}

Error BadFile(std::string_view why) {
  return Error(Code::kCorrupt, "this is no board.json that Vitrine can read: " + std::string(why));
}

Result<Json> ParseBounded(std::string_view text) {
  if (const char* why = TooLarge(text)) return BadFile(why);
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return BadFile("it is not well-formed JSON");
  return json;
}

Status CheckFormat(ObjectReader& fields) {
  std::string format;
  std::int64_t version = 0;
  fields.Take("format", format);
  if (format != kFormat) return BadFile("its format is not \"vitrine-board\"");
  fields.Take("version", version);
  if (!fields.problem().empty() || version < 1) return BadFile("its version is not a whole number from 1");
  if (version > kBoardFileVersion) {
    return Error(Code::kUnsupported, "the board file has version " + std::to_string(version) +
                                         ", this program reads up to " + std::to_string(kBoardFileVersion) +
                                         ": it was made by a newer Vitrine, install that version to read it");
  }
  return {};
}

Status ReadItems(const Json* items, Board& board, std::set<std::string>& unknown) {
  if (items == nullptr) return {};
  if (!items->is_array()) return BadFile("items is not an array");
  if (items->size() > kMostBoardItems) return BadFile("it has more than 20,000 items");
  std::set<std::string> ids;
  for (const Json& json : *items) {
    BoardItem item;
    if (const std::string problem = ReadItem(json, item, &unknown); !problem.empty()) return BadFile(problem);
    item.asset = {};
    if (const Status checked = CheckItem(item); !checked) return BadFile(checked.error().message());
    if (!ids.insert(item.id).second) return BadFile("two items have the id " + Quoted(item.id));
    board.items.push_back(Canonical(std::move(item)));
  }
  SortItems(board.items);
  return {};
}

Status ReadPictures(const Json* pictures, BoardFile& file, std::set<std::string>& unknown) {
  if (pictures == nullptr) return {};
  if (!pictures->is_object()) return BadFile("pictures is not an object");
  if (pictures->size() > kMostBoardItems) return BadFile("it describes more than 20,000 pictures");
  for (const auto& [content, json] : pictures->items()) {
    if (!IsContentHash(content)) return BadFile("a name in pictures is no SHA-256 in lower-case hex");
    ObjectReader fields(json);
    BoardFilePicture picture;
    std::int64_t width = 0;
    std::int64_t height = 0;
    fields.Take("name", picture.name);
    fields.Take("path_in_zip", picture.path_in_zip);
    fields.Take("width_px", width);
    fields.Take("height_px", height);
    fields.Unknown(unknown);
    const bool sized = std::min(width, height) >= 0 && std::max(width, height) <= INT32_MAX;
    if (!fields.problem().empty() || !sized)
      return BadFile("what it says of picture " + content + " is damaged");
    picture.width_px = static_cast<std::int32_t>(width);
    picture.height_px = static_cast<std::int32_t>(height);
    file.pictures.emplace(content, std::move(picture));
  }
  return {};
}

// "2026-11-25T09:30:00Z", as far as its shape goes.
bool IsTime(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  return text.size() == kShape.size() && std::ranges::equal(text, kShape, [](char c, char shape) {
           return shape == '0' ? c >= '0' && c <= '9' : c == shape;
         });
}

}  // namespace

void SortItems(std::vector<BoardItem>& items) {
  std::ranges::sort(items, {}, [](const BoardItem& item) { return std::tie(item.z, item.id); });
}

std::string ItemToJson(const BoardItem& item, bool with_asset) {
  std::string out;
  AppendItem(out, Canonical(item), with_asset);
  return out;
}

Result<BoardItem> ItemFromJson(std::string_view json) {
  auto parsed = ParseBounded(json);
  if (!parsed) return Error(Code::kInvalidArgument, "an item is no well-formed JSON");
  BoardItem item;
  const std::string problem = ReadItem(*parsed, item, nullptr);
  if (!problem.empty()) return Error(Code::kInvalidArgument, problem);
  return item;
}

std::string BoardToJson(const Board& board, bool with_assets) {
  if (!with_assets) return BoardFileToJson({.board = board, .pictures = {}, .notes = {}});
  std::string out;
  ObjectWriter fields(out);
  fields.Put("id", std::string_view(board.id));
  fields.Put("name", std::string_view(board.name));
  fields.Put("background", std::string_view(board.background));
  fields.Put("revision", board.revision);
  fields.Put("created", std::string_view(board.created));
  fields.Put("changed", std::string_view(board.changed));
  fields.Put("is_template", board.is_template);
  fields.Put("can_undo", board.can_undo);
  fields.Put("can_redo", board.can_redo);
  AppendItems(fields.Name("items"), board.items, true);
  fields.End();
  return out;
}

std::string BoardFileToJson(const BoardFile& file) {
  std::string out;
  ObjectWriter fields(out);
  PutFileHead(fields, file.board);
  std::vector<BoardItem> items = file.board.items;
  for (BoardItem& item : items) item = Canonical(std::move(item));
  SortItems(items);
  AppendItems(fields.Name("items"), items, false);
  if (!file.pictures.empty()) {
    std::string pictures;
    ObjectWriter by_content(pictures);
    for (const auto& [content, picture] : file.pictures) {
      ObjectWriter entry(by_content.Name(content));
      entry.Put("name", std::string_view(picture.name));
      if (!picture.path_in_zip.empty()) entry.Put("path_in_zip", std::string_view(picture.path_in_zip));
      entry.Put("width_px", std::int64_t{picture.width_px});
      entry.Put("height_px", std::int64_t{picture.height_px});
      entry.End();
    }
    by_content.End();
    fields.Name("pictures") += pictures;
  }
  fields.End();
  return out += '\n';
}

Result<BoardFile> BoardFileFromJson(std::string_view text) {
  VITRINE_TRY_ASSIGN(const Json json, ParseBounded(text));
  BoardFile file;
  ObjectReader fields(json);
  if (!json.is_object()) return BadFile("it is not an object");
  VITRINE_TRY(CheckFormat(fields));
  std::set<std::string> unknown;
  fields.Take("name", file.board.name);
  fields.Take("background", file.board.background);
  fields.Take("created", file.board.created);
  fields.Take("changed", file.board.changed);
  VITRINE_TRY(ReadItems(fields.Get("items"), file.board, unknown));
  VITRINE_TRY(ReadPictures(fields.Get("pictures"), file, unknown));
  if (!fields.problem().empty()) return BadFile(fields.problem());
  if (const Status named = CheckBoardName(file.board.name); !named) return BadFile(named.error().message());
  if (const Status valid = CheckColour(file.board.background, "background"); !valid) {
    return BadFile(valid.error().message());
  }
  if (!IsTime(file.board.created)) file.board.created.clear();
  if (!IsTime(file.board.changed)) file.board.changed.clear();
  fields.Unknown(unknown);
  for (const std::string& name : unknown) {
    if (file.notes.size() == kMostNotes) break;
    file.notes.push_back("the field " + Quoted(std::string_view(name).substr(0, 64)) +
                         " is unknown and was left out");
  }
  return file;
}

}  // namespace vitrine
