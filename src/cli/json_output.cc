#include "cli/json_output.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

double Rounded(double value, double steps) { return std::round(value * steps) / steps; }

// JSON texts are UTF-8. A path that is not stands there readable with replacement marks, and whole in base64.
void PutPath(Json& object, const PathBytes& path) {
  object["path"] = ToValidUtf8(path);
  if (!IsUtf8(path)) object["path_b64"] = Base64(path);
}

template <typename T>
void PutIfKnown(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

Json FactsJson(const PictureInfo& info) {
  Json json;
  json["width"] = info.width_px;
  json["height"] = info.height_px;
  json["format"] = info.format;
  PutIfKnown(json, "taken_at", info.facts.taken_at);
  PutIfKnown(json, "camera", info.facts.camera);
  PutIfKnown(json, "lens", info.facts.lens);
  PutIfKnown(json, "exposure_s", info.facts.exposure_s);
  PutIfKnown(json, "f_number", info.facts.f_number);
  PutIfKnown(json, "focal_length_mm", info.facts.focal_length_mm);
  PutIfKnown(json, "iso", info.facts.iso);
  PutIfKnown(json, "latitude", info.facts.latitude);
  PutIfKnown(json, "longitude", info.facts.longitude);
  return json;
}

Json HitJson(const Hit& hit) {
  Json json;
  PutPath(json, hit.paths.front());
  json["id"] = static_cast<std::int64_t>(hit.id);
  json["score"] = Rounded(hit.score, 1e6);
  json["relevance"] = Rounded(hit.relevance, 1e4);
  json["why"] = hit.why;
  json["facts"] = FactsJson(hit.info);
  for (std::size_t i = 1; i < hit.paths.size(); ++i) {
    Json copy;
    PutPath(copy, hit.paths[i]);
    json["copies"].push_back(std::move(copy));
  }
  if (hit.below_cut) json["below_cut"] = true;
  for (const AssetId id : hit.grouped) json["grouped"].push_back(static_cast<std::int64_t>(id));
  if (hit.offline) json["offline"] = true;
  return json;
}

Json CopyFileJson(const CopyFile& file) {
  Json json;
  PutPath(json, file.path);
  json["id"] = static_cast<std::int64_t>(file.id);
  json["width"] = file.info.width_px;
  json["height"] = file.info.height_px;
  json["format"] = file.info.format;
  json["bytes"] = file.size_bytes;
  json["sharpness"] = Rounded(static_cast<double>(file.sharpness), 1e2);
  if (file.offline) json["offline"] = true;
  return json;
}

Json FailureJson(const FileRecord& file) {
  Json json;
  PutPath(json, file.path);
  json["reason"] = file.reason;
  return json;
}

Json PolicyJson(const IndexPolicy& policy) {
  return {{"kind", NameOf(policy.kind)},
          {"memory_bytes", policy.memory_bytes},
          {"recall", Rounded(policy.recall, 1e6)}};
}

Json IndexStateJson(const VectorIndexState& index) {
  Json json = {{"kind", NameOf(index.kind)},
               {"rows", index.rows},
               {"covered", index.covered},
               {"tail", index.tail},
               {"bytes", index.bytes},
               {"build_seconds", Rounded(index.build_seconds, 1e3)},
               {"recall", Rounded(index.recall, 1e4)}};
  if (!index.note.empty()) json["note"] = index.note;
  return json;
}

Json ModelInfoJson(const ModelInfo& model) {
  Json json = {{"id", ToValidUtf8(model.id)},
               {"name", ToValidUtf8(model.name)},
               {"version", ToValidUtf8(model.version)},
               {"licence", ToValidUtf8(model.licence)},
               {"origin", ToValidUtf8(model.origin)},
               {"space", model.space},
               {"dimension", model.dimension},
               {"image_precision", model.image_precision},
               {"text_precision", model.text_precision},
               {"in_library", model.in_library},
               {"answers", model.answers},
               {"pictures", model.pictures}};
  if (model.mixed_in) json["mixed_in"] = true;
  for (const OtherPrecision& other : model.others) {
    json["others"].push_back(
        {{"precision", other.precision}, {"space", other.space}, {"pictures", other.pictures}});
  }
  if (!model.folder.empty()) PutPath(json, model.folder);
  if (!model.problem.empty()) json["problem"] = ToValidUtf8(model.problem);
  return json;
}

Json MeasuredJson(const MeasuredSearch& measured) {
  return {{"queries", measured.queries},
          {"recall", Rounded(measured.recall, 1e4)},
          {"ms", Rounded(measured.milliseconds, 1e3)}};
}

}  // namespace

