// A photograph at 1/8 is the means of its 8x8 blocks, and a baseline JPEG stores each mean as one number: the
// first (DC) coefficient, coded as the difference from the block before. The other 63 (AC) coefficients are
// not wanted, but they lie in between, and a Huffman code has no index: every code must be walked to find
// where the next block begins. That walk is nearly all the time a reduced decode takes, so here it does
// nothing else.
//
// An AC symbol is a Huffman code of at most 16 bits, then up to 10 bits of value. All that matters is how far
// to step: in bits (code and value) and in coefficients (zero run plus one). Both fit one 32-bit entry of a
// table indexed by the next kLookBits bits. Most symbols are short, so the codes of two often lie wholly
// within the index; then the entry holds their sum as well, and one look-up steps over both, unless the first
// already ends the block. End-of-block counts as a step of 64 coefficients: the loop ends when the position
// passes 63, whichever way. A first symbol too long for the index leaves an empty entry, and its code is
// matched bit by bit in the way of the standard (ITU-T T.81, F.2.2.3).
//
// A stuffed zero follows each 0xff in the data; the bit buffer is refilled eight bytes at a time as long as
// none of them is 0xff, byte by byte otherwise. At a marker, or at the end of the data, zeros are supplied
// and counted: a scan that used more of them than the last byte's padding allows was cut, and is refused
// here.
#include "image/worker/jpeg_means.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace vitrine::worker {
namespace {

constexpr int kLookBits = 12;
constexpr int kCodeLookBits = 9;
constexpr int kBlockEnd = 64;

// Canonical Huffman codes: short ones by a table, long ones by length, as the standard decodes them.
class Codes {
 public:
  struct Match {
    std::uint8_t length = 0;  // 0 for no code.
    std::uint8_t symbol = 0;
  };

  // False when the lengths cannot be those of a prefix code.
  bool Build(const std::array<std::uint8_t, 17>& counts, const std::array<std::uint8_t, 256>& symbols) {
    symbols_ = symbols;
    std::int32_t code = 0;
    std::int32_t index = 0;
    for (std::size_t length = 1; length <= 16; ++length) {
      offset_[length] = index - code;
      index += counts[length];
      code += counts[length];
      largest_[length] = counts[length] > 0 ? code - 1 : -1;
      if (index > 256 || code > 1 << length) return false;
      code <<= 1;
    }
    for (std::uint32_t bits = 0; bits < short_.size(); ++bits) {
      const Match match = FindLong(bits << (16 - kCodeLookBits));
      short_[bits] = match.length <= kCodeLookBits ? match : Match();
    }
    return true;
  }

  // The code at the top of 64 bits.
  Match Find(std::uint64_t bits) const {
    const Match match = short_[bits >> (64 - kCodeLookBits)];
    return match.length > 0 ? match : FindLong(static_cast<std::uint32_t>(bits >> 48));
  }

 private:
  Match FindLong(std::uint32_t bits) const {
    for (std::size_t length = 1; length <= 16; ++length) {
      const auto code = static_cast<std::int32_t>(bits >> (16 - length));
      if (code <= largest_[length]) {
        return {static_cast<std::uint8_t>(length),
                symbols_[static_cast<std::uint8_t>(code + offset_[length])]};
      }
    }
    return {};
  }

  std::array<Match, 1u << kCodeLookBits> short_{};
  std::array<std::int32_t, 17> largest_{};  // The largest code of each length; -1 where there is none.
  std::array<std::int32_t, 17> offset_{};   // From a code to its place in symbols_.
  std::array<std::uint8_t, 256> symbols_{};
};

// How far to go: over the first symbol, and over the first two (or the first again where the second lies too
// far).
struct Step {
  std::uint8_t bits = 0;  // 0 for none.
  std::uint8_t coefficients = 0;
  std::uint8_t both_bits = 0;
  std::uint8_t both_coefficients = 0;
};

class StepTable {
 public:
  bool Build(const std::array<std::uint8_t, 17>& counts, const std::array<std::uint8_t, 256>& symbols) {
    if (!codes_.Build(counts, symbols)) return false;
    for (std::uint32_t index = 0; index < steps_.size(); ++index) {
      steps_[index] = Steps(std::uint64_t{index} << (64 - kLookBits));
    }
    return true;
  }

