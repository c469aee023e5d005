// What several routes say or read alike: colours, changes of tags, pictures named by id.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/message.h"
#include "server/reply.h"
#include "vitrine/library.h"

namespace vitrine::server {

class App;

/// [{"hex":"#rrggbb","share":...}]
Json PaletteForm(std::span<const Swatch> palette);
/// The palette in a format of PaletteFile(), as an attachment; JSON for "" and "json".
Response PaletteReply(std::span<const Swatch> palette, const std::string& name, const std::string& format);

/// {"pictures":..,"entry":..}, and tells all pages of the change.
Response ChangeReply(App& app, const Result<TagChange>& change);

/// Where pictures lie: one path each. Errors: kInvalidArgument (none named), kNotFound (one is unknown).
Result<std::vector<PathBytes>> PathsOf(Library& library, std::span<const AssetId> ids);

}  // namespace vitrine::server
