// A board of a library on a cluster as documents (docs/formats/cluster.md).
//
//   vitrine-boards-<name>
//     <board>             all of the board as it is now, with the step that made it so
//     <board>-<revision>  an earlier step
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "boards/store/board_storage.h"
#include "cluster/shared_documents.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// The layout of these documents; one of a larger number was written by a newer Vitrine.
inline constexpr int kBoardFormat = 1;

/// An item as canonical JSON, and what is asked about it beside the whole board.
struct KeptItem {
  std::string body;
  std::string content;  ///< Of a picture; else empty.
  double area = 0;      ///< Of a picture.
};
/// Errors: kCorrupt.
Result<KeptItem> KeptItemOf(const std::string& body);

/// A board as its document has it.
struct KeptBoard {
  BoardRow row;
  std::int64_t made_us = 0;  ///< Microseconds since 1970 when it was made: boards are in that order.
  std::map<std::string, KeptItem> items;
  std::set<std::int64_t> standing, undone;  ///< Revisions of edits; what is in neither is dropped.
  std::vector<BoardVersion> versions;       ///< Oldest first.
  std::optional<KeptStep> last;             ///< The step that led to row.revision; none at revision 0.
  std::string token;                        ///< Of whoever wrote it: another at each write.
  Version version;                          ///< Of the document as it was read.
};

/// Of its pictures, each once, in order.
std::vector<std::string> ContentsOf(const KeptBoard& board);

nlohmann::json BoardJson(const KeptBoard& board);
/// Errors: kUnsupported (of a newer Vitrine).
Result<KeptBoard> BoardOf(const std::string& id, const nlohmann::json& json);

/// The fields that SummaryOf() reads.
inline constexpr const char* kSummaryFields[] = {"name",     "created", "changed",  "is_template", "deleted",
                                                 "revision", "items",   "pictures", "cover"};
StoredSummary SummaryOf(const std::string& id, const nlohmann::json& json);

std::string StepId(const std::string& board, std::int64_t revision);
nlohmann::json StepJson(const KeptStep& step);
/// Without its state, which the board knows.
KeptStep StepOf(const nlohmann::json& json);

/// The body of the request that makes the index.
nlohmann::json BoardIndexBody();

}  // namespace vitrine::cluster
