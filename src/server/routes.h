// What each route does; the table is in route.cc, the words for people in docs/http-api.md.
#pragma once

#include "server/message.h"

namespace vitrine::server {

class App;

// library_routes.cc
Response GetDescription(App& app, const Request& request);
Response GetLibrary(App& app, const Request& request);
Response GetEvents(App& app, const Request& request);
Response GetFailures(App& app, const Request& request);
Response GetJournal(App& app, const Request& request);
Response PostUndo(App& app, const Request& request);
Response PostRedo(App& app, const Request& request);
Response GetSearches(App& app, const Request& request);
Response PutSearch(App& app, const Request& request);
Response DeleteSearch(App& app, const Request& request);

// models_routes.cc
Response GetModels(App& app, const Request& request);
Response PostUseModel(App& app, const Request& request);

// pictures_routes.cc
Response GetPictures(App& app, const Request& request);
Response PostPicture(App& app, const Request& request);
Response PostLike(App& app, const Request& request);
Response PostNote(App& app, const Request& request);
Response GetPicture(App& app, const Request& request);
Response GetThumbnail(App& app, const Request& request);
Response GetRendition(App& app, const Request& request);
Response GetOriginal(App& app, const Request& request);
Response GetPicturePalette(App& app, const Request& request);
Response GetFacets(App& app, const Request& request);

// tags_routes.cc
Response GetTags(App& app, const Request& request);
Response PostDecide(App& app, const Request& request);
Response PostSuggestTags(App& app, const Request& request);
Response PostTeach(App& app, const Request& request);
Response PostRenameTag(App& app, const Request& request);
Response PostDeleteTag(App& app, const Request& request);

// jobs_routes.cc
Response GetJobs(App& app, const Request& request);
Response PostIndex(App& app, const Request& request);
Response PostFindDuplicates(App& app, const Request& request);
Response PostStopJob(App& app, const Request& request);
Response GetDuplicates(App& app, const Request& request);
Response PostTagDuplicates(App& app, const Request& request);
Response GetDownload(App& app, const Request& request);

// boards_routes.cc
Response GetBoards(App& app, const Request& request);
Response PostBoard(App& app, const Request& request);
Response PostImport(App& app, const Request& request);
Response GetBoard(App& app, const Request& request);
Response PatchBoard(App& app, const Request& request);
Response DeleteBoard(App& app, const Request& request);
Response PostRestoreBoard(App& app, const Request& request);
Response PutTemplate(App& app, const Request& request);
Response PostUndoBoard(App& app, const Request& request);
Response PostRedoBoard(App& app, const Request& request);
Response GetSteps(App& app, const Request& request);
Response GetVersions(App& app, const Request& request);
Response PostVersion(App& app, const Request& request);
Response PostRestoreVersion(App& app, const Request& request);
Response PostArrange(App& app, const Request& request);
Response PostSuggest(App& app, const Request& request);
Response GetBoardPalette(App& app, const Request& request);
Response PostExport(App& app, const Request& request);

}  // namespace vitrine::server