std::string SearchJson(std::string_view query, const SearchResult& result) {
  Json json;
  json["schema"] = kSchema;
  json["query"] = ToValidUtf8(query);
  json["took_ms"] = Rounded(result.took_ms, 1e3);
  json["total"] = result.total;
  if (result.nothing_matches) json["nothing_matches"] = true;
  if (!result.plan.empty()) json["plan"] = result.plan;
  for (const std::string& note : result.notes) json["notes"].push_back(note);
  json["hits"] = Json::array();
  for (const Hit& hit : result.hits) json["hits"].push_back(HitJson(hit));
  return Dump(json);
}

std::string IndexJson(const IndexReport& report) {
  Json json;
  json["schema"] = kSchema;
  json["seen"] = report.seen;
  json["indexed"] = report.indexed;
  json["reused"] = report.reused;
  json["removed"] = report.removed;
  json["failed"] = report.failed;
  json["skipped"] = report.skipped;
  json["seconds"] = Rounded(report.seconds, 1e3);
  json["images_per_second"] =
      report.seconds > 0 ? Rounded(static_cast<double>(report.indexed) / report.seconds, 1e2) : 0.0;
  json["stopped"] = report.stopped;
  json["offline"] = Json::array();
  for (const PathBytes& root : report.offline) {
    Json entry;
    PutPath(entry, root);
    json["offline"].push_back(std::move(entry));
  }
  json["failures"] = Json::array();
  for (const FileRecord& file : report.failures) json["failures"].push_back(FailureJson(file));
  return Dump(json);
}

std::string FileJson(const FileRecord& file) {
  Json json;
  PutPath(json, file.path);
  switch (file.outcome) {
    case FileRecord::Outcome::kIndexed:
      json["outcome"] = "indexed";
      break;
    case FileRecord::Outcome::kReused:
      json["outcome"] = "reused";
      break;
    case FileRecord::Outcome::kFailed:
      json["outcome"] = "failed";
      json["reason"] = file.reason;
      break;
  }
  return Dump(json);
}

std::string ServeJson(const std::string& url, const std::string& launch_url) {
  return Dump({{"schema", kSchema}, {"url", url}, {"launch_url", launch_url}});
}

std::string DoctorJson(const std::vector<Finding>& findings) {
  Json json;
  json["schema"] = kSchema;
  json["findings"] = Json::array();
  for (const Finding& finding : findings) {
    const char* level = finding.level == Finding::Level::kOk     ? "ok"
                        : finding.level == Finding::Level::kNote ? "note"
                                                                 : "problem";
    json["findings"].push_back({{"level", level}, {"subject", finding.subject}, {"text", finding.text}});
  }
  return Dump(json);
}

std::string LibraryIndexJson(const VectorIndexState& index, const IndexPolicy& policy) {
  Json json;
  json["schema"] = kSchema;
  json.update(IndexStateJson(index));
  json["policy"] = PolicyJson(policy);
  return Dump(json);
}

std::string JournalJson(const std::vector<JournalEntry>& entries) {
  Json json;
  json["schema"] = kSchema;
  json["changes"] = Json::array();
  for (const JournalEntry& entry : entries) {
    Json change = {{"id", entry.id}, {"at", entry.at}, {"what", entry.what}, {"undone", entry.undone}};
    for (const FileMove& move : entry.moves) {
      Json from;
      Json to;
      PutPath(from, move.from);
      PutPath(to, move.to);
      change["moves"].push_back({{"from", std::move(from)}, {"to", std::move(to)}});
    }
    json["changes"].push_back(std::move(change));
  }
  return Dump(json);
}

