// Boards as files: drawn (PNG, PDF, HTML), packed with their originals (ZIP), listed (contact sheet,
// credits), and read back.
//
//   ExportBoard(board, source, {.format = ExportFormat::kZip}, "kitchen.zip", nullptr, stop);
//   ReadBoardFile("kitchen.zip", scratch, nullptr, stop);
//
// Formats and what is taken out of copies: docs/formats/board.md. Pictures come through a PictureSource one
// at a time; what is in memory at once is bounded whatever the board holds.
#pragma once

#include <string>
#include <vector>

#include "boards/picture_source.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// Writes the board at `file`, whole or not at all; a file of that name is replaced. Reports nothing written
/// (`stopped`) when `stop` asks for it. Pictures that `source` cannot give are drawn as places that say so,
/// and named in the notes. Thread safe as `source` is. @param observer may be null. Errors: kInvalidArgument
/// (edge_px out of bounds; nothing on the board to draw), kUnsupported (a format that is not written),
/// kNoSpace, kIo.
Result<BoardExportReport> ExportBoard(const Board& board, PictureSource& source, const ExportRequest& request,
                                      const std::string& file, VectorObserver* observer,
                                      const StopSignal& stop);

/// A picture that came with a board.
struct ReadPicture {
  std::string content;  ///< SHA-256 of the file, checked.
  std::string name;     ///< As the board file calls it: valid UTF-8, one component, nothing to be trusted.
  std::string path;     ///< In the scratch folder.
};

/// A board out of a file.
struct ReadBoard {
  Board board;                        ///< Without id and revision.
  std::vector<ReadPicture> pictures;  ///< Each content once; those that did not come are left out.
  std::vector<std::string> notes;     ///< What was not understood, not there or not what it claims to be.
};

/// Reads a ZIP or a board.json that ExportBoard() wrote, or a .pur file (by what it holds, not by its name).
/// Whatever the file says, nothing is written but `scratch_folder`/0, /1, ...; the folder must exist, be
/// empty and is the caller's to remove. Bounds: 20,000 entries, 64 GiB in all, 100 times the archive's size.
/// Errors: kUnsupported (of a newer version; a format that is not read), kCorrupt (damaged, out of bounds),
/// kCancelled (stopped), kNotFound, kNoSpace, kIo.
Result<ReadBoard> ReadBoardFile(const std::string& file, const std::string& scratch_folder,
                                VectorObserver* observer, const StopSignal& stop);

}  // namespace vitrine
