// Which reader a file needs is told by its first bytes, not by its name.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/export/export.h"
#include "boards/export/zip_read.h"

namespace vitrine {
namespace {

using namespace std::string_view_literals;

Result<std::string> FrontOf(const std::string& file) {
  const UniqueFd opened(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) return ErrnoError("cannot read", file, errno);
  std::string front(64, '\0');
  const ssize_t got = pread(opened.get(), front.data(), front.size(), 0);
  if (got < 0) return ErrnoError("cannot read", file, errno);
  front.resize(static_cast<std::size_t>(got));
  return front;
}

// A string as Qt writes it: its length in bytes, then UTF-16, both big-endian; "1.10" or "2.x".
bool IsPur(std::string_view front, char generation) {
  if (front.size() < 12 || front.substr(0, 3) != "\0\0\0"sv) return false;
  const std::array start = {'\0', generation, '\0', '.'};
  return front.substr(4, 4) == std::string_view(start.data(), start.size());
}

Result<ReadBoard> ReadJson(const std::string& file) {
  VITRINE_TRY_ASSIGN(const std::string json, ReadFile(file, kMostBoardFileBytes));
  VITRINE_TRY_ASSIGN(BoardFile board, BoardFileFromJson(json));
  ReadBoard read{.board = std::move(board.board), .notes = std::move(board.notes)};
  return read;
}

}  // namespace

Result<ReadBoard> ReadBoardFile(const std::string& file, const std::string& scratch_folder,
                                VectorObserver* observer, const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(const std::string front, FrontOf(file));
  if (front.starts_with("PK")) return ReadBoardZip(file, scratch_folder, observer, stop);
  if (IsPur(front, '1')) return ReadPur(file, scratch_folder, observer, stop);
  if (IsPur(front, '2')) {
    return Error(Code::kUnsupported,
                 Quoted(file) +
                     " was saved by PureRef 2: Vitrine reads scenes of PureRef 1.10 and 1.11. "
                     "Export its pictures from PureRef and add them to a board");
  }
  const std::size_t first = front.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && front[first] == '{') return ReadJson(file);
  return Error(
      Code::kUnsupported,
      Quoted(file) + " is no board: Vitrine reads its own ZIP and board.json, and .pur of PureRef 1.10");
}

}  // namespace vitrine