std::string SidecarsJson(const SidecarReport& report) {
  Json json;
  json["schema"] = kSchema;
  json["pictures"] = report.pictures;
  json["written"] = report.written;
  json["created"] = report.created;
  json["unchanged"] = report.unchanged;
  json["adopted"] = report.adopted;
  json["conflicts"] = Json::array();
  for (const SidecarConflict& conflict : report.conflicts) {
    Json entry;
    PutPath(entry, conflict.sidecar);
    entry["what"] = conflict.what;
    entry["vitrine"] = conflict.vitrine;
    entry["file"] = conflict.file;
    json["conflicts"].push_back(std::move(entry));
  }
  json["failures"] = Json::array();
  for (const SidecarFailure& failure : report.failures) {
    Json entry;
    PutPath(entry, failure.sidecar);
    entry["reason"] = failure.reason;
    json["failures"].push_back(std::move(entry));
  }
  json["stopped"] = report.stopped;
  return Dump(json);
}

std::string NoteJson(std::uint64_t pictures) {
  return Dump(Json{{"schema", kSchema}, {"pictures", pictures}});
}

std::string SavedSearchesJson(const std::vector<SavedSearch>& searches) {
  Json json;
  json["schema"] = kSchema;
  json["searches"] = Json::array();
  for (const SavedSearch& search : searches) {
    json["searches"].push_back({{"name", search.name}, {"query", search.query}});
  }
  return Dump(json);
}

std::string LibraryStatsJson(const LibraryStats& stats) {
  Json json;
  json["schema"] = kSchema;
  json["pictures"] = stats.pictures;
  json["rows"] = stats.rows;
  json["dead_rows"] = stats.dead_rows;
  json["dimension"] = stats.dimension;
  json["policy"] = PolicyJson(stats.policy);
  json["index"] = IndexStateJson(stats.index);
  json["auto"] = {{"kind", NameOf(stats.automatic)}, {"why", stats.why}};
  json["measured"] = {{"pictures", MeasuredJson(stats.pictures_search)},
                      {"texts", MeasuredJson(stats.texts_search)}};
  json["memory_bytes"] = stats.memory_bytes;
  json["disk"] = {{"catalog_bytes", stats.catalog_bytes},
                  {"vectors_bytes", stats.vectors_bytes},
                  {"thumbnails_bytes", stats.thumbnails_bytes}};
  return Dump(json);
}

std::string CompactJson(const CompactReport& report) {
  Json json;
  json["schema"] = kSchema;
  json["pictures_removed"] = report.pictures_removed;
  json["rows_removed"] = report.rows_removed;
  json["thumbnails_removed"] = report.thumbnails_removed;
  json["bytes_before"] = report.bytes_before;
  json["bytes_after"] = report.bytes_after;
  json["seconds"] = Rounded(report.seconds, 1e3);
  json["index"] = IndexStateJson(report.index);
  return Dump(json);
}

std::string CopyJson(const CopyReport& report) {
  Json json;
  json["schema"] = kSchema;
  json["pictures"] = report.pictures;
  json["written"] = report.written;
  json["removed"] = report.removed;
  json["shards"] = report.shards;
  json["boards"] = report.boards;
  json["boards_written"] = report.boards_written;
  json["notes"] = report.notes;
  json["seconds"] = Rounded(report.seconds, 1e3);
  json["stopped"] = report.stopped;
  return Dump(json);
}

std::string ExportJson(const ExportReport& report) {
  Json json;
  json["schema"] = kSchema;
  json["vectors"] = report.vectors;
  json["dimension"] = report.dimension;
  json["seconds"] = Rounded(report.seconds, 1e3);
  json["stopped"] = report.stopped;
  return Dump(json);
}

std::string ImportJson(const ImportReport& report) {
  Json json;
  json["schema"] = kSchema;
  json["vectors"] = report.vectors;
  json["pictures"] = report.pictures;
  json["replaced"] = report.replaced;
  if (!report.root.empty()) {
    Json root;
    PutPath(root, report.root);
    json["root"] = std::move(root);
  }
  json["seconds"] = Rounded(report.seconds, 1e3);
  json["stopped"] = report.stopped;
  if (!report.stopped) json["index"] = IndexStateJson(report.index);
  return Dump(json);
}

std::string PictureTagsJson(const PictureTags& picture) {
  Json tags = Json::array();
  for (const SuggestedTag& tag : picture.tags) {
    Json one = {{"tag", tag.tag}, {"probability", Rounded(tag.probability, 1e6)}};
    if (tag.taught) one["taught"] = true;
    tags.push_back(std::move(one));
  }
  std::string lines;
  for (const PathBytes& path : picture.paths) {
    Json json;
    PutPath(json, path);
    if (picture.id != AssetId{}) json["id"] = static_cast<std::int64_t>(picture.id);
    json["tags"] = tags;
    lines += Dump(json) + "\n";
  }
  return lines;
}

