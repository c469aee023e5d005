#include "engine/cluster/board_copying.h"

#include <memory>

#include "base/try.h"
#include "base/utf8.h"
#include "boards/store/board_copy.h"
#include "boards/store/sqlite_boards.h"
#include "cluster/board_storage.h"

namespace vitrine {
namespace {

Status CopyAll(BoardStorage& from, BoardStorage& to, CopyReport& report) {
  VITRINE_TRY_ASSIGN(const BoardCopyReport copied, CopyBoards(from, to));
  report.boards = copied.boards;
  report.boards_written = copied.written;
  for (const std::string& name : copied.parted) {
    report.notes.push_back("the board " + Quoted(name) +
                           " was changed on both sides since it was copied: each keeps its own; export one "
                           "and import it on the other side to have both");
  }
  return {};
}

}  // namespace

Status SendBoards(const std::string& folder, const cluster::Cluster& cluster, CopyReport& report) {
  const Result<std::unique_ptr<BoardStorage>> here = OpenBoardsIn(folder, StoreMode::kExisting);
  if (!here && here.error().code() == Code::kNotFound) return {};
  if (!here) return here.error();
  return CopyAll(**here, *cluster::OpenBoardsOn(cluster), report);
}

Status FetchBoards(const cluster::Cluster& cluster, const std::string& folder, CopyReport& report) {
  const std::unique_ptr<BoardStorage> there = cluster::OpenBoardsOn(cluster);
  VITRINE_TRY_ASSIGN(const std::vector<NamedBoard> living, there->Names(false));
  VITRINE_TRY_ASSIGN(const std::vector<NamedBoard> in_bin, there->Names(true));
  if (living.empty() && in_bin.empty()) return {};
  VITRINE_TRY_ASSIGN(const std::unique_ptr<BoardStorage> here, OpenBoardsIn(folder, StoreMode::kCreate));
  return CopyAll(*there, *here, report);
}

}  // namespace vitrine
