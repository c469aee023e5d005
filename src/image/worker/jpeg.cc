// Decoding a JPEG at 1/8 of its size costs little more than reading its entropy code.
//
// A JPEG stores 8x8 blocks as cosine coefficients. A block's mean is its first coefficient, so a picture at
// 1/8 is the first coefficients alone: no inverse transform, no colour conversion at full size, 1/64 of the
// pixels to move. libjpeg-turbo offers 1/8, 1/4 (2x2 of each block) and 1/2 (4x4) with vector code. What
// stays is the Huffman decoding of the whole file, the floor of the cost: about 12 ms for 12 megapixels at
// quality 90.
//
// libjpeg reports fatal errors by a call that must not return. It jumps back into Guard(); the functions it
// jumps over hold no object with a destructor.
#include "image/worker/jpeg.h"

#include <setjmp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <jpeglib.h>

#include <jerror.h>  // Reads what jpeglib.h defined.

#include "base/try.h"
#include "image/worker/color.h"
#include "image/worker/embedded.h"
#include "image/worker/jpeg_means.h"

namespace vitrine::worker {
namespace {

// A progressive file may repeat scans for ever at a few bytes each, and every one walks the whole picture.
constexpr int kMaxScans = 200;
constexpr double kRowsThatSuffice = 0.9;

// The C structures of libjpeg with our handlers attached. `manager` comes first: libjpeg hands back its
// address.
struct Session {
  jpeg_error_mgr manager = {};
  jpeg_progress_mgr progress = {};
  jmp_buf escape = {};
  char message[JMSG_LENGTH_MAX] = {};
  bool damaged_early = false;
};

[[noreturn]] void OnFatalError(j_common_ptr common) {
  auto* const session = reinterpret_cast<Session*>(common->err);
  common->err->format_message(common, session->message);
  longjmp(session->escape, 1);
}

bool IsDamage(int code) {
  return code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_JPEG_EOF ||
         code == JWRN_MUST_RESYNC || code == JWRN_ARITH_BAD_CODE;
}

// Damage in time to be seen: in a file of one pass, before the last tenth of the rows; in a file of several
// passes, before each component's coarse form is complete.
bool IsEarly(const jpeg_decompress_struct& decoder) {
  if (decoder.output_scanline > 0) return decoder.output_scanline < kRowsThatSuffice * decoder.output_height;
  if (decoder.coef_bits == nullptr || decoder.Ss == 0) return true;
  for (int component = 0; component < decoder.num_components; ++component) {
    if (decoder.coef_bits[component][0] < 0) return true;
  }
  return false;
}

void OnMessage(j_common_ptr common, int level) {
  auto* const session = reinterpret_cast<Session*>(common->err);
  if (level >= 0 || !common->is_decompressor || !IsDamage(common->err->msg_code)) return;
  if (!IsEarly(*reinterpret_cast<jpeg_decompress_struct*>(common)) || session->damaged_early) return;
  common->err->format_message(common, session->message);
  session->damaged_early = true;
}

void OnProgress(j_common_ptr common) {
  if (!common->is_decompressor) return;
  const auto* const decoder = reinterpret_cast<jpeg_decompress_struct*>(common);
  if (decoder->input_scan_number <= kMaxScans) return;
  auto* const session = reinterpret_cast<Session*>(common->err);
  std::snprintf(session->message, sizeof session->message, "more than %d scans", kMaxScans);
  longjmp(session->escape, 1);
}

void Attach(Session& session) {
  jpeg_std_error(&session.manager);
  session.manager.error_exit = OnFatalError;
  session.manager.emit_message = OnMessage;
  session.manager.output_message = [](j_common_ptr) {};
  session.progress.progress_monitor = OnProgress;
}

// Runs calls into libjpeg; false when one of them failed for good.
template <typename Calls>
bool Guard(Session& session, Calls calls) {
  if (setjmp(session.escape) != 0) return false;
  calls();
  return true;
}

class Decompressor {
 public:
  Decompressor() {
    Attach(session_);
    decoder_.err = &session_.manager;
    jpeg_create_decompress(&decoder_);
    decoder_.progress = &session_.progress;
  }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  ~Decompressor() { jpeg_destroy_decompress(&decoder_); }

  Status ReadHeader(std::span<const std::byte> file) {
    const bool read = Guard(session_, [&] {
      jpeg_mem_src(&decoder_, reinterpret_cast<const unsigned char*>(file.data()), file.size());
      jpeg_save_markers(&decoder_, JPEG_APP0 + 1, 0xffff);
      jpeg_save_markers(&decoder_, JPEG_APP0 + 2, 0xffff);
      jpeg_save_markers(&decoder_, JPEG_APP0 + 13, 0xffff);
      jpeg_read_header(&decoder_, TRUE);
    });
    return read ? Status() : Damage();
  }

