#include "boards/export/png_writer.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/try.h"

namespace vitrine {
namespace {

constexpr std::size_t kBytesPerPixel = 3;
constexpr std::size_t kPieceBytes = 256 << 10;

enum class Filter : std::uint8_t { kNone = 0, kSub = 1, kUp = 2, kPaeth = 4 };

std::string BigEndian(std::uint32_t value) {
  std::string text;
  for (const int shift : {24, 16, 8, 0}) text += static_cast<char>((value >> shift) & 255);
  return text;
}

std::uint8_t Paeth(int left, int up, int corner) {
  const int estimate = left + up - corner;
  const int to_left = std::abs(estimate - left), to_up = std::abs(estimate - up);
  const int to_corner = std::abs(estimate - corner);
  if (to_left <= to_up && to_left <= to_corner) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(to_up <= to_corner ? up : corner);
}

// Puts the filter's number and the filtered row into `out`.
void Apply(Filter filter, std::span<const std::uint8_t> row, std::span<const std::uint8_t> above,
           std::vector<std::uint8_t>& out) {
  out[0] = static_cast<std::uint8_t>(filter);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::uint8_t left = i < kBytesPerPixel ? std::uint8_t{0} : row[i - kBytesPerPixel];
    const std::uint8_t corner = i < kBytesPerPixel ? std::uint8_t{0} : above[i - kBytesPerPixel];
    std::uint8_t guess = 0;
    if (filter == Filter::kSub) guess = left;
    if (filter == Filter::kUp) guess = above[i];
    if (filter == Filter::kPaeth) guess = Paeth(left, above[i], corner);
    out[i + 1] = static_cast<std::uint8_t>(row[i] - guess);
  }
}

// What the specification advises to choose a filter by: the sum of the bytes as signed numbers.
std::uint64_t Cost(const std::vector<std::uint8_t>& filtered) {
  std::uint64_t cost = 0;
  for (std::size_t i = 1; i < filtered.size(); ++i) {
    cost += static_cast<std::uint64_t>(std::abs(static_cast<int>(static_cast<std::int8_t>(filtered[i]))));
  }
  return cost;
}

}  // namespace

struct PngWriter::Deflater {
  Deflater() { ready = deflateInit(&stream, 5) == Z_OK; }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream); }

  z_stream stream{};
  bool ready = false;
  std::vector<char> out = std::vector<char>(kPieceBytes);
};

PngWriter::PngWriter(std::int32_t width_px, std::int32_t height_px, Sink sink)
    : row_bytes_(static_cast<std::size_t>(width_px) * kBytesPerPixel),
      rows_left_(height_px),
      sink_(std::move(sink)),
      above_(row_bytes_),
      best_(row_bytes_ + 1),
      tried_(row_bytes_ + 1),
      deflater_(std::make_unique<Deflater>()) {}

PngWriter::PngWriter(PngWriter&&) noexcept = default;
PngWriter::~PngWriter() = default;

Result<PngWriter> PngWriter::Begin(std::int32_t width_px, std::int32_t height_px, Sink sink) {
  PngWriter writer(width_px, height_px, std::move(sink));
  if (!writer.deflater_->ready) return Error(Code::kInternal, "no memory to write a PNG");
  writer.deflater_->stream.next_out = reinterpret_cast<Bytef*>(writer.deflater_->out.data());
  writer.deflater_->stream.avail_out = kPieceBytes;
  VITRINE_TRY(writer.sink_(std::string_view("\x89PNG\r\n\x1a\n", 8)));
  const std::string size =
      BigEndian(static_cast<std::uint32_t>(width_px)) + BigEndian(static_cast<std::uint32_t>(height_px));
  VITRINE_TRY(writer.Chunk("IHDR", size + std::string("\x08\x02\x00\x00\x00", 5)));
  VITRINE_TRY(writer.Chunk("sRGB", std::string(1, '\0')));
  return writer;
}

Status PngWriter::Chunk(std::string_view type, std::string_view data) {
  uLong checksum = crc32(0, reinterpret_cast<const Bytef*>(type.data()), static_cast<uInt>(type.size()));
  // Without bytes crc32() begins anew.
  if (!data.empty()) {
    checksum = crc32(checksum, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size()));
  }
  VITRINE_TRY(sink_(BigEndian(static_cast<std::uint32_t>(data.size())) + std::string(type)));
  if (!data.empty()) VITRINE_TRY(sink_(data));
  return sink_(BigEndian(static_cast<std::uint32_t>(checksum)));
}

Status PngWriter::Deflate(std::span<const std::uint8_t> bytes, bool last) {
  z_stream& stream = deflater_->stream;
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  for (;;) {
    const int result = deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    if (result == Z_STREAM_ERROR) return Error(Code::kInternal, "zlib refused to go on");
    const bool finished = result == Z_STREAM_END;
    if (stream.avail_out == 0 || finished) {
      const std::size_t filled = kPieceBytes - stream.avail_out;
      if (filled > 0) VITRINE_TRY(Chunk("IDAT", {deflater_->out.data(), filled}));
      stream.next_out = reinterpret_cast<Bytef*>(deflater_->out.data());
      stream.avail_out = kPieceBytes;
    } else if (!last && stream.avail_in == 0) {
      return {};
    }
    if (finished) return {};
  }
}

Status PngWriter::WriteRow(std::span<const std::uint8_t> rgb) {
  if (rows_left_ <= 0 || rgb.size() != row_bytes_) {
    return Error(Code::kInternal, "a row that does not belong to this PNG");
  }
  Apply(Filter::kSub, rgb, above_, best_);
  std::uint64_t least = Cost(best_);
  for (const Filter filter : {Filter::kUp, Filter::kPaeth, Filter::kNone}) {
    Apply(filter, rgb, above_, tried_);
    const std::uint64_t cost = Cost(tried_);
    if (cost >= least) continue;
    least = cost;
    std::swap(best_, tried_);
  }
  std::ranges::copy(rgb, above_.begin());
  --rows_left_;
  return Deflate(best_, false);
}

Status PngWriter::Finish() {
  if (rows_left_ != 0) return Error(Code::kInternal, "rows are missing in this PNG");
  VITRINE_TRY(Deflate({}, true));
  return Chunk("IEND", {});
}

}  // namespace vitrine
