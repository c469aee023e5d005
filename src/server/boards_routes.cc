// Boards: reading and editing them, arranging, suggesting, files out and in.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/file.h"
#include "server/app.h"
#include "server/forms.h"
#include "server/reply.h"
#include "server/routes.h"

namespace vitrine::server {
namespace {

Json ItemForm(const BoardItem& item) { return Json::parse(ItemToJson(item, true), nullptr, false); }

Json ChangesForm(const std::vector<ItemChange>& changes) {
  Json json = Json::array();
  for (const ItemChange& change : changes) {
    json.push_back({{"id", change.id}, {"item", change.item ? ItemForm(*change.item) : Json()}});
  }
  return json;
}

Json StepForm(const BoardStep& step) {
  Json json = {{"revision", step.revision},
               {"at", step.at},
               {"what", Clean(step.what)},
               {"undone", step.undone},
               {"changes", ChangesForm(step.changes)}};
  if (step.name) json["name"] = Clean(*step.name);
  if (step.background) json["background"] = *step.background;
  return json;
}

Json StepsForm(const std::vector<BoardStep>& steps) {
  Json json = Json::array();
  for (const BoardStep& step : steps) json.push_back(StepForm(step));
  return json;
}

Json BoardForm(const Board& board) {
  Json json = NewAnswer();
  json["id"] = board.id;
  json["name"] = Clean(board.name);
  json["background"] = board.background;
  json["revision"] = board.revision;
  json["created"] = board.created;
  json["changed"] = board.changed;
  json["is_template"] = board.is_template;
  json["can_undo"] = board.can_undo;
  json["can_redo"] = board.can_redo;
  json["items"] = Json::array();
  for (const BoardItem& item : board.items) json["items"].push_back(ItemForm(item));
  return json;
}

Json SummaryForm(const BoardSummary& board) {
  Json cover = Json::array();
  for (const AssetId id : board.cover) cover.push_back(static_cast<std::int64_t>(id));
  return {{"id", board.id},
          {"name", Clean(board.name)},
          {"created", board.created},
          {"changed", board.changed},
          {"is_template", board.is_template},
          {"deleted", board.deleted},
          {"revision", board.revision},
          {"pictures", board.pictures},
          {"items", board.items},
          {"cover", std::move(cover)}};
}

Json VersionForm(const BoardVersion& version) {
  return {
      {"id", version.id}, {"name", Clean(version.name)}, {"at", version.at}, {"revision", version.revision}};
}

const std::string& BoardId(const Request& request) { return request.parts.at("bid"); }

void TellBoard(App& app, const std::string& id, std::int64_t revision) {
  app.events().Publish("board", Json{{"id", id}, {"revision", revision}}.dump());
}

Response EditReply(App& app, const std::string& id, const Result<EditResult>& edit) {
  if (!edit) return Problem(edit.error());
  TellBoard(app, id, edit->step.revision);
  Json json = NewAnswer();
  json["revision"] = edit->step.revision;
  json["step"] = StepForm(edit->step);
  json["missed"] = StepsForm(edit->missed);
  json["conflicts"] = edit->conflicts;
  json["can_undo"] = edit->can_undo;
  json["can_redo"] = edit->can_redo;
  return Reply(json);
}

Response StatusReply(App& app, const std::string& id, const Status& status) {
  if (!status) return Problem(status.error());
  TellBoard(app, id, 0);
  return Reply(NewAnswer());
}

Result<std::vector<ItemChange>> ChangesOf(Fields& fields) {
  std::vector<ItemChange> changes;
  for (const Json& entry : fields.List("changes")) {
    Fields change(entry, "a change");
    ItemChange one{.id = change.Text("id")};
    const bool gone = change.IsNull("item");
    if (!gone && change.Has("item")) {
      auto item = ItemFromJson(entry["item"].dump());
      if (!item) return std::move(item).error();
      one.item = *std::move(item);
    } else if (!gone) {
      return Error(Code::kInvalidArgument,
                   "the change of item \"" + one.id + "\" has no \"item\"; null removes it");
    }
    changes.push_back(std::move(one));
  }
  return changes;
}

template <typename Enum>
Result<Enum> ByName(const std::string& name, std::initializer_list<Enum> all) {
  std::string names;
  for (const Enum value : all) {
    if (NameOf(value) == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(NameOf(value));
  }
  return Error(Code::kInvalidArgument, "\"" + Clean(name) + "\" is none of " + names);
}

Result<Arrangement> ArrangementOf(const std::string& name) {
  using enum Arrangement;
  return ByName(name, {kMeaning, kColour, kTime, kClusters, kPack, kRows});
}

Result<ExportFormat> FormatOf(const std::string& name) {
  using enum ExportFormat;
  return ByName(name, {kPng, kPdf, kHtml, kZip, kJson, kContactSheet, kCredits, kPur});
}

Result<Suggestion> SuggestionOf(const std::string& name) {
  if (name == "more") return Suggestion::kMore;
  if (name == "gap") return Suggestion::kGap;
  if (name == "each") return Suggestion::kEach;
  return Error(Code::kInvalidArgument, "kind is more, gap or each");
}

struct FileKind {
  const char* suffix;
  const char* content_type;
};

FileKind KindOf(ExportFormat format) {
  switch (format) {
    case ExportFormat::kPng:
      return {".png", "image/png"};
    case ExportFormat::kPdf:
      return {".pdf", "application/pdf"};
    case ExportFormat::kContactSheet:
      return {" contact sheet.pdf", "application/pdf"};
    case ExportFormat::kHtml:
      return {".html", "text/html"};
    case ExportFormat::kZip:
      return {".zip", "application/zip"};
    case ExportFormat::kJson:
      return {".json", "application/json"};
    case ExportFormat::kCredits:
      return {" credits.txt", "text/plain; charset=utf-8"};
    case ExportFormat::kPur:
      return {".pur", "application/octet-stream"};
  }
  return {"", "application/octet-stream"};
}

Result<JobOutcome> ExportBoard(App& app, const std::string& id, const ExportRequest& wanted,
                               JobReport& report, const StopSignal& stop) {
  Boards& boards = app.library().boards();
  auto board = boards.Get(id);
  if (!board) return std::move(board).error();
  const FileKind kind = KindOf(wanted.format);
  const std::string file = app.ScratchFile(".export");
  JobSteps steps(report);
  auto done = boards.Export(id, wanted, file, &steps, stop);
  if (!done) return std::move(done).error();
  if (done->stopped) return JobOutcome{.stopped = true};
  const std::string name = board->name + kind.suffix;
  auto offered =
      app.Offer({.path = file, .name = name, .content_type = kind.content_type, .size_bytes = done->bytes});
  if (!offered) return std::move(offered).error();
  return JobOutcome{.result = {{"download", "/api/v1/downloads/" + offered->token},
                               {"name", Clean(name)},
                               {"bytes", done->bytes},
                               {"pictures", done->pictures},
                               {"notes", done->notes}},
                    .notes = done->notes};
}

Response JobReply(const Result<Json>& job) {
  if (!job) return Problem(job.error());
  Json json = NewAnswer();
  json.update(*job);
  return Reply(json, 202);
}

}  // namespace

Response GetBoards(App& app, const Request& request) {
  const auto boards = app.library().boards().List(request.Query("deleted") == "1");
  if (!boards && boards.error().code() != Code::kNotFound) return Problem(boards.error());
  Json json = NewAnswer();
  json["boards"] = Json::array();
  if (boards) {
    for (const BoardSummary& board : *boards) json["boards"].push_back(SummaryForm(board));
  }
  return Reply(json);
}

Response PostBoard(App& app, const Request& request) {
  Fields fields(request.body);
  NewBoard wanted;
  wanted.name = fields.Text("name");
  wanted.copy_of = fields.TextOr("copy_of", "");
  wanted.pictures = fields.Ids("pictures", 20'000);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  const Result<Board> board = app.library().boards().Create(wanted);
  if (!board) return Problem(board.error());
  TellBoard(app, board->id, board->revision);
  return Reply(BoardForm(*board), 201);
}

Response GetBoard(App& app, const Request& request) {
  const Result<Board> board = app.library().boards().Get(BoardId(request));
  return board ? Reply(BoardForm(*board)) : Problem(board.error());
}

Response PatchBoard(App& app, const Request& request) {
  Fields fields(request.body);
  BoardEdit edit;
  edit.base_revision = fields.Whole("base_revision");
  edit.what = fields.TextOr("what", "change the board");
  edit.name = fields.MaybeText("name");
  edit.background = fields.MaybeText("background");
  Result<std::vector<ItemChange>> changes = ChangesOf(fields);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (!changes) return Problem(changes.error());
  edit.changes = *std::move(changes);
  return EditReply(app, BoardId(request), app.library().boards().Edit(BoardId(request), edit));
}

Response DeleteBoard(App& app, const Request& request) {
  return StatusReply(app, BoardId(request), app.library().boards().Delete(BoardId(request)));
}

Response PostRestoreBoard(App& app, const Request& request) {
  return StatusReply(app, BoardId(request), app.library().boards().Restore(BoardId(request)));
}

Response PutTemplate(App& app, const Request& request) {
  Fields fields(request.body);
  const bool is_template = fields.FlagOr("is_template", true);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  return StatusReply(app, BoardId(request),
                     app.library().boards().SetTemplate(BoardId(request), is_template));
}

Response PostUndoBoard(App& app, const Request& request) {
  Fields fields(request.body);
  const std::int64_t base = fields.WholeOr("base_revision", 0);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  return EditReply(app, BoardId(request), app.library().boards().Undo(BoardId(request), base));
}

Response PostRedoBoard(App& app, const Request& request) {
  Fields fields(request.body);
  const std::int64_t base = fields.WholeOr("base_revision", 0);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  return EditReply(app, BoardId(request), app.library().boards().Redo(BoardId(request), base));
}

Response GetSteps(App& app, const Request& request) {
  const auto since = QueryNumber(request, "since", 0, 0, INT64_MAX);
  if (!since) return Problem(since.error());
  const auto steps = app.library().boards().StepsSince(BoardId(request), *since);
  if (!steps) return Problem(steps.error());
  Json json = NewAnswer();
  json["steps"] = StepsForm(*steps);
  json["revision"] = steps->empty() ? *since : steps->back().revision;
  return Reply(json);
}

Response GetVersions(App& app, const Request& request) {
  const auto versions = app.library().boards().Versions(BoardId(request));
  if (!versions) return Problem(versions.error());
  Json json = NewAnswer();
  json["versions"] = Json::array();
  for (const BoardVersion& version : *versions) json["versions"].push_back(VersionForm(version));
  return Reply(json);
}

Response PostVersion(App& app, const Request& request) {
  Fields fields(request.body);
  const std::string name = fields.Text("name");
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  const auto version = app.library().boards().SaveVersion(BoardId(request), name);
  if (!version) return Problem(version.error());
  Json json = NewAnswer();
  json.update(VersionForm(*version));
  return Reply(json, 201);
}

Response PostRestoreVersion(App& app, const Request& request) {
  const auto version = PictureId(request.parts.at("vid"));
  if (!version) return Problem(404, "not_found", "there is no such version of the board");
  return EditReply(
      app, BoardId(request),
      app.library().boards().RestoreVersion(BoardId(request), static_cast<std::int64_t>(*version)));
}

Response PostArrange(App& app, const Request& request) {
  Fields fields(request.body);
  const Result<Arrangement> by = ArrangementOf(fields.Text("by"));
  ArrangeRequest wanted;
  wanted.items = fields.TextsOr("items");
  wanted.gap = fields.NumberOr("gap", wanted.gap);
  const std::int64_t clusters = fields.WholeOr("clusters", 0);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (!by) return Problem(by.error());
  if (clusters < 0 || clusters > 1000)
    return Problem(400, "invalid_argument", "clusters must lie between 0 and 1000");
  wanted.by = *by;
  wanted.clusters = static_cast<std::size_t>(clusters);
  return EditReply(app, BoardId(request), app.library().boards().Arrange(BoardId(request), wanted));
}

Response PostSuggest(App& app, const Request& request) {
  Fields fields(request.body);
  const Result<Suggestion> kind = SuggestionOf(fields.Text("kind"));
  SuggestRequest wanted;
  wanted.items = fields.TextsOr("items");
  wanted.x = fields.NumberOr("x", 0);
  wanted.y = fields.NumberOr("y", 0);
  wanted.width = fields.NumberOr("width", 0);
  wanted.height = fields.NumberOr("height", 0);
  wanted.query = fields.TextOr("query", "");
  const std::int64_t limit = fields.WholeOr("limit", 24);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (!kind) return Problem(kind.error());
  if (limit < 1 || limit > 200) return Problem(400, "invalid_argument", "limit must lie between 1 and 200");
  wanted.kind = *kind;
  wanted.limit = static_cast<std::size_t>(limit);
  const auto hits = app.library().boards().Suggest(BoardId(request), wanted);
  if (!hits) return Problem(hits.error());
  Json json = NewAnswer();
  json["hits"] = Json::array();
  for (const Hit& hit : *hits) {
    const double aspect = static_cast<double>(hit.info.width_px) / std::max(1, hit.info.height_px);
    json["hits"].push_back({{"id", static_cast<std::int64_t>(hit.id)},
                            {"aspect", std::round(aspect * 1e3) / 1e3},
                            {"relevance", std::round(hit.relevance * 1e4) / 1e4},
                            {"why", hit.why}});
  }
  return Reply(json);
}

Response GetBoardPalette(App& app, const Request& request) {
  Boards& boards = app.library().boards();
  const auto board = boards.Get(BoardId(request));
  if (!board) return Problem(board.error());
  const auto palette = boards.Palette(BoardId(request));
  if (!palette) return Problem(palette.error());
  return PaletteReply(*palette, board->name, request.Query("format"));
}

Response PostExport(App& app, const Request& request) {
  Fields fields(request.body);
  const Result<ExportFormat> format = FormatOf(fields.Text("format"));
  ExportRequest wanted;
  const std::int64_t edge = fields.WholeOr("edge_px", wanted.edge_px);
  wanted.keep_private = fields.FlagOr("keep_private", false);
  wanted.exact = fields.FlagOr("exact", true);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (!format) return Problem(format.error());
  if (edge < 16 || edge > 16'384)
    return Problem(400, "invalid_argument", "edge_px must lie between 16 and 16384");
  wanted.format = *format;
  wanted.edge_px = static_cast<std::int32_t>(edge);
  const std::string id = BoardId(request);
  if (const auto board = app.library().boards().Get(id); !board) return Problem(board.error());
  return JobReply(app.jobs().Start("export", [&app, id, wanted](JobReport& report, const StopSignal& stop) {
    return ExportBoard(app, id, wanted, report, stop);
  }));
}

Response PostImport(App& app, const Request& request) {
  const std::string file = request.body_file;
  const auto work = [&app, file](JobReport& report, const StopSignal& stop) -> Result<JobOutcome> {
    JobSteps steps(report);
    auto done = app.library().boards().Import(file, &steps, stop);
    std::remove(file.c_str());
    if (!done) return std::move(done).error();
    TellBoard(app, done->id, 0);
    app.Changed();
    return JobOutcome{.result = {{"id", done->id},
                                 {"pictures", done->pictures},
                                 {"added", done->added},
                                 {"notes", done->notes}},
                      .notes = done->notes};
  };
  Result<Json> job = app.jobs().Start("import", work);
  if (!job) std::remove(file.c_str());
  return JobReply(job);
}

}  // namespace vitrine::server
