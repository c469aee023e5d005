// What every writer of a format shares: the board, where pictures come from, where the file goes, and what a
// person is to be told about it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "boards/export/pending_file.h"
#include "boards/picture_source.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

class ExportJob {
 public:
  ExportJob(const Board& of, PictureSource& pictures, const ExportRequest& wanted, PendingFile& file,
            VectorObserver* observer, const StopSignal& stop)
      : board(of), source(pictures), request(wanted), out(file), observer_(observer), stop_(stop) {}

  const Board& board;
  PictureSource& source;
  const ExportRequest& request;
  PendingFile& out;
  BoardExportReport report;

  /// True when somebody asked to stop; the report then says so, and the writer returns at once.
  bool Stopped();
  void Step(std::string_view what, std::uint64_t done, std::uint64_t total);
  /// As the source describes it; one that it does not know has its content's first digits for a name. Asked
  /// once each. The name is valid UTF-8.
  const SourcePicture& Picture(const std::string& content);
  /// Remembers that a file was not there to be taken.
  void Miss(const std::string& content) { missing_.insert(content); }
  void Note(std::string note) { report.notes.push_back(std::move(note)); }
  /// Notes what was missing.
  void Finish();

 private:
  VectorObserver* observer_;
  const StopSignal& stop_;
  std::map<std::string, SourcePicture> pictures_;
  std::set<std::string> missing_;
};

/// "1 picture", "7 pictures".
std::string CountText(std::uint64_t count, std::string_view one, std::string_view many);

/// The bytes of a picture's own file, at most the first 512 MiB. Errors: kNotFound (it is not there; the job
/// remembers it), kIo.
Result<std::string> ReadOriginal(ExportJob& job, const std::string& content);

// The writers. Each writes the whole file into job.out, or returns early when it was stopped.
Status WritePng(ExportJob& job);
Status WritePdf(ExportJob& job);
Status WriteHtml(ExportJob& job);
Status WriteZip(ExportJob& job);
Status WriteJson(ExportJob& job);
Status WriteContactSheet(ExportJob& job, PendingFile& out);
Status WritePur(ExportJob& job);
/// The credits as text, UTF-8.
Result<std::string> CreditsText(ExportJob& job);
/// The board as board.json, with what is known of its pictures' files.
/// @param paths_in_zip  by content; empty outside a ZIP.
std::string BoardJson(ExportJob& job, const std::map<std::string, std::string>& paths_in_zip);

}  // namespace vitrine
