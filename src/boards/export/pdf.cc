// A board as one page of PDF. A JPEG goes in as its own coded data, so nothing is lost and little is added;
// other pictures as all their pixels. cairo writes the page only when it is finished, and would keep all of
// it in memory until then: so a JPEG's bytes lie in a nameless file that is mapped, its pixels stand in as
// memory that is never touched, and other pictures are decoded when their turn to be written comes.
#include <cairo-pdf.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <list>
#include <map>
#include <optional>

#include "base/try.h"
#include "boards/export/export_job.h"
#include "boards/export/file_metadata.h"
#include "boards/export/jpeg_segments.h"
#include "boards/export/paint.h"
#include "boards/export/pdf_surface.h"
#include "boards/export/picture_surface.h"

namespace vitrine {
namespace {

constexpr double kMostPoints = 14'400;  // ISO 32000-1, annex C
constexpr double kLeastPoints = 3;

struct Mapped {
  void* data = nullptr;
  std::size_t size = 0;
};

void Unmap(void* mapped) {
  auto* const map = static_cast<Mapped*>(mapped);
  munmap(map->data, map->size);
  delete map;
}

// What takes the pixels of an upright picture to those of the file, as EXIF numbers it.
cairo_matrix_t UprightToStored(int orientation, double stored_width, double stored_height) {
  const double w = stored_width, h = stored_height;
  const std::array<cairo_matrix_t, 8> matrices = {{{1, 0, 0, 1, 0, 0},
                                                   {-1, 0, 0, 1, w, 0},
                                                   {-1, 0, 0, -1, w, h},
                                                   {1, 0, 0, -1, 0, h},
                                                   {0, 1, 1, 0, 0, 0},
                                                   {0, -1, 1, 0, 0, h},
                                                   {0, -1, -1, 0, w, h},
                                                   {0, 1, -1, 0, w, 0}}};
  return matrices[static_cast<std::size_t>(std::clamp(orientation, 1, 8) - 1)];
}

class PdfPictures {
 public:
  explicit PdfPictures(ExportJob& job) : job_(job) {}

  Result<PicturePattern> Get(const BoardItem& item) {
    job_.Step("putting pictures in", ++done_, job_.report.pictures);
    if (job_.Stopped()) return Error(Code::kCancelled, "stopped");
    if (!item.grey) {
      auto made = coded_.find(item.content);
      if (made == coded_.end()) made = coded_.emplace(item.content, Coded(item.content)).first;
      if (made->second) return Pattern(*made->second);
    }
    return Late(item);
  }

  // For the notes.
  std::uint64_t converted() const { return converted_; }
  bool failed_late() const { return failed_late_; }

 private:
  struct CodedPicture {
    CairoSurface surface;
    std::int32_t width_px = 0, height_px = 0;  // As stored.
    int orientation = 1;
  };
  // A picture whose pixels are fetched when cairo asks.
  struct LatePicture {
    PdfPictures* owner = nullptr;
    std::string content;
    bool grey = false;
    std::int32_t width_px = 0, height_px = 0;
  };

  // The JPEG of a file as it is, where a PDF may hold it; nothing otherwise.
  std::optional<CodedPicture> Coded(const std::string& content) {
    const SourcePicture& picture = job_.Picture(content);
    if (!picture.available || picture.format != "jpeg") return std::nullopt;
    Result<std::string> bytes = ReadOriginal(job_, content);
    if (!bytes) return std::nullopt;
    const Result<JpegInfo> info = ReadJpegInfo(*bytes);
    if (!info || !info->common || info->bits != 8 || (info->components != 1 && info->components != 3)) {
      return std::nullopt;
    }
    // A PDF holds a JPEG's numbers, not its profile.
    if (!info->srgb) {
      ++converted_;
      return std::nullopt;
    }
    CodedPicture coded{.width_px = info->width_px, .height_px = info->height_px};
    coded.orientation = ReadTiffMetadata(info->exif).orientation;
    if (!job_.request.keep_private) {
      Result<std::string> stripped = StripJpeg(*bytes, 1);
      if (!stripped) return std::nullopt;
      *bytes = *std::move(stripped);
    }
    coded.surface = SurfaceWithJpeg(*bytes, content, coded.width_px, coded.height_px);
    if (!coded.surface) return std::nullopt;
    return coded;
  }

  CairoSurface SurfaceWithJpeg(const std::string& bytes, const std::string& content, std::int32_t width_px,
                               std::int32_t height_px) {
    Result<UniqueFd> file = NamelessFileBeside(job_.out.path());
    if (!file || !WriteAll(file->get(), bytes, job_.out.path())) return nullptr;
    void* const data = mmap(nullptr, bytes.size(), PROT_READ, MAP_PRIVATE, file->get(), 0);
    if (data == MAP_FAILED) return nullptr;
    auto* const mapped = new Mapped{data, bytes.size()};
    CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px));
    const cairo_status_t set =
        cairo_surface_set_mime_data(surface.get(), CAIRO_MIME_TYPE_JPEG,
                                    static_cast<const unsigned char*>(data), bytes.size(), Unmap, mapped);
    if (set != CAIRO_STATUS_SUCCESS) {
      Unmap(mapped);
      return nullptr;
    }
    auto* const id = new std::string(content);
    const cairo_status_t named = cairo_surface_set_mime_data(
        surface.get(), CAIRO_MIME_TYPE_UNIQUE_ID, reinterpret_cast<const unsigned char*>(id->data()),
        id->size(), [](void* text) { delete static_cast<std::string*>(text); }, id);
    if (named != CAIRO_STATUS_SUCCESS) delete id;
    return surface;
  }

