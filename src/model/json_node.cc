#include "model/json_node.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

}  // namespace

JsonNode::JsonNode(const Json* value, std::string path, std::string& error)
    : value_(value == nullptr || value->is_null() ? nullptr : value),
      path_(std::move(path)),
      error_(&error) {}

JsonNode JsonNode::operator[](const char* key) const {
  std::string path = path_.empty() ? key : path_ + "." + key;
  if (value_ == nullptr) return {nullptr, std::move(path), *error_};
  if (!value_->is_object()) {
    Fail("is not an object");
    return {nullptr, std::move(path), *error_};
  }
  const auto found = value_->find(key);
  return {found != value_->end() ? &*found : nullptr, std::move(path), *error_};
}

std::vector<JsonNode> JsonNode::Items() const {
  std::vector<JsonNode> items;
  if (value_ == nullptr) return items;
  if (!value_->is_array()) {
    Fail("is not a list");
    return items;
  }
  items.reserve(value_->size());
  for (const Json& item : *value_) {
    items.emplace_back(&item, path_ + "[" + std::to_string(items.size()) + "]", *error_);
  }
  return items;
}

std::string JsonNode::Text() const {
  if (value_ == nullptr) return Fail("is missing"), "";
  if (!value_->is_string()) return Fail("is not a text"), "";
  return value_->get<std::string>();
}

bool JsonNode::Flag(bool otherwise) const {
  if (value_ == nullptr) return otherwise;
  if (!value_->is_boolean()) return Fail("is neither true nor false"), otherwise;
  return value_->get<bool>();
}

std::int64_t JsonNode::Id() const {
  constexpr std::int64_t kMost = (std::int64_t{1} << 31) - 1;
  if (value_ == nullptr) return Fail("is missing"), 0;
  const bool fits = value_->is_number_unsigned() && value_->get<std::uint64_t>() <= kMost;
  if (!fits) return Fail("is not a token's number"), 0;
  return value_->get<std::int64_t>();
}

std::size_t JsonNode::Choice(const char* key, std::initializer_list<std::string_view> known) const {
  const JsonNode node = (*this)[key];
  const std::string text = node.Text();
  std::string names;
  std::size_t index = 0;
  for (const std::string_view name : known) {
    if (name == text) return index;
    names.append(names.empty() ? "" : ", ").append(name);
    ++index;
  }
  node.Fail("is " + Quoted(text) + "; this version knows: " + names);
  return 0;
}

void JsonNode::MustBeUnused() const {
  const bool unused = value_ == nullptr || *value_ == false || *value_ == "" || *value_ == 0;
  if (!unused) Fail("asks for something that this version does not do");
}

void JsonNode::Fail(const std::string& problem) const {
  if (error_->empty()) *error_ = (path_.empty() ? std::string("it") : Quoted(path_)) + " " + problem;
}

}  // namespace vitrine
