// Reading JSON that others wrote: every value is asked for with the type it must have, and the first that is
// something else is kept, with where it stands.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

/// One value of a document, or nothing: a missing member and `null` are the same. A wrong value reads as a
/// default, so that a caller reads all that it needs and asks once for the error. Lives no longer than the
/// document and the error.
class JsonNode {
 public:
  JsonNode(const nlohmann::json* value, std::string path, std::string& error);

  bool there() const { return value_ != nullptr; }
  const std::string& path() const { return path_; }
  /// The value itself; nullptr when nothing is there.
  const nlohmann::json* raw() const { return value_; }

  JsonNode operator[](const char* key) const;
  std::vector<JsonNode> Items() const;

  std::string Text() const;
  bool Flag(bool otherwise) const;
  /// A whole number in 0..2^31 - 1.
  std::int64_t Id() const;

  /// Which of `known` the member `key` is; the first when it is none.
  std::size_t Choice(const char* key, std::initializer_list<std::string_view> known) const;
  /// Fails unless nothing is there, or false, 0, or an empty text.
  void MustBeUnused() const;

  void Fail(const std::string& problem) const;

 private:
  const nlohmann::json* value_;
  std::string path_;
  std::string* error_;
};

}  // namespace vitrine
