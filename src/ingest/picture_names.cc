#include "ingest/picture_names.h"

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

constexpr std::array<std::string_view, 5> kJpegNames = {"jpg", "jpeg", "jpe", "jfif", "jfi"};

constexpr std::array<std::string_view, 14> kPictureNames = {
    "png", "apng", "webp", "gif", "tif", "tiff", "bmp", "dib", "heic", "heif", "hif", "heifs", "avif", "jxl"};

constexpr std::array<std::string_view, 28> kRawNames = {
    "3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "iiq", "k25", "kdc", "mef", "mos", "mrw",
    "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f", "fff", "gpr"};

constexpr std::array<std::string_view, 8> kJunkNames = {
    "@eadir",    "node_modules", "__macosx", "$recycle.bin", "lost+found", "system volume information",
    "thumbs.db", "desktop.ini"};

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& letter : lowered) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lowered;
}

template <std::size_t kCount>
bool IsOneOf(std::string_view name, const std::array<std::string_view, kCount>& names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

NameKind KindOfName(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return NameKind::kOther;
  const std::string extension = Lowered(name.substr(dot + 1));
  if (IsOneOf(extension, kJpegNames)) return NameKind::kJpeg;
  if (IsOneOf(extension, kPictureNames)) return NameKind::kPicture;
  if (IsOneOf(extension, kRawNames)) return NameKind::kRaw;
  if (extension == "svg" || extension == "svgz") return NameKind::kDrawing;
  return NameKind::kOther;
}

bool IsJunkName(std::string_view name) { return name.starts_with('.') || IsOneOf(Lowered(name), kJunkNames); }

std::string TwinKey(std::string_view name) { return Lowered(name.substr(0, name.rfind('.'))); }

}  // namespace vitrine
