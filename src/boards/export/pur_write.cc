// A board as a PureRef 1.10 scene: pictures as PNG with crop, turn and flip, notes as notes. What the format
// has no place for (arrows, frames but for their titles, opacity, groups) is counted and said. The MD5 in the
// header is of all that follows it, so it is set when the rest stands.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <numbers>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/export/export_job.h"
#include "boards/export/picture_surface.h"
#include "boards/export/png_writer.h"
#include "boards/export/pur_format.h"
#include "boards/export/scene.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostItems = 65'535;  // counted in 16 bits

// Bytes in the order that the format wants.
class Bytes {
 public:
  void U8(std::uint8_t value) { out_ += static_cast<char>(value); }
  void U16(std::uint16_t value) { Number(value, 2); }
  void U32(std::uint32_t value) { Number(value, 4); }
  void U64(std::uint64_t value) { Number(value, 8); }
  void Real(double value) { Number(std::bit_cast<std::uint64_t>(value), 8); }
  void Reals(std::initializer_list<double> values) {
    for (const double value : values) Real(value);
  }
  void Utf16(std::string_view text) {
    for (const char32_t letter : DecodeUtf8(text)) {
      if (letter >= 0x10000) {
        U16(static_cast<std::uint16_t>(0xD800 + ((letter - 0x10000) >> 10)));
        U16(static_cast<std::uint16_t>(0xDC00 + ((letter - 0x10000) & 0x3FF)));
      } else {
        U16(static_cast<std::uint16_t>(letter));
      }
    }
  }
  void String(std::string_view text) {
    Bytes units;
    units.Utf16(text);
    U32(static_cast<std::uint32_t>(units.out_.size()));
    out_ += units.out_;
  }
  std::string& text() { return out_; }

 private:
  void Number(std::uint64_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
      out_ += static_cast<char>((value >> shift) & 255);
  }
  std::string out_;
};

void Put(std::string& header, std::size_t at, Bytes bytes) {
  header.replace(at, bytes.text().size(), bytes.text());
}

// The linear part of an item's transform, rows as Qt has them: x' = m11 x + m21 y, y' = m12 x + m22 y.
struct Linear {
  double m11 = 1, m12 = 0, m21 = 0, m22 = 1;
};

Linear LinearOf(const BoardItem& item, double scale_x, double scale_y) {
  const double angle = item.rotation_deg * std::numbers::pi / 180;
  const double sx = scale_x * (item.flip_x ? -1 : 1), sy = scale_y * (item.flip_y ? -1 : 1);
  return {sx * std::cos(angle), sx * std::sin(angle), -sy * std::sin(angle), sy * std::cos(angle)};
}

struct WrittenPicture {
  const BoardItem* item = nullptr;
  double width_px = 0, height_px = 0;
  std::uint64_t start = 0, end = 0;
};

class PurWriter {
 public:
  explicit PurWriter(ExportJob& job) : job_(job) {}

  Status Write() {
    const std::vector<const BoardItem*> items = DrawingOrder(job_.board);
    if (items.size() > kMostItems)
      return Error(Code::kUnsupported, "a PureRef scene holds at most 65,535 items");
    VITRINE_TRY(Append(std::string(pur::kHeaderBytes, '\0')));
    VITRINE_TRY(WritePictures(items));
    if (job_.report.stopped) return {};
    std::uint32_t id = 0;
    std::uint32_t z = 0;
    for (const WrittenPicture& picture : pictures_) VITRINE_TRY(Append(PictureBlock(picture, id++, ++z)));
    for (const BoardItem* item : items) {
      if (HasText(*item)) VITRINE_TRY(Append(NoteBlock(*item, id++, ++z)));
    }
    Bytes folder;
    folder.String("");
    VITRINE_TRY(Append(folder.text()));
    const std::uint64_t table = written_;
    Bytes references;
    for (std::uint32_t i = 0; i < pictures_.size(); ++i) {
      references.U32(i);
      references.U64(pictures_[i].start);
      references.U64(pictures_[i].end);
    }
    VITRINE_TRY(Append(references.text()));
    VITRINE_TRY(WriteHeader(table, id));
    SayLosses(items);
    return {};
  }

 private:
  static bool HasText(const BoardItem& item) {
    return item.kind == ItemKind::kNote || (item.kind == ItemKind::kFrame && !item.text.empty());
  }

