// Whatever bytes a JPEG has: walking its segments never harms, and what is stripped of it has a picture in
// it, says nothing of people and stays as it is when it is stripped again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "boards/export/file_metadata.h"
#include "boards/export/jpeg_segments.h"
#include "boards/export/strip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  vitrine::ReadFileMetadata(bytes);
  vitrine::ReadTiffMetadata(bytes);
  if (!vitrine::ReadJpegInfo(bytes)) return 0;
  const auto stripped = vitrine::StripJpeg(bytes, 1);
  if (!stripped) return 0;
  const auto info = vitrine::ReadJpegInfo(*stripped);
  if (!info || !info->exif.empty()) std::abort();
  const auto again = vitrine::StripJpeg(*stripped, 1);
  if (!again || *again != *stripped) std::abort();
  return 0;
}
