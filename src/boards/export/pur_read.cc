// A PureRef 1.10 scene as a board. Every length and place in the file is checked before it is followed;
// blocks say where they end, so fields that later programs add are stepped over.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/export/export_job.h"
#include "boards/export/pur_format.h"
#include "boards/export/scene.h"
#include "boards/export/text.h"
#include "boards/export/zip_read.h"
#include "boards/item_check.h"

namespace vitrine {
namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{2} << 30;
constexpr std::size_t kMostPoints = 10'000;

// Reads forward inside the file. Past its end everything is zero and `failed`.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  bool failed() const { return failed_; }
  std::size_t at() const { return at_; }
  std::size_t left() const { return at_ <= bytes_.size() ? bytes_.size() - at_ : 0; }
  std::uint8_t U8() { return static_cast<std::uint8_t>(Number(1)); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(Number(2)); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(Number(4)); }
  std::uint64_t U64() { return Number(8); }
  double Real() {
    const double value = std::bit_cast<double>(Number(8));
    if (!std::isfinite(value)) failed_ = true;
    return failed_ ? 0 : value;
  }
  std::string String() {
    const std::uint32_t length = U32();
    if (length == pur::kNullString) return {};
    return Utf16(length);
  }
  std::string Utf16(std::size_t length) {
    if (length % 2 != 0 || length > left()) {
      failed_ = true;
      return {};
    }
    std::string text;
    for (std::size_t i = 0; i < length; i += 2) {
      char32_t unit = U16();
      if (unit >= 0xD800 && unit < 0xDC00 && i + 4 <= length) {
        const char32_t low = U16();
        i += 2;
        unit = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                                             : char32_t{0xFFFD};
      }
      AppendUtf8(text, unit);
    }
    return text;
  }
  void Skip(std::size_t count) {
    if (count > left()) failed_ = true;
    if (!failed_) at_ += count;
  }

 private:
  std::uint64_t Number(std::size_t size) {
    if (failed_ || size > left()) {
      failed_ = true;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes_[at_ + i]);
    at_ += size;
    return value;
  }

  std::string_view bytes_;
  std::size_t at_;
  bool failed_ = false;
};

struct Matrix {
  double m11 = 1, m12 = 0, m21 = 0, m22 = 1, x = 0, y = 0;
};

Matrix ReadMatrix(Cursor& in) {
  Matrix m;
  m.m11 = in.Real();
  m.m12 = in.Real();
  in.Real();
  m.m21 = in.Real();
  m.m22 = in.Real();
  in.Real();
  m.x = in.Real();
  m.y = in.Real();
  return m;
}

// Colours are RGB, or HSV with hues of 0 to 35,900.
Colour ReadColour(Cursor& in) {
  const std::uint8_t kind = in.U8();
  in.U16();
  const double a = in.U16(), b = in.U16(), c = in.U16();
  if (kind != 2) return {a / 65535, b / 65535, c / 65535};
  const double hue = a / 6000, saturation = b / 65535, value = c / 65535;
  const auto channel = [&](double offset) {
    const double k = std::fmod(offset + hue, 6.0);
    return value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
  };
  return {channel(5), channel(3), channel(1)};
}

class PurReader {
 public:
  PurReader(const std::string& file, std::string_view bytes, std::string scratch, const StopSignal& stop)
      : file_(file), bytes_(bytes), scratch_(std::move(scratch)), stop_(stop) {}

  Result<ReadBoard> Read() {
    if (bytes_.size() < pur::kHeaderBytes) return Corrupt("it is cut off");
    Cursor header(bytes_, pur::kItemCountAt);
    const std::uint16_t items = header.U16();
    header.U16();
    const std::uint64_t table = header.U64();
    if (table < pur::kHeaderBytes || table > bytes_.size()) return Corrupt("its table lies outside the file");
    VITRINE_TRY(ReadTable(static_cast<std::size_t>(table)));
    VITRINE_TRY(ReadItems(items));
    VITRINE_TRY(Save());
    std::string name(CutUtf8(ToValidUtf8(NameOf(file_)), 200));
    if (name.ends_with(".pur")) name.resize(name.size() - 4);
    read_.board.name = CheckBoardName(name) ? name : "PureRef scene";
    if (linked_ > 0) {
      read_.notes.push_back(CountText(linked_, "picture is", "pictures are") +
                            " only linked in the scene, not in it: left out");
    }
    return std::move(read_);
  }

 private:
  struct Place {
    std::size_t start = 0, end = 0;
  };
  struct Picture {
    std::uint32_t id = 0;
    std::string name;
    Matrix matrix;
    Rect outline;
    double z = 0;
  };

  Error Corrupt(const std::string& what) const {
    return Error(Code::kCorrupt, "cannot read the PureRef scene " + Quoted(file_) + ": " + what);
  }