  Status Append(std::string_view bytes) {
    written_ += bytes.size();
    return job_.out.Write(bytes);
  }

  Status WritePictures(const std::vector<const BoardItem*>& items) {
    std::size_t done = 0;
    for (const BoardItem* item : items) {
      if (item->kind != ItemKind::kPicture) continue;
      if (job_.Stopped()) return {};
      job_.Step("putting pictures in", done++, items.size());
      Result<RgbImage> image = job_.source.Pixels(item->content, WholeEdge(job_.Picture(item->content)));
      if (!image) {
        job_.Miss(item->content);
        continue;
      }
      if (item->grey) MakeGrey(*image);
      WrittenPicture picture{item, static_cast<double>(image->width_px),
                             static_cast<double>(image->height_px), written_, 0};
      VITRINE_TRY_ASSIGN(PngWriter png,
                         PngWriter::Begin(image->width_px, image->height_px,
                                          [this](std::string_view bytes) { return Append(bytes); }));
      const std::size_t row = static_cast<std::size_t>(image->width_px) * 3;
      for (std::size_t y = 0; y < static_cast<std::size_t>(image->height_px); ++y) {
        VITRINE_TRY(png.WriteRow({image->pixels.data() + y * row, row}));
      }
      VITRINE_TRY(png.Finish());
      picture.end = written_;
      pictures_.push_back(picture);
    }
    return {};
  }

  // A block begins with the place where it ends.
  std::string Closed(Bytes& fields) const {
    Bytes block;
    block.U64(written_ + 8 + fields.text().size());
    return block.text() + fields.text();
  }

  std::string PictureBlock(const WrittenPicture& picture, std::uint32_t id, std::uint32_t z) {
    const BoardItem& item = *picture.item;
    const double left = (item.crop.left - 0.5) * picture.width_px,
                 right = (item.crop.right - 0.5) * picture.width_px;
    const double top = (item.crop.top - 0.5) * picture.height_px,
                 bottom = (item.crop.bottom - 0.5) * picture.height_px;
    const Linear m =
        LinearOf(item, item.width / std::max(right - left, 1e-6), item.height / std::max(bottom - top, 1e-6));
    // Its place is that of the whole picture's middle, which the crop may have left beside.
    const double mid_x = (left + right) / 2, mid_y = (top + bottom) / 2;
    const Point middle = MiddleOf(item);
    const std::string& name = job_.Picture(item.content).name;
    Bytes out;
    out.U32(static_cast<std::uint32_t>(2 * pur::kPictureClass.size()));
    out.Utf16(pur::kPictureClass);
    out.String(name);
    out.String(name);
    out.Real(1);
    out.Reals({m.m11, m.m12, 0, m.m21, m.m22, 0});
    out.Reals({middle.x - (m.m11 * mid_x + m.m21 * mid_y), middle.y - (m.m12 * mid_x + m.m22 * mid_y)});
    out.Real(1);
    out.U32(id);
    out.Real(z);
    out.Reals({1, 0, 0, 0, 1, 0, -picture.width_px / 2, -picture.height_px / 2, 1});
    const std::array<Point, 5> outline = {
        Point{left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top}};
    out.U32(outline.size());
    for (std::size_t i = 0; i < outline.size(); ++i) {
      out.U32(i == 0 ? 0 : 1);
      out.Reals({outline[i].x, outline[i].y});
    }
    out.Real(0);
    out.U32(1);
    out.U8(0);
    out.U64(~std::uint64_t{0});
    out.U32(0);
    return Closed(out);
  }

  static void PutColour(Bytes& out, const Colour& colour) {
    out.U8(1);
    out.U16(0xFFFF);
    for (const double channel : {colour.red, colour.green, colour.blue}) {
      out.U16(static_cast<std::uint16_t>(std::lround(channel * 65535)));
    }
  }

