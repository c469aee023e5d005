// A PDF of A4 pages with every picture of a board, its name and what is known of it. Pictures go in as small
// JPEGs.
#include <cairo-pdf.h>

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "boards/export/credits.h"
#include "boards/export/export_job.h"
#include "boards/export/jpeg_segments.h"
#include "boards/export/paint.h"
#include "boards/export/pdf_surface.h"
#include "boards/export/scene.h"
#include "boards/export/text.h"

namespace vitrine {
namespace {

constexpr double kPageWidth = 595.28, kPageHeight = 841.89, kMargin = 40;  // points
constexpr std::size_t kColumns = 3, kRows = 4, kOnAPage = kColumns * kRows;
constexpr double kHeadHeight = 44, kFootHeight = 24, kGap = 16, kTextHeight = 40;
constexpr std::int32_t kEdgePx = 640;
constexpr Colour kInk{0.13, 0.125, 0.12}, kQuiet{0.45, 0.44, 0.43};

Result<PicturePattern> SmallPicture(ExportJob& job, const std::string& content) {
  Result<std::string> jpeg = job.source.Jpeg(content, kEdgePx);
  if (!jpeg) {
    job.Miss(content);
    return std::move(jpeg).error();
  }
  VITRINE_TRY_ASSIGN(const JpegInfo info, ReadJpegInfo(*jpeg));
  const CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, info.width_px, info.height_px));
  auto* const bytes = new std::string(*std::move(jpeg));
  const cairo_status_t set = cairo_surface_set_mime_data(
      surface.get(), CAIRO_MIME_TYPE_JPEG, reinterpret_cast<const unsigned char*>(bytes->data()),
      bytes->size(), [](void* text) { delete static_cast<std::string*>(text); }, bytes);
  if (set != CAIRO_STATUS_SUCCESS) {
    delete bytes;
    return Error(Code::kInternal, "no memory for a picture of the contact sheet");
  }
  return PicturePattern{CairoPattern(cairo_pattern_create_for_surface(surface.get())),
                        static_cast<double>(info.width_px), static_cast<double>(info.height_px)};
}

void DrawCell(cairo_t* context, ExportJob& job, const BoardItem& item, const Rect& cell) {
  const SourcePicture& picture = job.Picture(item.content);
  const double room = cell.height() - kTextHeight;
  const Result<PicturePattern> small = SmallPicture(job, item.content);
  if (small) {
    const double scale = std::min(cell.width() / small->width_px, room / small->height_px);
    const CairoState state(context);
    cairo_translate(context, cell.left + (cell.width() - small->width_px * scale) / 2,
                    cell.top + (room - small->height_px * scale) / 2);
    cairo_scale(context, scale, scale);
    cairo_rectangle(context, 0, 0, small->width_px, small->height_px);
    cairo_clip(context);
    cairo_set_source(context, small->pattern.get());
    cairo_paint(context);
  } else {
    DrawMissing(context, {cell.left, cell.top, cell.right, cell.top + room}, picture.name);
  }
  const double text_top = cell.top + room + 5;
  DrawText(context, picture.name, {.font_px = 8, .ink = kInk, .bold = true, .centred = true, .most_lines = 1},
           cell.left, text_top, cell.width());
  const std::string caption = !item.text.empty() ? item.text : picture.caption;
  DrawText(context, caption.empty() ? FactsLine(picture) : caption,
           {.font_px = 7.5, .ink = kQuiet, .centred = true, .most_lines = 2}, cell.left, text_top + 11,
           cell.width());
}

void DrawPageText(cairo_t* context, const ExportJob& job, std::size_t pictures, std::size_t page,
                  std::size_t pages) {
  const double width = kPageWidth - 2 * kMargin;
  DrawText(context, job.board.name, {.font_px = 16, .ink = kInk, .bold = true, .most_lines = 1}, kMargin,
           kMargin, width);
  const double foot = kPageHeight - kMargin - 8;
  DrawText(context, CountText(pictures, "picture", "pictures"), {.font_px = 8, .ink = kQuiet}, kMargin, foot,
           width);
  const std::string number = "page " + std::to_string(page + 1) + " of " + std::to_string(pages);
  const TextStyle style{.font_px = 8, .ink = kQuiet};
  DrawText(context, number, style, kPageWidth - kMargin - TextWidth(number, style), foot, width);
}

Rect CellOf(std::size_t place) {
  const double width = (kPageWidth - 2 * kMargin - kGap * (kColumns - 1)) / kColumns;
  const double height = (kPageHeight - 2 * kMargin - kHeadHeight - kFootHeight - kGap * (kRows - 1)) / kRows;
  const double left = kMargin + static_cast<double>(place % kColumns) * (width + kGap);
  const double top = kMargin + kHeadHeight + static_cast<double>(place / kColumns) * (height + kGap);
  return {left, top, left + width, top + height};
}

}  // namespace

Status WriteContactSheet(ExportJob& job, PendingFile& out) {
  const std::vector<const BoardItem*> pictures = PicturesInReadingOrder(job.board);
  const std::size_t pages = std::max<std::size_t>(1, (pictures.size() + kOnAPage - 1) / kOnAPage);
  VITRINE_TRY_ASSIGN(PdfSurface pdf, PdfSurface::Begin(out, kPageWidth, kPageHeight, job.board.name));
  {
    const CairoContext context(cairo_create(pdf.get()));
    for (std::size_t page = 0; page < pages; ++page) {
      DrawPageText(context.get(), job, pictures.size(), page, pages);
      const std::size_t end = std::min(pictures.size(), (page + 1) * kOnAPage);
      for (std::size_t i = page * kOnAPage; i < end; ++i) {
        if (job.Stopped()) return {};
        job.Step("making the contact sheet", i, pictures.size());
        DrawCell(context.get(), job, *pictures[i], CellOf(i % kOnAPage));
      }
      cairo_show_page(context.get());
    }
  }
  return pdf.Finish();
}

}  // namespace vitrine