  // The step at the top of `bits`, of which at least 32 are real.
  Step Find(std::uint64_t bits) const {
    const Step step = steps_[bits >> (64 - kLookBits)];
    return step.bits > 0 ? step : Over(codes_.Find(bits));
  }

 private:
  static Step Over(Codes::Match match) {
    if (match.length == 0) return {};
    const int value_bits = match.symbol & 15;
    const int run = match.symbol >> 4;
    const auto bits = static_cast<std::uint8_t>(match.length + value_bits);
    const auto coefficients = static_cast<std::uint8_t>(value_bits == 0 && run < 15 ? kBlockEnd : run + 1);
    return {bits, coefficients, bits, coefficients};
  }

  // Codes must lie within the index to be known from it; value bits may lie beyond, they are only stepped
  // over.
  Step Steps(std::uint64_t bits) const {
    const Codes::Match match = codes_.Find(bits);
    if (match.length > kLookBits) return {};
    Step step = Over(match);
    if (step.bits == 0 || step.bits >= kLookBits) return step;
    const Codes::Match next = codes_.Find(bits << step.bits);
    if (next.length == 0 || next.length > kLookBits - step.bits) return step;
    const Step second = Over(next);
    step.both_bits = static_cast<std::uint8_t>(step.bits + second.bits);
    step.both_coefficients = static_cast<std::uint8_t>(step.coefficients + second.coefficients);
    return step;
  }

  Codes codes_;
  std::array<Step, 1u << kLookBits> steps_{};
};

// A place in a stream of bits: the next bit is at the top of `bits`. Small, so that it lives in registers.
struct Cursor {
  const std::uint8_t* next = nullptr;
  std::uint64_t bits = 0;
  unsigned int count = 0;

  // Afterwards at least 56 bits can be looked at.
  void Fill() {
    std::uint64_t word = 0;
    std::memcpy(&word, next, sizeof word);
    bits |= __builtin_bswap64(word) >> count;
    next += (63 - count) >> 3;
    count |= 56;
  }

  void Skip(unsigned int used) {
    bits <<= used;
    count -= used;
  }
};

// The scan's data. One stretch between markers at a time is copied without its stuffing, with zeros after it
// for a coding unit that runs past the end.
class BitStream {
 public:
  explicit BitStream(std::span<const std::uint8_t> bytes) : rest_(bytes) { Load(); }

  Cursor cursor() const { return cursor_; }

  // Goes on after a coding unit; false when it used bits that the data did not hold.
  bool Advance(const Cursor& cursor) {
    cursor_ = cursor;
    return BitsLeft() >= 0;
  }

  // Steps over the restart marker with this number (0-7), which must come next.
  bool Restart(unsigned int number) {
    if (BitsLeft() >= 8 || rest_.size() < 2 || rest_[1] != 0xd0 + number) return false;
    rest_ = rest_.subspan(2);
    Load();
    return true;
  }

 private:
  // What ten blocks of 64 of the longest codes take, twice over.
  static constexpr std::size_t kPadding = 8192;

  std::ptrdiff_t BitsLeft() const { return (clean_.data() + size_ - cursor_.next) * 8 + cursor_.count; }

  // Copies up to the next marker, which stays at the front of rest_.
  void Load() {
    clean_.clear();
    clean_.reserve(rest_.size() + kPadding);
    while (!rest_.empty()) {
      const auto* const stop =
          static_cast<const std::uint8_t*>(std::memchr(rest_.data(), 0xff, rest_.size()));
      const std::size_t plain =
          stop == nullptr ? rest_.size() : static_cast<std::size_t>(stop - rest_.data());
      clean_.insert(clean_.end(), rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(plain));
      rest_ = rest_.subspan(plain);
      if (rest_.size() < 2 || rest_[1] != 0) break;
      clean_.push_back(0xff);
      rest_ = rest_.subspan(2);
    }
    size_ = clean_.size();
    clean_.resize(size_ + kPadding);
    cursor_ = {clean_.data(), 0, 0};
  }

