#include "server/reply.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "server/limits.h"

namespace vitrine::server {
namespace {

constexpr int kSchema = 1;

struct Spelling {
  Code code;
  const char* name;
  int status;
};

constexpr Spelling kSpellings[] = {
    {Code::kNotFound, "not_found", 404},
    {Code::kInvalidArgument, "invalid_argument", 400},
    {Code::kCorrupt, "corrupt", 422},
    {Code::kUnsupported, "unsupported", 415},
    {Code::kIo, "io", 500},
    {Code::kNoSpace, "no_space", 507},
    {Code::kLocked, "locked", 423},
    {Code::kModel, "model", 503},
    {Code::kTimeout, "timeout", 504},
    {Code::kCancelled, "cancelled", 409},
    {Code::kInternal, "internal", 500},
};

// Whether brackets outside of strings lie deeper in each other than any request needs. Copying and writing
// JSON takes stack for each level.
bool IsTooDeep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (in_string) {
      if (byte == '\\') ++i;
      in_string = byte != '"';
    } else if (byte == '"') {
      in_string = true;
    } else if (byte == '[' || byte == '{') {
      if (++depth > kMaxJsonDepth) return true;
    } else if ((byte == ']' || byte == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

template <typename Number>
std::optional<Number> ParseWhole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Json NewAnswer() { return Json{{"schema", kSchema}}; }

Response Reply(const Json& json, int status) {
  Response response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Response Problem(int status, const std::string& code, const std::string& message) {
  Json json = NewAnswer();
  json["error"] = {{"code", code}, {"message", Clean(message)}};
  return Reply(json, status);
}

Response Problem(const Error& error) {
  for (const Spelling& spelling : kSpellings) {
    if (spelling.code == error.code()) return Problem(spelling.status, spelling.name, error.message());
  }
  return Problem(500, "internal", error.message());
}

std::string Clean(std::string_view text) { return ToValidUtf8(text); }

void PutPath(Json& object, const char* key, const PathBytes& path) {
  object[key] = ToValidUtf8(path);
  if (!IsUtf8(path)) object[std::string(key) + "_b64"] = Base64(path);
}

Fields::Fields(const std::string& body) : where_("the body") {
  if (IsTooDeep(body)) {
    object_ = Json::object();
    Refuse("the body is nested more than " + std::to_string(kMaxJsonDepth) + " levels deep");
    return;
  }
  object_ = body.empty() ? Json::object() : Json::parse(body, nullptr, false);
  if (object_.is_discarded() || !object_.is_object()) {
    object_ = Json::object();
    Refuse("the body is no JSON object");
  }
}

Fields::Fields(Json object, std::string where) : object_(std::move(object)), where_(std::move(where)) {
  if (object_.is_object()) return;
  object_ = Json::object();
  Refuse(where_ + " is no JSON object");
}

void Fields::Refuse(const std::string& message) {
  if (!error_) error_ = Error(Code::kInvalidArgument, message);
}

const Json* Fields::Take(const char* name, bool required) {
  taken_.emplace_back(name);
  const auto found = object_.find(name);
  if (found != object_.end() && !found->is_null()) return &*found;
  if (required) Refuse(where_ + " lacks \"" + name + "\"");
  return nullptr;
}

bool Fields::Has(const char* name) const { return object_.contains(name); }

bool Fields::IsNull(const char* name) const { return object_.contains(name) && object_[name].is_null(); }

std::string Fields::Text(const char* name) {
  const Json* value = Take(name, true);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  Refuse(std::string("\"") + name + "\" is no text");
  return {};
}

std::optional<std::string> Fields::MaybeText(const char* name) {
  const Json* value = Take(name, false);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  Refuse(std::string("\"") + name + "\" is no text");
  return std::nullopt;
}

std::string Fields::TextOr(const char* name, std::string fallback) {
  return MaybeText(name).value_or(std::move(fallback));
}

double Fields::NumberOr(const char* name, double fallback) {
  const Json* value = Take(name, false);
  if (value == nullptr) return fallback;
  if (value->is_number()) return value->get<double>();
  Refuse(std::string("\"") + name + "\" is no number");
  return fallback;
}

std::int64_t Fields::WholeOr(const char* name, std::int64_t fallback) {
  const Json* value = Take(name, false);
  if (value == nullptr) return fallback;
  if (value->is_number_integer() &&
      !(value->is_number_unsigned() && value->get<std::uint64_t>() >> 63 != 0)) {
    return value->get<std::int64_t>();
  }
  Refuse(std::string("\"") + name + "\" is no whole number");
  return fallback;
}

std::int64_t Fields::Whole(const char* name) {
  if (!Has(name)) Refuse(where_ + " lacks \"" + name + "\"");
  return WholeOr(name, 0);
}

bool Fields::FlagOr(const char* name, bool fallback) {
  const Json* value = Take(name, false);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  Refuse(std::string("\"") + name + "\" is neither true nor false");
  return fallback;
}

std::vector<AssetId> Fields::Ids(const char* name, std::size_t most) {
  std::vector<AssetId> ids;
  for (const Json& value : List(name)) {
    if (!value.is_number_integer() || value.get<std::int64_t>() <= 0) {
      Refuse(std::string("\"") + name + "\" holds something that is no id of a picture");
      return {};
    }
    ids.push_back(AssetId{value.get<std::int64_t>()});
  }
  if (ids.size() > most) {
    Refuse(std::string("\"") + name + "\" names " + std::to_string(ids.size()) + " pictures; at most " +
           std::to_string(most) + " go into one request");
    return {};
  }
  return ids;
}

std::vector<std::string> Fields::TextsOr(const char* name) {
  std::vector<std::string> texts;
  for (const Json& value : List(name)) {
    if (!value.is_string()) {
      Refuse(std::string("\"") + name + "\" holds something that is no text");
      return {};
    }
    texts.push_back(value.get<std::string>());
  }
  return texts;
}

std::vector<Json> Fields::List(const char* name) {
  const Json* value = Take(name, false);
  if (value == nullptr) return {};
  if (!value->is_array()) {
    Refuse(std::string("\"") + name + "\" is no list");
    return {};
  }
  return std::vector<Json>(value->begin(), value->end());
}

Status Fields::Done() {
  if (error_) return *std::move(error_);
  for (const auto& [name, value] : object_.items()) {
    if (std::find(taken_.begin(), taken_.end(), name) == taken_.end()) {
      return Error(Code::kInvalidArgument,
                   where_ + " has a field " + Quoted(name) + " that means nothing here");
    }
  }
  return {};
}

Result<AssetId> PictureId(const std::string& text) {
  const std::optional<std::int64_t> id = ParseWhole<std::int64_t>(text);
  if (!id || *id <= 0) return Error(Code::kInvalidArgument, Quoted(text) + " is no id of a picture");
  return AssetId{*id};
}

Result<std::int64_t> QueryNumber(const Request& request, const std::string& name, std::int64_t fallback,
                                 std::int64_t least, std::int64_t most) {
  const std::string text = request.Query(name);
  if (text.empty()) return fallback;
  const std::optional<std::int64_t> value = ParseWhole<std::int64_t>(text);
  if (!value || *value < least || *value > most) {
    return Error(Code::kInvalidArgument, name + " must be a whole number from " + std::to_string(least) +
                                             " to " + std::to_string(most) + ", not " + Quoted(text));
  }
  return *value;
}

}  // namespace vitrine::server
