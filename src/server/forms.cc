#include "server/forms.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "base/try.h"
#include "server/app.h"

namespace vitrine::server {

Json PaletteForm(std::span<const Swatch> palette) {
  Json json = Json::array();
  for (const Swatch& swatch : palette) {
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "#%02x%02x%02x", swatch.red, swatch.green, swatch.blue);
    json.push_back(
        {{"hex", hex.data()}, {"share", std::round(static_cast<double>(swatch.share) * 1e4) / 1e4}});
  }
  return json;
}

Response PaletteReply(std::span<const Swatch> palette, const std::string& name, const std::string& format) {
  if (format.empty() || format == "json") {
    Json json = NewAnswer();
    json["palette"] = PaletteForm(palette);
    return Reply(json);
  }
  Result<std::string> file = PaletteFile(palette, name, format);
  if (!file) return Problem(file.error());
  Response response;
  response.content_type = format == "css" ? "text/css" : "application/octet-stream";
  response.Set("Content-Disposition", Attachment(name + "." + format));
  response.body = *std::move(file);
  return response;
}

Response ChangeReply(App& app, const Result<TagChange>& change) {
  if (!change) return Problem(change.error());
  app.Changed();
  Json json = NewAnswer();
  json["pictures"] = change->pictures;
  json["entry"] = change->entry;
  return Reply(json);
}

Result<std::vector<PathBytes>> PathsOf(Library& library, std::span<const AssetId> ids) {
  if (ids.empty()) return Error(Code::kInvalidArgument, "\"ids\" names no picture");
  VITRINE_TRY_ASSIGN(std::vector<PathBytes> paths, library.gallery().Paths(ids));
  if (paths.size() != ids.size()) {
    return Error(Code::kNotFound,
                 std::to_string(ids.size() - paths.size()) +
                     " of the pictures are not in the library any more; nothing was changed");
  }
  return paths;
}

}  // namespace vitrine::server
