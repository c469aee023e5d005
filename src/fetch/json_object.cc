#include "fetch/json_object.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"

namespace vitrine::fetch {

JsonObject::JsonObject(const nlohmann::json* value, std::string path, std::string& error)
    : object_(value != nullptr && value->is_object() ? value : nullptr),
      path_(std::move(path)),
      error_(error) {
  if (object_ == nullptr) Fail("", "is no object");
}

std::string JsonObject::Text(const char* key, std::size_t min_bytes, std::size_t max_bytes) const {
  const nlohmann::json* value = Get(key);
  if (value == nullptr) return {};
  if (!value->is_string()) return Fail(key, "is no text"), std::string();
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() >= min_bytes && text.size() <= max_bytes) return text;
  Fail(key, "must have " + std::to_string(min_bytes) + " to " + std::to_string(max_bytes) + " bytes");
  return {};
}

std::uint64_t JsonObject::Integer(const char* key, std::uint64_t min, std::uint64_t max) const {
  const nlohmann::json* value = Get(key);
  if (value == nullptr) return min;
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (number >= min && number <= max) return number;
  }
  Fail(key, "must be a whole number in " + std::to_string(min) + ".." + std::to_string(max));
  return min;
}

bool JsonObject::Flag(const char* key) const {
  const nlohmann::json* value = Get(key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) return Fail(key, "is neither true nor false"), false;
  return value->get<bool>();
}

std::string JsonObject::Sha256(const char* key) const {
  std::string text = Text(key, 64, 64);
  const bool is_hex = std::all_of(text.begin(), text.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!is_hex) Fail(key, "must be 64 lower-case hex digits");
  return text;
}

bool JsonObject::Has(const char* key) const { return object_ != nullptr && object_->contains(key); }

std::vector<JsonObject> JsonObject::Objects(const char* key, std::size_t min, std::size_t max) const {
  std::vector<JsonObject> objects;
  const nlohmann::json* value = Get(key);
  if (value == nullptr) return objects;
  if (!value->is_array() || value->size() < min || value->size() > max) {
    Fail(key, "must be a list of " + std::to_string(min) + " to " + std::to_string(max));
    return objects;
  }
  for (const nlohmann::json& element : *value) {
    objects.emplace_back(&element, path_ + key + "[" + std::to_string(objects.size()) + "].", error_);
  }
  return objects;
}

void JsonObject::Fail(std::string_view key, std::string_view problem) const {
  if (error_.empty()) error_ = Quoted(path_ + std::string(key)) + " " + std::string(problem);
}

const nlohmann::json* JsonObject::Get(const char* key) const {
  if (object_ == nullptr) return nullptr;
  const auto found = object_->find(key);
  if (found != object_->end()) return &*found;
  Fail(key, "is missing");
  return nullptr;
}

bool IsPathBelow(std::string_view path) {
  if (path.empty() || path.size() > 240) return false;
  char before = '/';
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '/' && c != '.' && c != '_' && c != '-') return false;
    if (before == '/' && (c == '/' || c == '.')) return false;
    before = c;
  }
  return before != '/';
}

}  // namespace vitrine::fetch