  std::string NoteBlock(const BoardItem& item, std::uint32_t id, std::uint32_t z) {
    const bool note = item.kind == ItemKind::kNote;
    const Colour paper = note ? ColourOf(item.colour, board_theme::kNote) : SheetColourOf(job_.board);
    const double scale = item.font_px / pur::kNoteFontPx;
    const Linear m = LinearOf(item, scale, scale);
    const Rect box = BoxOf(item);
    const Point place{box.left, note ? box.top : box.top - 1.5 * item.font_px};
    const Point middle = MiddleOf(item);
    const double angle = item.rotation_deg * std::numbers::pi / 180;
    const double dx = place.x - middle.x, dy = place.y - middle.y;
    Bytes out;
    out.U32(static_cast<std::uint32_t>(2 * pur::kNoteClass.size()));
    out.Utf16(pur::kNoteClass);
    out.String(item.text);
    out.Reals({m.m11, m.m12, 0, m.m21, m.m22, 0});
    out.Reals({middle.x + dx * std::cos(angle) - dy * std::sin(angle),
               middle.y + dx * std::sin(angle) + dy * std::cos(angle)});
    out.Real(1);
    out.U32(id);
    out.Real(z);
    PutColour(out, InkOn(paper));
    out.U16(0);
    PutColour(out, paper);
    out.U16(0);
    out.U32(0);
    return Closed(out);
  }

  Status WriteHeader(std::uint64_t table, std::uint32_t ids) {
    const auto text = [](std::string_view words) {
      Bytes bytes;
      bytes.String(words);
      return bytes;
    };
    std::string header(pur::kHeaderBytes, '\0');
    Put(header, 0, text("1.10"));
    Bytes counts;
    counts.U16(static_cast<std::uint16_t>(ids));
    counts.U16(static_cast<std::uint16_t>(pictures_.size()));
    counts.U64(table);
    Put(header, pur::kItemCountAt, counts);
    Bytes program;
    program.U32(12);
    Put(header, pur::kProgramAt, program);
    Bytes id_count;
    id_count.U32(ids);
    Put(header, pur::kIdCountAt, id_count);
    const Rect sheet = job_.board.items.empty() ? Rect{-1000, -1000, 1000, 1000} : SheetOf(job_.board);
    Bytes canvas;
    canvas.Reals({sheet.left, sheet.top, sheet.right, sheet.bottom});
    Put(header, pur::kCanvasAt, canvas);
    Bytes one;
    one.Real(1);
    for (const std::size_t at : {pur::kZoomXAt, pur::kZoomYAt, pur::kZoomStepAt}) Put(header, at, one);
    VITRINE_TRY(Overwrite(header));
    VITRINE_TRY_ASSIGN(const std::string checksum, Md5OfFile(job_.out.fd(), pur::kCheckedFrom));
    Put(header, pur::kChecksumAt, text(checksum));
    return Overwrite(header);
  }

  Status Overwrite(const std::string& header) {
    if (lseek(job_.out.fd(), 0, SEEK_SET) != 0) return ErrnoError("cannot write", job_.out.path(), errno);
    return job_.out.Write(header);
  }

  static void MakeGrey(RgbImage& image) {
    for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
      const std::uint32_t luma =
          (image.pixels[i] * 13933u + image.pixels[i + 1] * 46871u + image.pixels[i + 2] * 4732u + 32768u) >>
          16;
      image.pixels[i] = image.pixels[i + 1] = image.pixels[i + 2] = static_cast<std::uint8_t>(luma);
    }
  }

  void SayLosses(const std::vector<const BoardItem*>& items) {
    std::uint64_t arrows = 0, frames = 0, faint = 0, captions = 0;
    for (const BoardItem* item : items) {
      if (item->kind == ItemKind::kArrow) ++arrows;
      if (item->kind == ItemKind::kFrame) ++frames;
      if (item->opacity < 1) ++faint;
      if (item->kind == ItemKind::kPicture && !item->text.empty()) ++captions;
    }
    std::string lost;
    const auto add = [&lost](std::uint64_t count, std::string_view one, std::string_view many) {
      if (count > 0) lost += (lost.empty() ? "" : ", ") + CountText(count, one, many);
    };
    add(arrows, "arrow", "arrows");
    add(frames, "frame (its title is a note)", "frames (their titles are notes)");
    add(faint, "opacity", "opacities");
    add(captions, "caption", "captions");
    if (!lost.empty()) job_.Note("PureRef 1.10 scenes have no place for: " + lost);
    job_.Note("written after public notes on PureRef 1.10's format, not tried in PureRef itself");
  }

  ExportJob& job_;
  std::uint64_t written_ = 0;
  std::vector<WrittenPicture> pictures_;
};

}  // namespace

Status WritePur(ExportJob& job) { return PurWriter(job).Write(); }

}  // namespace vitrine