  static Result<PicturePattern> Pattern(const CodedPicture& coded) {
    CairoPattern pattern(cairo_pattern_create_for_surface(coded.surface.get()));
    const cairo_matrix_t matrix = UprightToStored(coded.orientation, coded.width_px, coded.height_px);
    cairo_pattern_set_matrix(pattern.get(), &matrix);
    const bool turned = coded.orientation >= 5;
    return PicturePattern{std::move(pattern), static_cast<double>(turned ? coded.height_px : coded.width_px),
                          static_cast<double>(turned ? coded.width_px : coded.height_px)};
  }

  Result<PicturePattern> Late(const BoardItem& item) {
    // Its size has to be known now, and only its pixels tell what the source gives.
    VITRINE_TRY_ASSIGN(const cairo_surface_t* surface, Pixels(item.content, item.grey));
    auto* const mutable_surface = const_cast<cairo_surface_t*>(surface);
    LatePicture& late = late_.emplace_back();
    late = {this, item.content, item.grey, cairo_image_surface_get_width(mutable_surface),
            cairo_image_surface_get_height(mutable_surface)};
    CairoPattern pattern(
        cairo_pattern_create_raster_source(&late, CAIRO_CONTENT_COLOR, late.width_px, late.height_px));
    cairo_raster_source_pattern_set_acquire(pattern.get(), Acquire, Release);
    return PicturePattern{std::move(pattern), static_cast<double>(late.width_px),
                          static_cast<double>(late.height_px)};
  }

  static cairo_surface_t* Acquire(cairo_pattern_t*, void* data, cairo_surface_t*,
                                  const cairo_rectangle_int_t*) {
    const auto* const late = static_cast<const LatePicture*>(data);
    const Result<cairo_surface_t*> surface = late->owner->Pixels(late->content, late->grey);
    if (surface && cairo_image_surface_get_width(*surface) == late->width_px) {
      return cairo_surface_reference(*surface);
    }
    late->owner->failed_late_ = true;
    return nullptr;
  }
  static void Release(cairo_pattern_t*, void*, cairo_surface_t* surface) { cairo_surface_destroy(surface); }

  // The last one is kept: cairo asks for each several times.
  Result<cairo_surface_t*> Pixels(const std::string& content, bool grey) {
    if (!last_ || last_content_ != content || last_grey_ != grey) {
      last_.reset();
      Result<RgbImage> image = job_.source.Pixels(content, WholeEdge(job_.Picture(content)));
      if (!image) {
        job_.Miss(content);
        return std::move(image).error();
      }
      VITRINE_TRY_ASSIGN(last_, SurfaceOf(*image, grey));
      last_content_ = content;
      last_grey_ = grey;
    }
    return last_.get();
  }

  ExportJob& job_;
  std::map<std::string, std::optional<CodedPicture>> coded_;
  std::list<LatePicture> late_;
  CairoSurface last_;
  std::string last_content_;
  bool last_grey_ = false;
  bool failed_late_ = false;
  std::uint64_t converted_ = 0, done_ = 0;
};

// The board's frames as the document's outline.
void AddOutline(cairo_surface_t* pdf, const Board& board, const Rect& sheet, double scale) {
  for (const BoardItem& item : board.items) {
    if (item.kind != ItemKind::kFrame || item.text.empty()) continue;
    const Rect extent = ExtentOf(item);
    std::array<char, 96> where{};
    std::snprintf(where.data(), where.size(), "page=1 pos=[%d %d]",
                  static_cast<int>((extent.left - sheet.left) * scale),
                  static_cast<int>((extent.top - sheet.top) * scale));
    cairo_pdf_surface_add_outline(pdf, CAIRO_PDF_OUTLINE_ROOT, item.text.c_str(), where.data(),
                                  static_cast<cairo_pdf_outline_flags_t>(0));
  }
}

}  // namespace

Status WritePdf(ExportJob& job) {
  const Rect sheet = SheetOf(job.board);
  const double longest = std::max(sheet.width(), sheet.height());
  const double scale = std::clamp(1.0, kLeastPoints / longest, kMostPoints / longest);
  PdfPictures pictures(job);
  VITRINE_TRY_ASSIGN(PdfSurface pdf,
                     PdfSurface::Begin(job.out, std::max(sheet.width() * scale, 1.0),
                                       std::max(sheet.height() * scale, 1.0), job.board.name));
  {
    const CairoContext context(cairo_create(pdf.get()));
    const Colour ground = SheetColourOf(job.board);
    cairo_set_source_rgb(context.get(), ground.red, ground.green, ground.blue);
    cairo_paint(context.get());
    cairo_scale(context.get(), scale, scale);
    cairo_translate(context.get(), -sheet.left, -sheet.top);
    const PictureGetter getter = [&pictures](const BoardItem& item) { return pictures.Get(item); };
    for (const BoardItem* item : DrawingOrder(job.board)) {
      if (job.Stopped()) break;
      const bool picture = item->kind == ItemKind::kPicture;
      DrawItem(context.get(), *item, picture ? job.Picture(item->content).name : std::string(), getter);
    }
    AddOutline(pdf.get(), job.board, sheet, scale);
    job.Step("writing the page", 0, 0);
    cairo_show_page(context.get());
  }
  VITRINE_TRY(pdf.Finish());
  if (pictures.failed_late() && !job.report.stopped) {
    return Error(Code::kIo, "a picture went away while the PDF was written: try again");
  }
  if (pictures.converted() > 0) {
    job.Note(CountText(pictures.converted(), "JPEG has", "JPEGs have") +
             " colours beyond sRGB: their pixels are in the PDF as sRGB, not their own data");
  }
  return {};
}

}  // namespace vitrine
