// A cairo PDF surface that writes into a PendingFile.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "boards/export/cairo_ptr.h"
#include "boards/export/pending_file.h"
#include "vitrine/result.h"

namespace vitrine {

class PdfSurface {
 public:
  /// @param out    outlives the surface.
  /// @param title  of the document.
  static Result<PdfSurface> Begin(PendingFile& out, double width_pt, double height_pt,
                                  const std::string& title);

  cairo_surface_t* get() const { return surface_.get(); }
  /// Writes what is left. Errors: those of writing; kInternal (cairo's).
  Status Finish();

 private:
  struct Stream {
    PendingFile* out = nullptr;
    std::optional<Error> error;
  };
  std::unique_ptr<Stream> stream_;
  CairoSurface surface_;  // Goes before the stream that it writes to.
};

}  // namespace vitrine
