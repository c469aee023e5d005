#include "boards/export/pdf_surface.h"

#include <cairo-pdf.h>

#include <string_view>
#include <utility>

namespace vitrine {

Result<PdfSurface> PdfSurface::Begin(PendingFile& out, double width_pt, double height_pt,
                                     const std::string& title) {
  PdfSurface pdf;
  pdf.stream_ = std::make_unique<Stream>();
  pdf.stream_->out = &out;
  const auto write = [](void* closure, const unsigned char* data, unsigned int length) {
    auto* const stream = static_cast<Stream*>(closure);
    if (stream->error) return CAIRO_STATUS_WRITE_ERROR;
    Status written = stream->out->Write({reinterpret_cast<const char*>(data), length});
    if (written) return CAIRO_STATUS_SUCCESS;
    stream->error = std::move(written).error();
    return CAIRO_STATUS_WRITE_ERROR;
  };
  pdf.surface_.reset(cairo_pdf_surface_create_for_stream(write, pdf.stream_.get(), width_pt, height_pt));
  cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
  cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_CREATOR, "Vitrine");
  if (cairo_surface_status(pdf.get()) != CAIRO_STATUS_SUCCESS) {
    return Error(Code::kInternal, "no PDF can be begun");
  }
  return pdf;
}

Status PdfSurface::Finish() {
  cairo_surface_finish(surface_.get());
  if (stream_->error) return *stream_->error;
  const cairo_status_t status = cairo_surface_status(surface_.get());
  if (status == CAIRO_STATUS_SUCCESS) return {};
  return Error(Code::kInternal, std::string("the PDF cannot be written: ") + cairo_status_to_string(status));
}

}  // namespace vitrine
