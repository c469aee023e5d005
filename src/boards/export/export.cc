#include "boards/export/export.h"

#include <utility>

#include "base/try.h"
#include "boards/export/export_job.h"
#include "boards/export/pending_file.h"
#include "boards/export/scene.h"

namespace vitrine {
namespace {

constexpr std::int32_t kLeastEdge = 16, kMostEdge = 16'384;

bool DrawsTheBoard(ExportFormat format) {
  return format == ExportFormat::kPng || format == ExportFormat::kPdf || format == ExportFormat::kHtml;
}

Status CheckRequest(const Board& board, const ExportRequest& request) {
  if (request.edge_px < kLeastEdge || request.edge_px > kMostEdge) {
    return Error(Code::kInvalidArgument, "a long side of " + std::to_string(request.edge_px) +
                                             " px cannot be made: ask for 16 to 16,384");
  }
  if (DrawsTheBoard(request.format) && board.items.empty()) {
    return Error(Code::kInvalidArgument,
                 "nothing lies on the board: put a picture or a note on it before it is drawn");
  }
  return {};
}

Status WriteCredits(ExportJob& job) {
  VITRINE_TRY_ASSIGN(const std::string text, CreditsText(job));
  return job.out.Write(text);
}

Status WriteFormat(ExportJob& job) {
  switch (job.request.format) {
    case ExportFormat::kPng:
      return WritePng(job);
    case ExportFormat::kPdf:
      return WritePdf(job);
    case ExportFormat::kHtml:
      return WriteHtml(job);
    case ExportFormat::kZip:
      return WriteZip(job);
    case ExportFormat::kJson:
      return WriteJson(job);
    case ExportFormat::kContactSheet:
      return WriteContactSheet(job, job.out);
    case ExportFormat::kCredits:
      return WriteCredits(job);
    case ExportFormat::kPur:
      return WritePur(job);
  }
  return Error(Code::kInvalidArgument, "no such format to export a board in");
}

}  // namespace

Result<BoardExportReport> ExportBoard(const Board& board, PictureSource& source, const ExportRequest& request,
                                      const std::string& file, VectorObserver* observer,
                                      const StopSignal& stop) {
  VITRINE_TRY(CheckRequest(board, request));
  VITRINE_TRY_ASSIGN(PendingFile out, PendingFile::Create(file));
  ExportJob job(board, source, request, out, observer, stop);
  job.report.pictures = PicturesInReadingOrder(board).size();
  if (!job.Stopped()) VITRINE_TRY(WriteFormat(job));
  if (job.Stopped()) return job.report;
  job.Finish();
  VITRINE_TRY_ASSIGN(job.report.bytes, out.Size());
  VITRINE_TRY(out.Publish());
  return std::move(job.report);
}

}  // namespace vitrine
