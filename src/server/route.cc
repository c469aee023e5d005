#include "server/route.h"

#include "server/routes.h"

namespace vitrine::server {
namespace {

constexpr std::string_view kRoot = "/api/v1";

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/openapi.json", BodyKind::kNone, GetDescription},
    {"GET", "/api/v1/library", BodyKind::kNone, GetLibrary},
    {"GET", "/api/v1/events", BodyKind::kNone, GetEvents},
    {"GET", "/api/v1/models", BodyKind::kNone, GetModels, "models"},
    {"GET", "/api/v1/failures", BodyKind::kNone, GetFailures},
    {"GET", "/api/v1/journal", BodyKind::kNone, GetJournal, "journal"},
    {"POST", "/api/v1/undo", BodyKind::kJson, PostUndo, "journal"},
    {"POST", "/api/v1/redo", BodyKind::kJson, PostRedo, "journal"},
    {"GET", "/api/v1/searches", BodyKind::kNone, GetSearches, "searches"},
    {"PUT", "/api/v1/searches/{name}", BodyKind::kJson, PutSearch, "searches"},
    {"DELETE", "/api/v1/searches/{name}", BodyKind::kJson, DeleteSearch, "searches"},

    {"GET", "/api/v1/pictures", BodyKind::kNone, GetPictures},
    {"POST", "/api/v1/pictures", BodyKind::kPicture, PostPicture, "add"},
    {"POST", "/api/v1/pictures/like", BodyKind::kPicture, PostLike},
    {"POST", "/api/v1/pictures/note", BodyKind::kJson, PostNote, "notes"},
    {"GET", "/api/v1/pictures/{id}", BodyKind::kNone, GetPicture},
    {"GET", "/api/v1/pictures/{id}/thumbnail", BodyKind::kNone, GetThumbnail},
    {"GET", "/api/v1/pictures/{id}/rendition", BodyKind::kNone, GetRendition},
    {"GET", "/api/v1/pictures/{id}/original", BodyKind::kNone, GetOriginal},
    {"GET", "/api/v1/pictures/{id}/palette", BodyKind::kNone, GetPicturePalette},
    {"GET", "/api/v1/facets", BodyKind::kNone, GetFacets},

    {"GET", "/api/v1/tags", BodyKind::kNone, GetTags, "tags"},
    {"POST", "/api/v1/tags/decide", BodyKind::kJson, PostDecide, "tags"},
    {"POST", "/api/v1/tags/suggest", BodyKind::kJson, PostSuggestTags, "suggest"},
    {"POST", "/api/v1/tags/teach", BodyKind::kJson, PostTeach, "suggest"},
    {"POST", "/api/v1/tags/rename", BodyKind::kJson, PostRenameTag, "tags"},
    {"POST", "/api/v1/tags/delete", BodyKind::kJson, PostDeleteTag, "tags"},

    {"GET", "/api/v1/jobs", BodyKind::kNone, GetJobs},
    {"POST", "/api/v1/jobs/index", BodyKind::kJson, PostIndex, "index"},
    {"POST", "/api/v1/jobs/duplicates", BodyKind::kJson, PostFindDuplicates, "duplicates"},
    {"POST", "/api/v1/jobs/model", BodyKind::kJson, PostUseModel, "models"},
    {"POST", "/api/v1/jobs/{id}/stop", BodyKind::kJson, PostStopJob},
    {"GET", "/api/v1/duplicates", BodyKind::kNone, GetDuplicates, "duplicates"},
    {"POST", "/api/v1/duplicates/tag", BodyKind::kJson, PostTagDuplicates, "duplicates"},
    {"GET", "/api/v1/downloads/{token}", BodyKind::kNone, GetDownload},

    {"GET", "/api/v1/boards", BodyKind::kNone, GetBoards, "boards"},
    {"POST", "/api/v1/boards", BodyKind::kJson, PostBoard, "boards"},
    {"POST", "/api/v1/boards/import", BodyKind::kFile, PostImport, "boards"},
    {"GET", "/api/v1/boards/{bid}", BodyKind::kNone, GetBoard, "boards"},
    {"PATCH", "/api/v1/boards/{bid}", BodyKind::kJson, PatchBoard, "boards"},
    {"DELETE", "/api/v1/boards/{bid}", BodyKind::kJson, DeleteBoard, "boards"},
    {"POST", "/api/v1/boards/{bid}/restore", BodyKind::kJson, PostRestoreBoard, "boards"},
    {"PUT", "/api/v1/boards/{bid}/template", BodyKind::kJson, PutTemplate, "boards"},
    {"POST", "/api/v1/boards/{bid}/undo", BodyKind::kJson, PostUndoBoard, "boards"},
    {"POST", "/api/v1/boards/{bid}/redo", BodyKind::kJson, PostRedoBoard, "boards"},
    {"GET", "/api/v1/boards/{bid}/steps", BodyKind::kNone, GetSteps, "boards"},
    {"GET", "/api/v1/boards/{bid}/versions", BodyKind::kNone, GetVersions, "boards"},
    {"POST", "/api/v1/boards/{bid}/versions", BodyKind::kJson, PostVersion, "boards"},
    {"POST", "/api/v1/boards/{bid}/versions/{vid}/restore", BodyKind::kJson, PostRestoreVersion, "boards"},
    {"POST", "/api/v1/boards/{bid}/arrange", BodyKind::kJson, PostArrange, "boards"},
    {"POST", "/api/v1/boards/{bid}/suggest", BodyKind::kJson, PostSuggest, "boards"},
    {"GET", "/api/v1/boards/{bid}/palette", BodyKind::kNone, GetBoardPalette, "boards"},
    {"POST", "/api/v1/boards/{bid}/export", BodyKind::kJson, PostExport, "boards"},
};

// The next segment of a path that begins with a '/', and the rest.
std::string_view NextSegment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

enum class Fit : std::uint8_t { kNo, kYes, kBrokenEscape };

Fit Matches(std::string_view pattern, std::string_view path, std::map<std::string, std::string>& parts) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = NextSegment(pattern);
    const std::string_view given = NextSegment(path);
    if (!wanted.starts_with('{')) {
      if (wanted != given) return Fit::kNo;
      continue;
    }
    if (given.empty()) return Fit::kNo;
    const std::optional<std::string> decoded = DecodePercent(given);
    if (!decoded) return Fit::kBrokenEscape;
    parts[std::string(wanted.substr(1, wanted.size() - 2))] = *decoded;
  }
  return pattern.empty() && path.empty() ? Fit::kYes : Fit::kNo;
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

Routed FindRoute(std::string_view method, std::string_view path) {
  Routed result;
  if (!path.starts_with(kRoot)) return result;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : kRoutes) {
    std::map<std::string, std::string> parts;
    const Fit fit = Matches(route.pattern, path, parts);
    if (fit == Fit::kNo) continue;
    if (fit == Fit::kBrokenEscape) return {.status = 400};
    if (route.method == wanted) return {.route = &route, .status = 200, .parts = std::move(parts)};
    result.status = 405;
    if (result.allow.find(route.method) != std::string::npos) continue;
    result.allow += (result.allow.empty() ? "" : ", ") + std::string(route.method);
  }
  return result;
}

}  // namespace vitrine::server
