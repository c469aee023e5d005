// Reading JSON that may be anybody's: the first thing that is wrong is kept, everything after it reads as a
// default, so that a reader reads all fields in a row and asks once.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::fetch {

class JsonObject {
 public:
  /// @param value  may be null or no object: then everything fails. Must outlive this, as must `error`.
  JsonObject(const nlohmann::json* value, std::string path, std::string& error);

  std::string Text(const char* key, std::size_t min_bytes, std::size_t max_bytes) const;
  std::uint64_t Integer(const char* key, std::uint64_t min, std::uint64_t max) const;
  bool Flag(const char* key) const;
  /// 64 lower-case hex digits.
  std::string Sha256(const char* key) const;
  bool Has(const char* key) const;
  std::vector<JsonObject> Objects(const char* key, std::size_t min, std::size_t max) const;

  void Fail(std::string_view key, std::string_view problem) const;

 private:
  const nlohmann::json* Get(const char* key) const;

  const nlohmann::json* object_;
  std::string path_;
  std::string& error_;
};

/// A path below a folder that leads nowhere else: components of letters, digits, '.', '_' and '-', none of
/// them hidden, at most 240 bytes.
bool IsPathBelow(std::string_view path);

}  // namespace vitrine::fetch