  Status ReadTable(std::size_t table) {
    Cursor in(bytes_, table);
    while (in.left() >= pur::kReferenceBytes) {
      const std::uint32_t id = in.U32();
      const std::uint64_t start = in.U64(), end = in.U64();
      if (start < pur::kHeaderBytes || start > end || end > table)
        return Corrupt("a picture lies outside the file");
      places_[id] = {static_cast<std::size_t>(start), static_cast<std::size_t>(end)};
      items_at_ = std::max(items_at_, static_cast<std::size_t>(end));
    }
    items_end_ = table;
    return {};
  }

  Status ReadItems(std::uint16_t roots) {
    std::size_t at = items_at_;
    std::uint64_t due = roots;
    while (due > 0) {
      --due;
      Cursor in(bytes_.substr(0, items_end_), at);
      const std::uint64_t end = in.U64();
      const std::uint32_t length = in.U32();
      const std::string kind = in.Utf16(std::min<std::uint32_t>(length, 64));
      if (in.failed() || end <= in.at() || end > items_end_) return Corrupt("an item lies outside the file");
      if (kind == pur::kPictureClass) {
        due += ReadPicture(in);
      } else if (kind == pur::kNoteClass) {
        due += ReadNote(in);
      } else {
        return Corrupt("it holds an item of an unknown kind");
      }
      if (in.failed() || in.at() > end) return Corrupt("an item is damaged");
      if (due > kMostBoardItems || pictures_.size() + notes_.size() > kMostBoardItems) {
        return Corrupt("it has more than 20,000 items");
      }
      at = static_cast<std::size_t>(end);
    }
    return {};
  }

  // Gives the number of notes that follow as its children.
  std::uint32_t ReadPicture(Cursor& in) {
    Picture picture;
    Cursor probe = in;
    if (probe.U32() == 0) in.U32();  // before the source of a picture that was found by its bytes alone
    const std::string source = in.String();
    picture.name = source == pur::kBruteForce ? "" : in.String();
    if (picture.name.empty() && source != pur::kBruteForce) picture.name = source;
    in.Real();
    picture.matrix = ReadMatrix(in);
    in.Real();
    picture.id = in.U32();
    picture.z = in.Real();
    in.Skip(9 * 8);
    const std::uint32_t points = in.U32();
    if (points > kMostPoints) {
      in.Skip(in.left() + 1);
      return 0;
    }
    picture.outline = {1e300, 1e300, -1e300, -1e300};
    for (std::uint32_t i = 0; i < points && !in.failed(); ++i) {
      in.U32();
      const double x = in.Real(), y = in.Real();
      picture.outline.Include({x, y, x, y});
    }
    in.Skip(8 + 4 + 1 + 8);
    const std::uint32_t children = in.U32();
    if (!in.failed()) pictures_.push_back(std::move(picture));
    return in.failed() ? 0 : children;
  }

  std::uint32_t ReadNote(Cursor& in) {
    BoardItem note{.kind = ItemKind::kNote};
    note.text = std::string(CutUtf8(in.String(), kMostItemText));
    const Matrix m = ReadMatrix(in);
    in.Real();
    in.U32();
    in.Real();
    ReadColour(in);
    in.U16();
    note.colour = HexOf(ReadColour(in));
    in.U16();
    const std::uint32_t children = in.U32();
    if (in.failed()) return 0;
    const double scale = std::hypot(m.m11, m.m12);
    note.font_px = std::clamp(pur::kNoteFontPx * scale, 4.0, 1000.0);
    note.rotation_deg = scale > 0 ? std::atan2(m.m12, m.m11) * 180 / std::numbers::pi : 0;
    const TextStyle style{.font_px = note.font_px};
    const double padding = 2 * board_theme::kNotePadding;
    note.width = std::clamp(TextWidth(note.text, style), 20.0, 24 * note.font_px) + padding + 1;
    note.height = TextHeight(note.text, style, note.width - padding) + padding;
    // It turns about its middle here, about its corner there.
    const double angle = note.rotation_deg * std::numbers::pi / 180;
    const double mid_x = m.x + note.width / 2 * std::cos(angle) - note.height / 2 * std::sin(angle);
    const double mid_y = m.y + note.width / 2 * std::sin(angle) + note.height / 2 * std::cos(angle);
    note.x = mid_x - note.width / 2;
    note.y = mid_y - note.height / 2;
    notes_.push_back(std::move(note));
    return children;
  }

