// Answers in JSON, and reading requests in it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/message.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine::server {

using Json = nlohmann::ordered_json;

/// {"schema":1, ...}: every answer begins so.
Json NewAnswer();
Response Reply(const Json& json, int status = 200);

/// {"schema":1,"error":{"code":...,"message":...}} with the status that belongs to the code.
Response Problem(const Error& error);
Response Problem(int status, const std::string& code, const std::string& message);

/// Text that is valid UTF-8 whatever came in.
std::string Clean(std::string_view text);
void PutPath(Json& object, const char* key, const PathBytes& path);

/// The fields of a JSON object, each taken once; remembers the first thing that is wrong.
class Fields {
 public:
  /// @param body  the text of the object; an empty one is {}.
  explicit Fields(const std::string& body);
  explicit Fields(Json object, std::string where);

  std::string Text(const char* name);  ///< Required.
  std::string TextOr(const char* name, std::string fallback);
  std::optional<std::string> MaybeText(const char* name);
  double NumberOr(const char* name, double fallback);
  std::int64_t Whole(const char* name);  ///< Required.
  std::int64_t WholeOr(const char* name, std::int64_t fallback);
  bool FlagOr(const char* name, bool fallback);
  std::vector<AssetId> Ids(const char* name, std::size_t most);
  std::vector<std::string> TextsOr(const char* name);
  /// An array of any JSON values; empty where absent.
  std::vector<Json> List(const char* name);
  bool Has(const char* name) const;
  bool IsNull(const char* name) const;

  /// After all fields were taken. Errors: kInvalidArgument (no object; a field that is missing, of another
  /// type, or unknown).
  Status Done();

 private:
  const Json* Take(const char* name, bool required);
  void Refuse(const std::string& message);

  Json object_;
  std::string where_;
  std::vector<std::string> taken_;
  std::optional<Error> error_;
};

/// An id of a picture, as it stands in a path or a query. Errors: kInvalidArgument.
Result<AssetId> PictureId(const std::string& text);
/// A number of a query, `fallback` where absent. Errors: kInvalidArgument (no number, or outside).
Result<std::int64_t> QueryNumber(const Request& request, const std::string& name, std::int64_t fallback,
                                 std::int64_t least, std::int64_t most);

}  // namespace vitrine::server