std::string TagListJson(const std::vector<TagFacet>& facets) {
  Json json;
  json["schema"] = kSchema;
  json["tags"] = Json::array();
  for (const TagFacet& facet : facets) {
    json["tags"].push_back({{"tag", facet.tag},
                            {"accepted", facet.accepted},
                            {"suggested", facet.suggested},
                            {"rejected", facet.rejected}});
  }
  return Dump(json);
}

std::string DuplicatesJson(const DuplicateReport& report, const ActionReport* action) {
  Json json;
  json["schema"] = kSchema;
  json["pictures"] = report.pictures;
  json["proposed"] = report.proposed;
  json["compared"] = report.compared;
  json["confirmed"] = report.confirmed;
  json["unseen"] = report.unseen;
  json["seconds"] = Rounded(report.seconds, 1e3);
  json["stopped"] = report.stopped;
  json["groups"] = Json::array();
  for (const DuplicateGroup& group : report.groups) {
    Json entry;
    entry["keep"] = CopyFileJson(group.keep);
    entry["keep"]["why"] = group.why_keep;
    for (const Copy& copy : group.others) {
      Json other = CopyFileJson(copy.file);
      other["kind"] = NameOf(copy.kind);
      other["agreement"] = Rounded(copy.agreement, 1e3);
      other["shown"] = Rounded(copy.shown, 1e3);
      other["why"] = copy.why;
      entry["others"].push_back(std::move(other));
    }
    json["groups"].push_back(std::move(entry));
  }
  if (action != nullptr) {
    json["action"] = {{"tagged", action->tagged}, {"moved", action->moved}, {"skipped", action->skipped}};
  }
  return Dump(json);
}

std::string BoardListJson(const std::vector<BoardSummary>& boards) {
  Json json;
  json["schema"] = kSchema;
  json["boards"] = Json::array();
  for (const BoardSummary& board : boards) {
    json["boards"].push_back({{"id", board.id},
                              {"name", board.name},
                              {"created", board.created},
                              {"changed", board.changed},
                              {"is_template", board.is_template},
                              {"deleted", board.deleted},
                              {"revision", board.revision},
                              {"pictures", board.pictures},
                              {"items", board.items}});
  }
  return Dump(json);
}

std::string BoardStepJson(const std::string& board, const BoardStep& step) {
  return Dump({{"schema", kSchema},
               {"board", board},
               {"revision", step.revision},
               {"what", step.what},
               {"items", step.changes.size()}});
}

std::string BoardVersionsJson(const std::vector<BoardVersion>& versions) {
  Json json;
  json["schema"] = kSchema;
  json["versions"] = Json::array();
  for (const BoardVersion& version : versions) {
    json["versions"].push_back(
        {{"id", version.id}, {"name", version.name}, {"at", version.at}, {"revision", version.revision}});
  }
  return Dump(json);
}

std::string PaletteJson(const std::vector<Swatch>& palette) {
  Json json;
  json["schema"] = kSchema;
  json["palette"] = Json::array();
  for (const Swatch& colour : palette) {
    json["palette"].push_back(
        {{"hex", HexOf(colour)}, {"share", Rounded(static_cast<double>(colour.share), 1e4)}});
  }
  return Dump(json);
}

std::string BoardExportJson(const BoardExportReport& report) {
  return Dump({{"schema", kSchema},
               {"bytes", report.bytes},
               {"pictures", report.pictures},
               {"notes", report.notes},
               {"stopped", report.stopped}});
}

std::string BoardImportJson(const ImportedBoard& imported) {
  return Dump({{"schema", kSchema},
               {"board", imported.id},
               {"pictures", imported.pictures},
               {"added", imported.added},
               {"notes", imported.notes}});
}

std::string TagChangeJson(const TagChange& change) {
  return Dump(
      {{"schema", kSchema}, {"pictures", change.pictures}, {"tags", change.tags}, {"entry", change.entry}});
}