  Status Save() {
    std::ranges::stable_sort(pictures_, {}, &Picture::z);
    std::int64_t z = 0;
    for (const Picture& picture : pictures_) {
      if (stop_.requested()) return Error(Code::kCancelled, "stopped: nothing was taken in");
      VITRINE_TRY(SavePicture(picture, ++z));
    }
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      notes_[i].id = "n" + std::to_string(i + 1);
      notes_[i].z = ++z;
      Keep(std::move(notes_[i]));
    }
    return {};
  }

  // The PNG of an item, which may be that of another one.
  std::optional<std::string_view> PngOf(std::uint32_t id) const {
    for (int step = 0; step < 2; ++step) {
      const auto place = places_.find(id);
      if (place == places_.end()) return std::nullopt;
      const std::string_view data =
          bytes_.substr(place->second.start, place->second.end - place->second.start);
      if (data.starts_with(pur::kPngSignature)) return data;
      Cursor slot(data);
      id = slot.U32();
      if (slot.failed() || id == pur::kLinkSlot) return std::nullopt;
    }
    return std::nullopt;
  }

  Status SavePicture(const Picture& picture, std::int64_t z) {
    const std::optional<std::string_view> png = PngOf(picture.id);
    Cursor size(png.value_or(std::string_view()), 16);
    const double width_px = size.U32(), height_px = size.U32();
    const bool outlined = picture.outline.width() > 0 && picture.outline.height() > 0;
    if (!png || size.failed() || width_px < 1 || height_px < 1 || !outlined) {
      ++linked_;
      return {};
    }
    BoardItem item{
        .id = "p" + std::to_string(z), .kind = ItemKind::kPicture, .z = z, .content = Hex(Sha256(*png))};
    const Matrix& m = picture.matrix;
    const double scale_x = std::hypot(m.m11, m.m12), scale_y = std::hypot(m.m21, m.m22);
    item.rotation_deg = std::atan2(m.m12, m.m11) * 180 / std::numbers::pi;
    item.flip_y = m.m11 * m.m22 - m.m12 * m.m21 < 0;
    const Rect& outline = picture.outline;
    item.crop.left = std::clamp(outline.left / width_px + 0.5, 0.0, 1.0);
    item.crop.right = std::clamp(outline.right / width_px + 0.5, 0.0, 1.0);
    item.crop.top = std::clamp(outline.top / height_px + 0.5, 0.0, 1.0);
    item.crop.bottom = std::clamp(outline.bottom / height_px + 0.5, 0.0, 1.0);
    item.width = outline.width() * scale_x;
    item.height = outline.height() * scale_y;
    const double mid_x = (outline.left + outline.right) / 2, mid_y = (outline.top + outline.bottom) / 2;
    item.x = m.x + m.m11 * mid_x + m.m21 * mid_y - item.width / 2;
    item.y = m.y + m.m12 * mid_x + m.m22 * mid_y - item.height / 2;
    if (!taken_.contains(item.content)) VITRINE_TRY(SaveFile(item.content, picture.name, *png));
    Keep(std::move(item));
    return {};
  }

  Status SaveFile(const std::string& content, const std::string& name, std::string_view png) {
    const std::string path = JoinPath(scratch_, std::to_string(read_.pictures.size()));
    const UniqueFd out(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!out) return ErrnoError("cannot write", path, errno);
    VITRINE_TRY(WriteAll(out.get(), png, path));
    taken_.insert(content);
    // A source is a path of the machine that made it, in that machine's manner.
    const std::string last = name.substr(name.find_last_of("/\\") + 1);
    std::string shown = last.empty() ? "picture " + std::to_string(read_.pictures.size() + 1) : last;
    if (!FoldCase(shown).ends_with(".png")) shown += ".png";
    read_.pictures.push_back({content, std::move(shown), path});
    return {};
  }

  void Keep(BoardItem item) {
    if (const Status fits = CheckItem(item); !fits) {
      read_.notes.push_back("left out: " + fits.error().message());
      return;
    }
    read_.board.items.push_back(std::move(item));
  }

  const std::string& file_;
  std::string_view bytes_;
  std::string scratch_;
  const StopSignal& stop_;
  std::map<std::uint32_t, Place> places_;
  std::size_t items_at_ = pur::kHeaderBytes, items_end_ = 0;
  std::vector<Picture> pictures_;
  std::vector<BoardItem> notes_;
  std::set<std::string> taken_;
  std::uint64_t linked_ = 0;
  ReadBoard read_;
};

}  // namespace

Result<ReadBoard> ReadPur(const std::string& file, const std::string& scratch_folder,
                          VectorObserver* observer, const StopSignal& stop) {
  if (observer != nullptr) observer->OnStep("reading the scene", 0, 0);
  VITRINE_TRY_ASSIGN(const std::string bytes, ReadFile(file, kMostFileBytes));
  return PurReader(file, bytes, scratch_folder, stop).Read();
}

}  // namespace vitrine