  std::span<const std::uint8_t> rest_;
  std::vector<std::uint8_t> clean_;
  std::size_t size_ = 0;
  Cursor cursor_;
};

// One component while its blocks are read: a sample a block, in whole coding units (the edges may hold
// padding).
struct Plane {
  Codes dc;
  std::unique_ptr<StepTable> ac = std::make_unique<StepTable>();
  std::int64_t step = 1;
  std::int64_t prediction = 0;
  std::size_t across = 1;  // Blocks of a coding unit.
  std::size_t down = 1;
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> samples;
};

// The difference at the start of a block, added to the prediction.
bool ReadMean(Cursor& cursor, Plane& plane) {
  const Codes::Match match = plane.dc.Find(cursor.bits);
  if (match.length == 0 || match.symbol > 11) return false;
  cursor.Skip(match.length);
  if (match.symbol == 0) return true;
  const auto value = static_cast<std::int32_t>(cursor.bits >> (64 - match.symbol));
  cursor.Skip(match.symbol);
  const bool negative = value < 1 << (match.symbol - 1);
  plane.prediction += negative ? value - (1 << match.symbol) + 1 : value;
  return true;
}

bool SkipRest(Cursor& cursor, const StepTable& table) {
  for (int position = 1; position < kBlockEnd;) {
    cursor.Fill();
    const Step step = table.Find(cursor.bits);
    if (position + step.coefficients >= kBlockEnd) {
      cursor.Skip(step.bits);
      return true;
    }
    if (step.bits == 0) return false;
    cursor.Skip(step.both_bits);
    position += step.both_coefficients;
  }
  return true;
}

// The mean of a block is its first coefficient over 8, around 128.
std::uint8_t ToSample(const Plane& plane) {
  return static_cast<std::uint8_t>(
      std::clamp<std::int64_t>(((plane.prediction * plane.step + 4) >> 3) + 128, 0, 255));
}

std::size_t RoundedUp(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit; }

class ScanReader {
 public:
  ScanReader(std::span<const std::uint8_t> entropy, const MeanScan& scan) : scan_(scan), stream_(entropy) {}

  // False when the scan is not a plain, whole one.
  bool Read() {
    if (!Prepare()) return false;
    std::uint32_t left = scan_.restart_interval;
    unsigned int marker = 0;
    for (std::size_t y = 0; y < units_down_; ++y) {
      for (std::size_t x = 0; x < units_across_; ++x) {
        if (scan_.restart_interval > 0 && left-- == 0) {
          if (!stream_.Restart(marker++ % 8)) return false;
          for (Plane& plane : planes_) plane.prediction = 0;
          left = scan_.restart_interval - 1;
        }
        if (!ReadUnit(x, y)) return false;
      }
    }
    return true;
  }

  const std::vector<Plane>& planes() const { return planes_; }

 private:
  bool Prepare() {
    std::size_t widest = 1;
    std::size_t tallest = 1;
    for (const MeanScan::Component& component : scan_.components) {
      Plane plane;
      plane.step = component.dc_step;
      plane.across = static_cast<std::size_t>(component.horizontal_factor);
      plane.down = static_cast<std::size_t>(component.vertical_factor);
      widest = std::max(widest, plane.across);
      tallest = std::max(tallest, plane.down);
      if (!plane.dc.Build(component.dc_counts, component.dc_values)) return false;
      if (!plane.ac->Build(component.ac_counts, component.ac_values)) return false;
      planes_.push_back(std::move(plane));
    }
    units_across_ = RoundedUp(static_cast<std::size_t>(scan_.width_px), 8 * widest);
    units_down_ = RoundedUp(static_cast<std::size_t>(scan_.height_px), 8 * tallest);
    for (Plane& plane : planes_) {
      plane.width = units_across_ * plane.across;
      plane.height = units_down_ * plane.down;
      plane.samples.resize(plane.width * plane.height);
    }
    return true;
  }

  // One coding unit: for each component, its factors' worth of blocks.
  bool ReadUnit(std::size_t x, std::size_t y) {
    Cursor cursor = stream_.cursor();
    for (Plane& plane : planes_) {
      for (std::size_t block_y = 0; block_y < plane.down; ++block_y) {
        std::uint8_t* const row =
            plane.samples.data() + (y * plane.down + block_y) * plane.width + x * plane.across;
        for (std::size_t block_x = 0; block_x < plane.across; ++block_x) {
          cursor.Fill();
          if (!ReadMean(cursor, plane) || !SkipRest(cursor, *plane.ac)) return false;
          row[block_x] = ToSample(plane);
        }
      }
    }
    return stream_.Advance(cursor);
  }

