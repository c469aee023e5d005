// The library as a whole: what it is, what changed, what can be taken back, searches under a name.
#include "server/app.h"
#include "server/description.h"
#include "server/reply.h"
#include "server/routes.h"
#include "vitrine/version.h"

namespace vitrine::server {
namespace {

constexpr std::int64_t kMostEntries = 1000, kMostFailures = 100'000;

Json EntryForm(const JournalEntry& entry) {
  return {{"id", entry.id}, {"at", entry.at}, {"what", Clean(entry.what)}, {"undone", entry.undone}};
}

Response Step(App& app, const Request& request, Result<JournalEntry> (Library::*step)()) {
  Fields fields(request.body);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  const Result<JournalEntry> entry = (app.library().*step)();
  if (!entry) return Problem(entry.error());
  app.Changed();
  Json json = NewAnswer();
  json["entry"] = EntryForm(*entry);
  return Reply(json);
}

}  // namespace

Response GetDescription(App&, const Request&) {
  Response response;
  response.page = Description();
  return response;
}

// A library that is not there yet is no error: the page says how to make one.
Response GetLibrary(App& app, const Request&) {
  Result<LibraryInfo> info = app.library().Info();
  if (!info && info.error().code() != Code::kNotFound) return Problem(info.error());
  const LibraryInfo known = info ? *std::move(info) : LibraryInfo{};
  Json json = NewAnswer();
  json["exists"] = !known.folder.empty();
  json["pictures"] = known.pictures;
  json["files"] = known.files;
  json["failures"] = known.failures;
  json["vectors"] = known.vectors;
  json["model"] = Clean(known.model);
  json["program"] = kVersion;
  json["folders"] = Json::array();
  for (const PathBytes& root : known.roots) {
    Json folder;
    PutPath(folder, "path", root);
    const auto& away = known.offline_roots;
    folder["offline"] = std::find(away.begin(), away.end(), root) != away.end();
    json["folders"].push_back(std::move(folder));
  }
  json["lacks"] = Json::array();
  for (const std::string_view part : app.library().Lacks()) json["lacks"].push_back(part);
  const auto boards = app.library().boards().List(false);
  json["boards"] = boards ? boards->size() : 0;
  return Reply(json);
}

Response GetEvents(App& app, const Request&) {
  Response response;
  response.content_type = "text/event-stream";
  response.pieces = [listener = app.events().Listen()] { return listener->Next(); };
  return response;
}

Response GetFailures(App& app, const Request& request) {
  const auto limit = QueryNumber(request, "limit", 1000, 1, kMostFailures);
  if (!limit) return Problem(limit.error());
  const auto failures = app.library().gallery().Failures(static_cast<std::size_t>(*limit));
  if (!failures && failures.error().code() != Code::kNotFound) return Problem(failures.error());
  Json json = NewAnswer();
  json["failures"] = Json::array();
  if (failures) {
    for (const FileRecord& file : *failures) {
      Json entry;
      PutPath(entry, "path", file.path);
      entry["reason"] = Clean(file.reason);
      json["failures"].push_back(std::move(entry));
    }
  }
  return Reply(json);
}

Response GetJournal(App& app, const Request& request) {
  const auto limit = QueryNumber(request, "limit", 100, 1, kMostEntries);
  if (!limit) return Problem(limit.error());
  const auto entries = app.library().Journal(static_cast<std::size_t>(*limit));
  if (!entries && entries.error().code() != Code::kNotFound) return Problem(entries.error());
  Json json = NewAnswer();
  json["entries"] = Json::array();
  if (entries) {
    for (const JournalEntry& entry : *entries) json["entries"].push_back(EntryForm(entry));
  }
  return Reply(json);
}

Response PostUndo(App& app, const Request& request) { return Step(app, request, &Library::Undo); }

Response PostRedo(App& app, const Request& request) { return Step(app, request, &Library::Redo); }

Response GetSearches(App& app, const Request&) {
  const auto searches = app.library().SavedSearches();
  if (!searches && searches.error().code() != Code::kNotFound) return Problem(searches.error());
  Json json = NewAnswer();
  json["searches"] = Json::array();
  if (searches) {
    for (const SavedSearch& search : *searches) {
      json["searches"].push_back({{"name", Clean(search.name)}, {"query", Clean(search.query)}});
    }
  }
  return Reply(json);
}

Response PutSearch(App& app, const Request& request) {
  Fields fields(request.body);
  const SavedSearch search{.name = request.parts.at("name"), .query = fields.Text("query")};
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (const Status saved = app.library().SaveSearch(search); !saved) return Problem(saved.error());
  app.Changed();
  return Reply(NewAnswer());
}

Response DeleteSearch(App& app, const Request& request) {
  Fields fields(request.body);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (const Status gone = app.library().DropSearch(request.parts.at("name")); !gone)
    return Problem(gone.error());
  app.Changed();
  return Reply(NewAnswer());
}

}  // namespace vitrine::server
