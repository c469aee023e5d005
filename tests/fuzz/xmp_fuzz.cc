// Whatever bytes a sidecar has: reading never harms, and where a merge succeeds it gives back what was wanted
// and leaves alone what belongs to others.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "support/xmp_samples.h"
#include "xmp/note.h"
#include "xmp/xmp.h"

using vitrine::EmbeddedNote;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto note = vitrine::UnpackNote(bytes); note && vitrine::CleanNote(*note) != *note) std::abort();
  const auto note = vitrine::ReadXmp(bytes);
  if (!note) return 0;
  const EmbeddedNote changed = vitrine::testing::ChangeNote(*note, static_cast<unsigned>(size));
  const auto merged = vitrine::MergeXmp(bytes, {.note = changed});
  if (merged && vitrine::testing::OthersIn(*merged) != vitrine::testing::OthersIn(bytes)) std::abort();
  return 0;
}