  const MeanScan& scan_;
  BitStream stream_;
  std::vector<Plane> planes_;
  std::size_t units_across_ = 0;
  std::size_t units_down_ = 0;
};

// Row `y` of a plane at `width` samples, `height` rows in all. Where the plane has half as many, each sample
// is three parts its own and one part its neighbour's, in both directions.
void ReadRow(const Plane& plane, std::size_t y, bool half_width, bool half_height,
             std::span<std::uint8_t> to) {
  const std::size_t own = half_height ? y / 2 : y;
  const std::size_t beside = !half_height ? own
                             : y % 2 == 0 ? (own > 0 ? own - 1 : own)
                                          : std::min(own + 1, plane.height - 1);
  const std::uint8_t* const near = plane.samples.data() + own * plane.width;
  const std::uint8_t* const far = plane.samples.data() + beside * plane.width;
  const auto column = [&](std::size_t x) { return 3 * near[x] + far[x]; };
  for (std::size_t x = 0; x < to.size(); ++x) {
    if (!half_width) {
      to[x] = static_cast<std::uint8_t>((column(x) + 2) >> 2);
      continue;
    }
    const std::size_t centre = x / 2;
    const std::size_t side =
        x % 2 == 0 ? (centre > 0 ? centre - 1 : centre) : std::min(centre + 1, plane.width - 1);
    to[x] = static_cast<std::uint8_t>((3 * column(centre) + column(side) + 8) >> 4);
  }
}

// JFIF's conversion (ITU-R BT.601, full range) in 16-bit fixed point.
void ToRgb(std::span<const std::uint8_t> luma, std::span<const std::uint8_t> blue,
           std::span<const std::uint8_t> red, std::uint8_t* to) {
  const auto byte = [](int value) { return static_cast<std::uint8_t>(std::clamp(value >> 16, 0, 255)); };
  for (std::size_t x = 0; x < luma.size(); ++x, to += 3) {
    const int y = (luma[x] << 16) + (1 << 15);
    const int cb = blue[x] - 128;
    const int cr = red[x] - 128;
    to[0] = byte(y + 91881 * cr);
    to[1] = byte(y - 22554 * cb - 46802 * cr);
    to[2] = byte(y + 116130 * cb);
  }
}

Samples Assemble(const std::vector<Plane>& planes, const MeanScan& scan) {
  const std::size_t width = RoundedUp(static_cast<std::size_t>(scan.width_px), 8);
  const std::size_t height = RoundedUp(static_cast<std::size_t>(scan.height_px), 8);
  Samples samples;
  samples.size = {static_cast<std::int32_t>(width), static_cast<std::int32_t>(height)};
  samples.bands = static_cast<int>(planes.size());
  samples.values.resize(width * height * planes.size());
  std::array<std::vector<std::uint8_t>, 3> rows;
  for (std::vector<std::uint8_t>& row : rows) row.resize(width);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t i = 0; i < planes.size(); ++i) {
      ReadRow(planes[i], y, planes[i].across < planes[0].across, planes[i].down < planes[0].down, rows[i]);
    }
    std::uint8_t* const to = samples.values.data() + y * width * planes.size();
    if (planes.size() == 1) {
      std::copy(rows[0].begin(), rows[0].end(), to);
    } else if (scan.colour == MeanScan::Colour::kYCbCr) {
      ToRgb(rows[0], rows[1], rows[2], to);
    } else {
      for (std::size_t x = 0; x < width * 3; ++x) to[x] = rows[x % 3][x / 3];
    }
  }
  return samples;
}

// One component, or three of which the first is at full resolution and the others are, or have half of it.
bool IsPlain(const MeanScan& scan) {
  if (scan.components.size() != 1 && scan.components.size() != 3) return false;
  const MeanScan::Component& first = scan.components[0];
  if (first.horizontal_factor > 2 || first.vertical_factor > 2) return false;
  return std::all_of(scan.components.begin() + 1, scan.components.end(),
                     [&](const MeanScan::Component& other) {
                       const bool same = other.horizontal_factor == first.horizontal_factor &&
                                         other.vertical_factor == first.vertical_factor;
                       return same || (other.horizontal_factor == 1 && other.vertical_factor == 1);
                     });
}

}  // namespace

std::optional<Samples> ReadEighth(std::span<const std::uint8_t> entropy, const MeanScan& scan) {
  if (!IsPlain(scan)) return std::nullopt;
  ScanReader reader(entropy, scan);
  if (!reader.Read()) return std::nullopt;
  return Assemble(reader.planes(), scan);
}

}  // namespace vitrine::worker
