// A board as one PNG of up to 16,384 px. A surface of the whole would take 1 GB, so the board is drawn in
// bands of a few hundred rows, each handed to the encoder and drawn over by the next. A picture is decoded at
// the resolution that it is shown in when its first band comes, and let go after its last; what is kept
// between bands is bounded, and pictures that do not fit are decoded again.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "base/try.h"
#include "boards/export/export_job.h"
#include "boards/export/paint.h"
#include "boards/export/picture_surface.h"
#include "boards/export/png_writer.h"
#include "boards/export/scene.h"

namespace vitrine {
namespace {

constexpr std::size_t kBandBytes = std::size_t{16} << 20;
constexpr std::size_t kKeptBytes = std::size_t{192} << 20;
constexpr std::int32_t kMostRows = 512;

// Decoded pictures between bands.
class KeptPictures {
 public:
  KeptPictures(ExportJob& job, double scale) : job_(job), scale_(scale) {}

  Result<PicturePattern> Get(const BoardItem& item) {
    auto kept = kept_.find(&item);
    if (kept == kept_.end()) {
      VITRINE_TRY_ASSIGN(Kept made, Make(item));
      MakeRoom(made.bytes);
      used_ += made.bytes;
      kept = kept_.emplace(&item, std::move(made)).first;
    }
    kept->second.last_use = ++uses_;
    cairo_surface_t* surface = kept->second.surface.get();
    CairoPattern pattern(cairo_pattern_create_for_surface(surface));
    cairo_pattern_set_extend(pattern.get(), CAIRO_EXTEND_PAD);
    cairo_pattern_set_filter(pattern.get(), CAIRO_FILTER_GOOD);
    return PicturePattern{std::move(pattern), static_cast<double>(cairo_image_surface_get_width(surface)),
                          static_cast<double>(cairo_image_surface_get_height(surface))};
  }

  void LetGo(const BoardItem& item) {
    const auto kept = kept_.find(&item);
    if (kept == kept_.end()) return;
    used_ -= kept->second.bytes;
    kept_.erase(kept);
  }

 private:
  struct Kept {
    CairoSurface surface;
    std::size_t bytes = 0;
    std::uint64_t last_use = 0;
  };

  Result<Kept> Make(const BoardItem& item) {
    const SourcePicture& picture = job_.Picture(item.content);
    Result<RgbImage> pixels = job_.source.Pixels(item.content, EdgeToAskFor(picture, item, scale_));
    if (!pixels) {
      job_.Miss(item.content);
      return std::move(pixels).error();
    }
    Kept kept;
    kept.bytes = pixels->pixels.size() / 3 * 4;
    VITRINE_TRY_ASSIGN(kept.surface, SurfaceOf(*pixels, item.grey));
    return kept;
  }

  void MakeRoom(std::size_t bytes) {
    while (!kept_.empty() && used_ + bytes > kKeptBytes) {
      const auto oldest =
          std::ranges::min_element(kept_, {}, [](const auto& entry) { return entry.second.last_use; });
      used_ -= oldest->second.bytes;
      kept_.erase(oldest);
    }
  }

  ExportJob& job_;
  double scale_;
  std::map<const BoardItem*, Kept> kept_;
  std::size_t used_ = 0;
  std::uint64_t uses_ = 0;
};

// An item and the rows that it touches.
struct Placed {
  const BoardItem* item = nullptr;
  double top = 0, bottom = 0;
};

std::vector<Placed> PlaceItems(const Board& board, const Rect& sheet, double scale) {
  std::vector<Placed> placed;
  for (const BoardItem* item : DrawingOrder(board)) {
    const Rect extent = ExtentOf(*item);
    // A row more on each side for shadows and smoothed edges.
    placed.push_back({item, (extent.top - sheet.top) * scale - 4, (extent.bottom - sheet.top) * scale + 4});
  }
  return placed;
}

Status WriteRows(PngWriter& writer, cairo_surface_t* band, std::int32_t width_px, std::int32_t rows) {
  cairo_surface_flush(band);
  const std::uint8_t* data = cairo_image_surface_get_data(band);
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(band));
  std::vector<std::uint8_t> rgb(static_cast<std::size_t>(width_px) * 3);
  for (std::int32_t y = 0; y < rows; ++y) {
    const std::uint8_t* from = data + static_cast<std::size_t>(y) * stride;
    for (std::size_t x = 0; x < static_cast<std::size_t>(width_px); ++x) {
      std::uint32_t pixel = 0;
      std::memcpy(&pixel, from + x * 4, 4);
      rgb[x * 3] = static_cast<std::uint8_t>(pixel >> 16);
      rgb[x * 3 + 1] = static_cast<std::uint8_t>(pixel >> 8);
      rgb[x * 3 + 2] = static_cast<std::uint8_t>(pixel);
    }
    VITRINE_TRY(writer.WriteRow(rgb));
  }
  return {};
}

}  // namespace

Status WritePng(ExportJob& job) {
  const Rect sheet = SheetOf(job.board);
  const double scale = job.request.edge_px / std::max(sheet.width(), sheet.height());
  const auto pixels = [scale](double units) {
    return std::max(1, static_cast<std::int32_t>(std::lround(units * scale)));
  };
  const std::int32_t width_px = pixels(sheet.width()), height_px = pixels(sheet.height());
  const std::int32_t band_rows = std::clamp(
      static_cast<std::int32_t>(kBandBytes / (static_cast<std::size_t>(width_px) * 4)), 16, kMostRows);
  const CairoSurface band(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, band_rows));
  if (cairo_surface_status(band.get()) != CAIRO_STATUS_SUCCESS) {
    return Error(Code::kInternal, "no memory to draw the board");
  }
  VITRINE_TRY_ASSIGN(PngWriter writer, PngWriter::Begin(width_px, height_px, [&job](std::string_view bytes) {
                       return job.out.Write(bytes);
                     }));
  KeptPictures kept(job, scale);
  const PictureGetter getter = [&kept](const BoardItem& item) { return kept.Get(item); };
  const std::vector<Placed> placed = PlaceItems(job.board, sheet, scale);
  const Colour ground = SheetColourOf(job.board);
  for (std::int32_t top = 0; top < height_px; top += band_rows) {
    job.Step("drawing the board", static_cast<std::uint64_t>(top), static_cast<std::uint64_t>(height_px));
    const std::int32_t rows = std::min(band_rows, height_px - top);
    const CairoContext context(cairo_create(band.get()));
    cairo_set_source_rgb(context.get(), ground.red, ground.green, ground.blue);
    cairo_paint(context.get());
    cairo_translate(context.get(), 0, -top);
    cairo_scale(context.get(), scale, scale);
    cairo_translate(context.get(), -sheet.left, -sheet.top);
    for (const Placed& place : placed) {
      if (place.bottom < top || place.top > top + rows) continue;
      if (job.Stopped()) return {};
      const bool picture = place.item->kind == ItemKind::kPicture;
      DrawItem(context.get(), *place.item, picture ? job.Picture(place.item->content).name : std::string(),
               getter);
      if (place.bottom <= top + rows) kept.LetGo(*place.item);
    }
    if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) {
      return Error(Code::kInternal, std::string("the board cannot be drawn: ") +
                                        cairo_status_to_string(cairo_status(context.get())));
    }
    VITRINE_TRY(WriteRows(writer, band.get(), width_px, rows));
  }
  return writer.Finish();
}

}  // namespace vitrine