  Size size() const {
    return {static_cast<std::int32_t>(decoder_.image_width),
            static_cast<std::int32_t>(decoder_.image_height)};
  }

  // The first marker of this number that begins with `prefix`, without that; empty when there is none.
  std::span<const std::byte> Marker(int number, std::string_view prefix) const {
    for (jpeg_saved_marker_ptr marker = decoder_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view text(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (marker->marker != JPEG_APP0 + number || !text.starts_with(prefix)) continue;
      return std::as_bytes(std::span(marker->data, marker->data_length)).subspan(prefix.size());
    }
    return {};
  }

  std::vector<std::byte> Profile() {
    JOCTET* data = nullptr;
    unsigned int bytes = 0;
    Guard(session_, [&] { jpeg_read_icc_profile(&decoder_, &data, &bytes); });
    const std::unique_ptr<JOCTET, decltype(&std::free)> owner(data, &std::free);
    const auto* const first = reinterpret_cast<const std::byte*>(data);
    return data == nullptr ? std::vector<std::byte>() : std::vector<std::byte>(first, first + bytes);
  }

  bool is_inverted() const { return decoder_.saw_Adobe_marker != FALSE; }

  // Grey or RGB samples at 1/8, for files of one plain sequential scan.
  std::optional<Samples> ReadPlainEighth(std::span<const std::byte> file) const {
    const bool plain = decoder_.progressive_mode == FALSE && decoder_.arith_code == FALSE &&
                       decoder_.data_precision == 8 && decoder_.comps_in_scan == decoder_.num_components;
    if (!plain) return std::nullopt;
    std::optional<MeanScan> scan = DescribeScan();
    if (!scan) return std::nullopt;
    // The source has been read up to the first byte of the scan.
    const std::size_t rest = decoder_.src->bytes_in_buffer;
    const std::span entropy(reinterpret_cast<const std::uint8_t*>(file.data()) + (file.size() - rest), rest);
    return ReadEighth(entropy, *scan);
  }

  // Grey, RGB or CMYK samples at 1/`divisor` of the size.
  Result<Samples> ReadPixels(unsigned int divisor) {
    const bool started = Guard(session_, [&] {
      decoder_.scale_num = 1;
      decoder_.scale_denom = divisor;
      decoder_.do_fancy_upsampling = divisor == 1 ? TRUE : FALSE;
      decoder_.out_color_space = decoder_.num_components == 4   ? JCS_CMYK
                                 : decoder_.num_components == 1 ? JCS_GRAYSCALE
                                                                : JCS_RGB;
      jpeg_start_decompress(&decoder_);
    });
    if (!started || session_.damaged_early) return Damage().error();
    Samples samples;
    samples.size = {static_cast<std::int32_t>(decoder_.output_width),
                    static_cast<std::int32_t>(decoder_.output_height)};
    samples.bands = decoder_.output_components;
    const std::size_t stride = std::size_t{decoder_.output_width} * static_cast<std::size_t>(samples.bands);
    samples.values.resize(stride * decoder_.output_height);
    unsigned char* const values = samples.values.data();
    const bool read = Guard(session_, [&] {
      while (decoder_.output_scanline < decoder_.output_height) {
        JSAMPROW row = values + stride * decoder_.output_scanline;
        jpeg_read_scanlines(&decoder_, &row, 1);
      }
    });
    if (!read || session_.damaged_early) return Damage().error();
    return samples;
  }

 private:
  std::optional<MeanScan> DescribeScan() const {
    MeanScan scan;
    switch (decoder_.jpeg_color_space) {
      case JCS_GRAYSCALE:
        scan.colour = MeanScan::Colour::kGrey;
        break;
      case JCS_RGB:
        scan.colour = MeanScan::Colour::kRgb;
        break;
      case JCS_YCbCr:
        scan.colour = MeanScan::Colour::kYCbCr;
        break;
      default:
        return std::nullopt;
    }
    scan.width_px = size().width_px;
    scan.height_px = size().height_px;
    scan.restart_interval = decoder_.restart_interval;
    for (int i = 0; i < decoder_.num_components; ++i) {
      const jpeg_component_info& from = *decoder_.cur_comp_info[i];
      const JHUFF_TBL* const dc = decoder_.dc_huff_tbl_ptrs[from.dc_tbl_no];
      const JHUFF_TBL* const ac = decoder_.ac_huff_tbl_ptrs[from.ac_tbl_no];
      const JQUANT_TBL* const steps = decoder_.quant_tbl_ptrs[from.quant_tbl_no];
      if (dc == nullptr || ac == nullptr || steps == nullptr || from.component_index != i)
        return std::nullopt;
      MeanScan::Component& to = scan.components.emplace_back();
      // A lone component is never interleaved: its blocks come row by row.
      to.horizontal_factor = decoder_.num_components == 1 ? 1 : from.h_samp_factor;
      to.vertical_factor = decoder_.num_components == 1 ? 1 : from.v_samp_factor;
      to.dc_step = steps->quantval[0];
      std::copy(std::begin(dc->bits), std::end(dc->bits), to.dc_counts.begin());
      std::copy(std::begin(ac->bits), std::end(ac->bits), to.ac_counts.begin());
      std::copy(std::begin(dc->huffval), std::end(dc->huffval), to.dc_values.begin());
      std::copy(std::begin(ac->huffval), std::end(ac->huffval), to.ac_values.begin());
    }
    return scan;
  }

  Status Damage() const {
    const bool memory = session_.manager.msg_code == JERR_OUT_OF_MEMORY;
    if (memory) return Error(Code::kUnsupported, "the JPEG needs more memory than one picture may use");
    return Error(Code::kCorrupt, std::string("the JPEG is damaged: ") + session_.message);
  }

  Session session_;
  jpeg_decompress_struct decoder_ = {};
};

unsigned int LargestDivisor(Size size, const DecodeRequest& request) {
  const Size target = TargetSize(size, request);
  const auto reduced = [](std::int32_t px, std::int32_t divisor) { return (px + divisor - 1) / divisor; };
  for (const std::int32_t divisor : {8, 4, 2}) {
    const bool serves = std::min(reduced(size.width_px, divisor), reduced(size.height_px, divisor)) >=
                            std::min(target.width_px, target.height_px) &&
                        std::max(reduced(size.width_px, divisor), reduced(size.height_px, divisor)) >=
                            std::max(target.width_px, target.height_px);
    if (serves) return static_cast<unsigned int>(divisor);
  }
  return 1;
}

}  // namespace

Result<Raster> DecodeJpeg(std::span<const std::byte> file, const Limits& limits) {
  Decompressor decompressor;
  VITRINE_TRY(decompressor.ReadHeader(file));
  const Size size = decompressor.size();
  VITRINE_TRY(CheckSize(size.width_px, size.height_px, limits));
  Metadata metadata = {.xmp = decompressor.Marker(1, std::string_view("http://ns.adobe.com/xap/1.0/\0", 29)),
                       .iptc = decompressor.Marker(13, std::string_view("Photoshop 3.0\0", 14)),
                       .exif = ReadExif(decompressor.Marker(1, std::string_view("Exif\0\0", 6)))};
  const std::vector<std::byte> profile = decompressor.Profile();
  const unsigned int divisor = LargestDivisor(size, limits.request);
  std::optional<Samples> eighth = divisor == 8 ? decompressor.ReadPlainEighth(file) : std::nullopt;
  if (!eighth) {
    VITRINE_TRY_ASSIGN(eighth, decompressor.ReadPixels(divisor));
  }
  Samples samples = *std::move(eighth);
  if (samples.bands == 4 && decompressor.is_inverted()) {
    for (std::uint8_t& value : samples.values) value = static_cast<std::uint8_t>(255 - value);
  }
  VITRINE_TRY_ASSIGN(RgbImage image, ToSrgb(std::move(samples), profile));
  return Raster{std::move(image), size, metadata.exif.orientation, std::move(metadata.exif.facts),
                ReadEmbedded(metadata)};
}

Result<std::string> EncodeJpeg(const RgbImage& image, int quality) {
  Session session;
  Attach(session);
  jpeg_compress_struct encoder = {};
  encoder.err = &session.manager;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool written = Guard(session, [&] {
    jpeg_create_compress(&encoder);
    jpeg_mem_dest(&encoder, &bytes, &size);
    encoder.image_width = static_cast<JDIMENSION>(image.width_px);
    encoder.image_height = static_cast<JDIMENSION>(image.height_px);
    encoder.input_components = 3;
    encoder.in_color_space = JCS_RGB;
    jpeg_set_defaults(&encoder);
    jpeg_set_quality(&encoder, quality, TRUE);
    jpeg_start_compress(&encoder, TRUE);
    while (encoder.next_scanline < encoder.image_height) {
      const std::size_t offset = std::size_t{encoder.next_scanline} * encoder.image_width * 3;
      JSAMPROW row = const_cast<JSAMPROW>(image.pixels.data() + offset);
      jpeg_write_scanlines(&encoder, &row, 1);
    }
    jpeg_finish_compress(&encoder);
  });
  jpeg_destroy_compress(&encoder);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, &std::free);
  if (!written) return Error(Code::kCorrupt, std::string("cannot make a thumbnail: ") + session.message);
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace vitrine::worker
