// The machine-readable output, schema 1 (docs/cli.md). Keys stand in a fixed order.
#pragma once

#include <string>
#include <string_view>

#include "vitrine/cluster.h"
#include "vitrine/library.h"
#include "vitrine/models.h"

namespace vitrine {

/// One answer: {"schema":1,"query":...,"took_ms":...,"total":...,"hits":[...]} on one line, without the
/// line's end.
std::string SearchJson(std::string_view query, const SearchResult& result);

/// The end of an index run: {"schema":1,"seen":...,...,"failures":[...]} on one line.
std::string IndexJson(const IndexReport& report);

/// One file of an index run: {"path":...,"outcome":"indexed"|"reused"|"failed"[,"reason":...]} on one line.
std::string FileJson(const FileRecord& file);

/// {"schema":1,"changes":[{"id":...,"at":...,"what":...,"undone":...[,"moves":[...]]}]} on one line.
std::string JournalJson(const std::vector<JournalEntry>& entries);

/// {"schema":1,"pictures":...} on one line: how many were changed.
std::string NoteJson(std::uint64_t pictures);

/// {"schema":1,"searches":[{"name":...,"query":...}]} on one line.
std::string SavedSearchesJson(const std::vector<SavedSearch>& searches);

/// {"schema":1,"url":...,"launch_url":...} on one line.
std::string ServeJson(const std::string& url, const std::string& launch_url);

/// {"schema":1,"findings":[{"level":...,"subject":...,"text":...}]} on one line.
std::string DoctorJson(const std::vector<Finding>& findings);

/// {"schema":1,"pictures":...,"written":...,...,"conflicts":[...],"failures":[...]} on one line.
std::string SidecarsJson(const SidecarReport& report);

/// {"schema":1,"kind":...,"rows":...,...,"policy":{...}} on one line.
std::string LibraryIndexJson(const VectorIndexState& index, const IndexPolicy& policy);

/// {"schema":1,"pictures":...,"rows":...,...,"measured":{...},"disk":{...}} on one line.
std::string LibraryStatsJson(const LibraryStats& stats);

/// {"schema":1,"pictures_removed":...,...} on one line.
std::string CompactJson(const CompactReport& report);

/// {"schema":1,"pictures":...,"written":...,"removed":...,"shards":...,...} on one line.
std::string CopyJson(const CopyReport& report);

/// {"schema":1,"vectors":...,"dimension":...,"seconds":...,"stopped":...} on one line.
std::string ExportJson(const ExportReport& report);

/// {"schema":1,"vectors":...,"pictures":...,"replaced":...,...,"index":{...}} on one line.
std::string ImportJson(const ImportReport& report);

/// {"schema":1,"pictures":...,"models":[{"id":...,"name":...,...}]} on one line.
std::string ModelListJson(const ModelList& list);

/// {"schema":1,"model":{"id":...,...}} on one line.
std::string ModelJson(const ModelInfo& model);

/// {"schema":1,"model":...,"before":...,"embedded":...,...,"failures":[...]} on one line.
std::string UseJson(const UseReport& report);

/// {"schema":1,"model":...,"vectors":...,"pack_removed":...} on one line.
std::string ModelRemovalJson(const ModelRemoval& removal);

/// {"schema":1,"model":...,"runtime":...,...} on one line.
std::string ModelBenchJson(const ModelBench& bench);

/// {"schema":1,"model":{...},"teacher":...,"backbone":...,...,"failures":[...]} on one line.
std::string DistillJson(const DistillReport& report);

/// A line for each path of the picture, each with its end: {"path":...,"id":...,"tags":[{"tag":...,
/// "probability":...}]}; a tag that was taught has "taught":true, a file outside the library no id.
std::string PictureTagsJson(const PictureTags& picture);

/// {"schema":1,"tags":[{"tag":...,"accepted":...,"suggested":...,"rejected":...}]} on one line.
std::string TagListJson(const std::vector<TagFacet>& facets);

/// {"schema":1,"pictures":...,"tags":...,"entry":...} on one line.
std::string TagChangeJson(const TagChange& change);

/// {"schema":1,"accepted":...,"rejected":...,"suggested":...,...} on one line.
std::string TeachJson(const TeachReport& report);

/// {"schema":1,"boards":[{"id":...,"name":...,...}]} on one line.
std::string BoardListJson(const std::vector<BoardSummary>& boards);

/// {"schema":1,"board":...,"revision":...,"what":...,"items":...} on one line: how many items a step changed.
std::string BoardStepJson(const std::string& board, const BoardStep& step);

/// {"schema":1,"versions":[{"id":...,"name":...,"at":...,"revision":...}]} on one line.
std::string BoardVersionsJson(const std::vector<BoardVersion>& versions);

/// {"schema":1,"palette":[{"hex":...,"share":...}]} on one line.
std::string PaletteJson(const std::vector<Swatch>& palette);

/// {"schema":1,"bytes":...,"pictures":...,"notes":[...],"stopped":...} on one line.
std::string BoardExportJson(const BoardExportReport& report);

/// {"schema":1,"board":...,"pictures":...,"added":...,"notes":[...]} on one line.
std::string BoardImportJson(const ImportedBoard& imported);

/// {"schema":1,"pictures":...,...,"groups":[{"keep":{...},"others":[{...}]}]} on one line; `action` adds what
/// was done.
std::string DuplicatesJson(const DuplicateReport& report, const ActionReport* action);

}  // namespace vitrine