std::string TeachJson(const TeachReport& report) {
  return Dump({{"schema", kSchema},
               {"accepted", report.accepted},
               {"rejected", report.rejected},
               {"suggested", report.suggested},
               {"accuracy", Rounded(report.accuracy, 1e4)},
               {"entry", report.entry}});
}

std::string ModelListJson(const ModelList& list) {
  Json json;
  json["schema"] = kSchema;
  json["pictures"] = list.pictures;
  json["models"] = Json::array();
  for (const ModelInfo& model : list.models) json["models"].push_back(ModelInfoJson(model));
  return Dump(json);
}

std::string ModelJson(const ModelInfo& model) {
  Json json;
  json["schema"] = kSchema;
  json["model"] = ModelInfoJson(model);
  return Dump(json);
}

std::string UseJson(const UseReport& report) {
  Json json;
  json["schema"] = kSchema;
  json["model"] = ToValidUtf8(report.id);
  if (!report.with.empty()) json["with"] = ToValidUtf8(report.with);
  json["before"] = ToValidUtf8(report.before);
  if (!report.before_with.empty()) json["before_with"] = ToValidUtf8(report.before_with);
  json["embedded"] = report.embedded;
  json["pictures"] = report.pictures;
  json["left_out"] = report.left_out;
  json["answers"] = report.answers;
  json["stopped"] = report.stopped;
  json["seconds"] = Rounded(report.seconds, 1e3);
  json["failures"] = Json::array();
  for (const FileRecord& file : report.failures) json["failures"].push_back(FailureJson(file));
  return Dump(json);
}

std::string ModelRemovalJson(const ModelRemoval& removal) {
  const Json json = {{"schema", kSchema},
                     {"model", ToValidUtf8(removal.id)},
                     {"vectors", removal.vectors},
                     {"pack_removed", removal.pack_removed}};
  return Dump(json);
}

std::string ModelBenchJson(const ModelBench& bench) {
  Json json = {{"schema", kSchema},
               {"model", ToValidUtf8(bench.id)},
               {"runtime", bench.runtime},
               {"image_provider", bench.image_provider},
               {"text_provider", bench.text_provider},
               {"picture_cosine", Rounded(bench.picture_cosine, 1e6)},
               {"sentence_cosine", Rounded(bench.sentence_cosine, 1e6)},
               {"load_seconds", Rounded(bench.load_seconds, 1e3)},
               {"picture_ms", Rounded(bench.picture_ms, 1e3)},
               {"pictures_per_second", Rounded(bench.pictures_per_second, 1e1)},
               {"text_ms", Rounded(bench.text_ms, 1e3)},
               {"texts_per_second", Rounded(bench.texts_per_second, 1e1)}};
  json["ways"] = Json::array();
  for (const BenchWay& way : bench.ways) {
    json["ways"].push_back({{"threads", way.threads},
                            {"batch", way.batch},
                            {"picture_ms", Rounded(way.picture_ms, 1e3)},
                            {"cpu_ms", Rounded(way.cpu_ms, 1e3)},
                            {"chosen", way.chosen}});
  }
  json["notes"] = bench.notes;
  return Dump(json);
}

std::string DistillJson(const DistillReport& report) {
  Json json = {{"schema", kSchema},
               {"model", ModelInfoJson(report.model)},
               {"teacher", ToValidUtf8(report.teacher)},
               {"backbone", ToValidUtf8(report.backbone)},
               {"fitted", report.fitted},
               {"held_out", report.held_out},
               {"left_out", report.left_out},
               {"method", report.method},
               {"strength", report.strength},
               {"power", report.power},
               {"cosine_mean", Rounded(report.cosine_mean, 1e4)},
               {"cosine_p1", Rounded(report.cosine_p1, 1e4)},
               {"overlap_at_10", Rounded(report.overlap_at_10, 1e4)},
               {"recall_at_10", Rounded(report.recall_at_10, 1e4)},
               {"teacher_per_second", Rounded(report.teacher_per_second, 1e1)},
               {"student_per_second", Rounded(report.student_per_second, 1e1)},
               {"speed_up", Rounded(report.student_per_second / report.teacher_per_second, 1e2)},
               {"seconds", Rounded(report.seconds, 1e3)}};
  json["failures"] = Json::array();
  for (const FileRecord& file : report.failures) json["failures"].push_back(FailureJson(file));
  return Dump(json);
}

}  // namespace vitrine
