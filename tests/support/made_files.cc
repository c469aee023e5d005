#include "support/made_files.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include <jpeglib.h>

namespace vitrine::testing {
namespace {

void Put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 255);
}

std::string Segment(char marker, const std::string& payload) {
  const std::size_t length = payload.size() + 2;
  return std::string("\xFF") + marker + static_cast<char>(length >> 8) + static_cast<char>(length & 255) +
         payload;
}

// One directory of entries; data that does not fit lies behind it.
class Folder {
 public:
  explicit Folder(std::uint32_t at) : at_(at) {}
  void Short(std::uint32_t tag, std::uint32_t value) { Entry(tag, 3, 1, value); }
  void Long(std::uint32_t tag, std::uint32_t value) { Entry(tag, 4, 1, value); }
  void Text(std::uint32_t tag, const std::string& text) {
    texts_.push_back({entries_.size(), text + '\0'});
    Entry(tag, 2, static_cast<std::uint32_t>(text.size() + 1), 0);
  }
  void Degrees(std::uint32_t tag) {
    std::string bytes;
    for (const std::uint32_t number : {48u, 1u, 51u, 1u, 30u, 1u}) Put(bytes, number, 4);
    texts_.push_back({entries_.size(), bytes});
    Entry(tag, 5, 3, 0);
  }
  std::string Bytes() {
    std::string out;
    const auto behind = static_cast<std::uint32_t>(at_ + 2 + entries_.size() * 12 + 4);
    std::string data;
    for (const auto& [entry, text] : texts_) {
      if (text.size() <= 4) {
        entries_[entry].value = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
          entries_[entry].value |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) << (8 * i);
        }
        continue;
      }
      entries_[entry].value = behind + static_cast<std::uint32_t>(data.size());
      data += text;
    }
    Put(out, static_cast<std::uint32_t>(entries_.size()), 2);
    for (const One& one : entries_) {
      Put(out, one.tag, 2);
      Put(out, one.type, 2);
      Put(out, one.count, 4);
      Put(out, one.value, 4);
    }
    Put(out, 0, 4);
    return out + data;
  }

 private:
  struct One {
    std::uint32_t tag, type, count, value;
  };
  void Entry(std::uint32_t tag, std::uint32_t type, std::uint32_t count, std::uint32_t value) {
    entries_.push_back({tag, type, count, value});
  }
  std::uint32_t at_;
  std::vector<One> entries_;
  std::vector<std::pair<std::size_t, std::string>> texts_;
};

}  // namespace

std::string MakeJpeg(const RgbImage& image, int quality) {
  jpeg_compress_struct coder{};
  jpeg_error_mgr errors{};
  coder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&coder);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&coder, &bytes, &size);
  coder.image_width = static_cast<JDIMENSION>(image.width_px);
  coder.image_height = static_cast<JDIMENSION>(image.height_px);
  coder.input_components = 3;
  coder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&coder);
  jpeg_set_quality(&coder, quality, TRUE);
  jpeg_start_compress(&coder, TRUE);
  while (coder.next_scanline < coder.image_height) {
    auto* row =
        const_cast<JSAMPROW>(image.pixels.data() + std::size_t{coder.next_scanline} * coder.image_width * 3);
    jpeg_write_scanlines(&coder, &row, 1);
  }
  jpeg_finish_compress(&coder);
  std::string file(reinterpret_cast<char*>(bytes), size);
  jpeg_destroy_compress(&coder);
  std::free(bytes);
  return file;
}

std::string MakeExif(const MadeExif& exif) {
  constexpr std::uint32_t kExifAt = 400, kGpsAt = 600;
  Folder first(8), camera(kExifAt), place(kGpsAt);
  first.Short(0x0112, static_cast<std::uint32_t>(exif.orientation));
  if (!exif.artist.empty()) first.Text(0x013B, exif.artist);
  if (!exif.copyright.empty()) first.Text(0x8298, exif.copyright);
  first.Long(0x8769, kExifAt);
  if (exif.place) first.Long(0x8825, kGpsAt);
  camera.Short(0x8827, 400);
  if (exif.serial) camera.Text(0xA431, "SN-0012345");
  place.Text(0x0001, "N");
  place.Degrees(0x0002);
  place.Text(0x0003, "E");
  place.Degrees(0x0004);
  std::string out("II\x2A\0\x08\0\0\0", 8);
  out += first.Bytes();
  out.resize(kExifAt);
  out += camera.Bytes();
  out.resize(kGpsAt);
  return out + place.Bytes();
}

std::string WithMetadata(const std::string& jpeg, const MadeExif& exif) {
  const std::string xmp = std::string("http://ns.adobe.com/xap/1.0/") + '\0' +
                          "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
                          "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
                          "xmlns:exif='http://ns.adobe.com/exif/1.0/'" +
                          (exif.place ? " exif:GPSLatitude='48,51.5N'" : "") + "/></rdf:RDF></x:xmpmeta>";
  return jpeg.substr(0, 2) + Segment('\xE1', std::string("Exif\0\0", 6) + MakeExif(exif)) +
         Segment('\xE1', xmp) + Segment('\xFE', "a secret comment") + jpeg.substr(2) +
         "a trailer with secrets";
}

}  // namespace vitrine::testing
