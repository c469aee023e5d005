// A .npy file is a magic word, a version, the length of a text, that text, and the numbers. The text is a
// Python dictionary that NumPy reads with a Python parser:
//
//   {'descr': '<f4', 'fortran_order': False, 'shape': (1000, 512), }
//
// A file may come from anywhere, so the text is read by a parser that knows this one form and nothing else:
// three keys in any order, each once; a text, a truth value, a tuple of whole numbers. What it understands is
// then judged: the wrong type or order is a whole file that needs converting, and the message says how;
// anything else is damage. No number from the head is used before the length of the file has confirmed it.
#include "engine/npy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie in the file");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMaxColumns = 1u << 16;

Error Damaged(std::string_view how) {
  return Error(Code::kInvalidArgument, "it is no whole .npy file: " + std::string(how));
}

/// The dictionary, as far as it matters.
struct Header {
  std::string type;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// Reads the text of a head. Every method moves past what it read, or returns nothing.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  std::optional<Header> Parse() {
    if (!Skip('{')) return std::nullopt;
    while (!Skip('}')) {
      if (!Entry()) return std::nullopt;
      if (!Skip(',') && !Peek('}')) return std::nullopt;
    }
    if (!type_ || !fortran_order_ || !shape_ || !OnlySpaceIsLeft()) return std::nullopt;
    return Header{*std::move(type_), *fortran_order_, *std::move(shape_)};
  }

 private:
  // Each key once, and no other.
  bool Entry() {
    const std::optional<std::string> key = Text();
    if (!key || !Skip(':')) return false;
    if (*key == "descr" && !type_) return (type_ = TypeText()).has_value();
    if (*key == "fortran_order" && !fortran_order_) return (fortran_order_ = Truth()).has_value();
    if (*key == "shape" && !shape_) return (shape_ = Numbers()).has_value();
    return false;
  }

  // A record type is a list of columns; it is shown in messages only.
  std::optional<std::string> TypeText() {
    if (!Peek('[')) return Text();
    const std::size_t end = text_.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    text_.remove_prefix(end + 1);
    return "a record";
  }

  std::optional<std::string> Text() {
    for (const char quote : {'\'', '"'}) {
      if (!Skip(quote)) continue;
      const std::size_t end = text_.find(quote);
      if (end == std::string_view::npos) return std::nullopt;
      std::string value(text_.substr(0, end));
      text_.remove_prefix(end + 1);
      return value;
    }
    return std::nullopt;
  }

  std::optional<bool> Truth() {
    if (SkipWord("True")) return true;
    if (SkipWord("False")) return false;
    return std::nullopt;
  }

  std::optional<std::vector<std::uint64_t>> Numbers() {
    std::vector<std::uint64_t> numbers;
    if (!Skip('(')) return std::nullopt;
    while (!Skip(')')) {
      const std::optional<std::uint64_t> number = Number();
      if (!number) return std::nullopt;
      numbers.push_back(*number);
      if (!Skip(',') && !Peek(')')) return std::nullopt;
    }
    return numbers;
  }

  std::optional<std::uint64_t> Number() {
    SkipSpace();
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (; digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9'; ++digits) {
      if (digits == 18) return std::nullopt;
      value = value * 10 + static_cast<std::uint64_t>(text_[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    text_.remove_prefix(digits);
    return value;
  }

  void SkipSpace() {
    const std::size_t start = text_.find_first_not_of(" \n");
    text_.remove_prefix(start == std::string_view::npos ? text_.size() : start);
  }
  bool Peek(char c) {
    SkipSpace();
    return !text_.empty() && text_.front() == c;
  }
  bool Skip(char c) {
    if (!Peek(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool SkipWord(std::string_view word) {
    SkipSpace();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  bool OnlySpaceIsLeft() {
    SkipSpace();
    return text_.empty();
  }

  std::string_view text_;
  std::optional<std::string> type_;
  std::optional<bool> fortran_order_;
  std::optional<std::vector<std::uint64_t>> shape_;
};

std::size_t LittleEndian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

Status CheckKind(const Header& header) {
  if (header.type != "<f4" && header.type != "<f2") {
    return Error(Code::kInvalidArgument, "its numbers are of the type " + Quoted(header.type) +
                                             ", not '<f4' (float32) or '<f2' (float16); convert it in Python "
                                             "with: numpy.save(FILE, array.astype('<f4'))");
  }
  if (header.shape.size() != 2) {
    return Error(Code::kInvalidArgument, "it has " + std::to_string(header.shape.size()) +
                                             " dimensions, not 2: one row a vector is needed");
  }
  if (header.fortran_order && header.shape[0] > 1 && header.shape[1] > 1) {
    return Error(Code::kInvalidArgument,
                 "its numbers lie in Fortran order, column by column; convert it in Python with: "
                 "numpy.save(FILE, numpy.ascontiguousarray(array))");
  }
  return {};
}

float FromHalf(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fu;
  const std::uint32_t mantissa = half & 0x3ffu;
  if (exponent == 0) {
    const float tiny = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -tiny : tiny;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

Status ReadAt(int fd, std::uint64_t offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error(Code::kIo, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) return Error(Code::kInvalidArgument, "ended early: it was cut while it was being read");
    offset += static_cast<std::uint64_t>(got);
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace

Result<NpyShape> ReadNpyHead(std::string_view head, std::uint64_t file_bytes) {
  if (!head.starts_with(kMagic)) return Damaged("it does not begin like one");
  if (head.size() < 8) return Damaged("it is cut");
  const int version = static_cast<unsigned char>(head[6]);
  if (version < 1 || version > 3 || head[7] != 0) return Damaged("it has an unknown version");
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t text_offset = 8 + length_bytes;
  if (head.size() < text_offset) return Damaged("it is cut");
  const std::size_t text_bytes = LittleEndian(head.substr(8, length_bytes));
  if (text_bytes > kNpyHeadBytes - text_offset) return Damaged("its head is too long");
  if (head.size() < text_offset + text_bytes) return Damaged("it is cut");
  const std::optional<Header> header = HeaderParser(head.substr(text_offset, text_bytes)).Parse();
  if (!header) return Damaged("its head cannot be understood");
  VITRINE_TRY(CheckKind(*header));

  NpyShape shape{.rows = header->shape[0],
                 .columns = 0,
                 .is_half = header->type == "<f2",
                 .data_offset = text_offset + text_bytes};
  const std::uint64_t columns = header->shape[1];
  if (columns == 0 || columns > kMaxColumns) {
    return Error(Code::kInvalidArgument, "its rows are " + std::to_string(columns) + " numbers long");
  }
  shape.columns = static_cast<std::size_t>(columns);
  const std::uint64_t data_bytes = file_bytes - shape.data_offset;
  const bool fits = shape.rows <= std::numeric_limits<std::uint64_t>::max() / shape.row_bytes() &&
                    data_bytes == shape.rows * shape.row_bytes();
  if (!fits) {
    return Damaged("its head promises " + std::to_string(shape.rows) + " rows of " + std::to_string(columns) +
                   " numbers, but " + std::to_string(data_bytes) + " bytes follow");
  }
  return shape;
}

Result<NpyReader> NpyReader::Open(const std::string& path) {
  VITRINE_TRY_ASSIGN(UniqueFd fd, OpenRegularFile(path));
  struct stat status{};
  if (fstat(fd.get(), &status) != 0) return ErrnoError("cannot look at", path, errno);
  const auto bytes = static_cast<std::uint64_t>(status.st_size);
  std::string head(std::min<std::uint64_t>(bytes, kNpyHeadBytes), '\0');
  const auto context = [&] { return "cannot use " + Quoted(path); };
  if (Status read = ReadAt(fd.get(), 0, std::as_writable_bytes(std::span(head))); !read) {
    return std::move(read).error().Annotate(context());
  }
  auto shape = ReadNpyHead(head, bytes);
  if (!shape) return std::move(shape).error().Annotate(context());
  return NpyReader(path, std::move(fd), *shape);
}

Status NpyReader::Read(std::uint64_t first, std::span<float> out) const {
  const std::uint64_t offset = shape_.data_offset + first * shape_.row_bytes();
  const auto annotate = [&](Status status) -> Status {
    if (status) return {};
    return std::move(status).error().Annotate(Quoted(path_));
  };
  if (!shape_.is_half) return annotate(ReadAt(fd_.get(), offset, std::as_writable_bytes(out)));
  std::vector<std::uint16_t> halves(out.size());
  VITRINE_TRY(annotate(ReadAt(fd_.get(), offset, std::as_writable_bytes(std::span(halves)))));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = FromHalf(halves[i]);
  return {};
}

std::string NpyHead(std::uint64_t rows, std::size_t columns) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                     std::to_string(columns) + "), }";
  const std::size_t before = kMagic.size() + 4;
  text.append(kAlignment - (before + text.size() + 1) % kAlignment, ' ');
  text += '\n';
  std::string head(kMagic);
  head += {'\x01', '\0', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return head + text;
}

}  // namespace vitrine
