// Sidecars: telling other programs what was said of pictures here, in XMP files beside the pictures.
// docs/xmp.md has the rules in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vitrine/types.h"

namespace vitrine {

/// Who is right where a rating or a caption was changed both here and in the sidecar.
enum class SidecarPreference : std::uint8_t {
  kNeither,  ///< Both keep their own, and the conflict is reported.
  kVitrine,
  kFile,
};

struct SidecarOptions {
  bool write = true;  ///< False: says what there is to do, and does nothing.
  SidecarPreference prefer = SidecarPreference::kNeither;
  bool machine_tags = false;  ///< Also writes what machines suggest, under a namespace of Vitrine's own.
  bool short_names = false;   ///< New sidecars are named photo.xmp, not photo.jpg.xmp.
};

/// A rating or caption that was changed on both sides.
struct SidecarConflict {
  PathBytes sidecar;
  std::string what;     ///< "rating" or "caption".
  std::string vitrine;  ///< As text; empty for none.
  std::string file;
};

/// A sidecar that could not be written or read; the change stays in the catalog and in the queue.
struct SidecarFailure {
  PathBytes sidecar;
  std::string reason;  ///< With what may be done about it.
};

struct SidecarReport {
  std::uint64_t pictures = 0;   ///< Changed here since their sidecars were written.
  std::uint64_t written = 0;    ///< Sidecars; with write = false: those that would be.
  std::uint64_t created = 0;    ///< Of them those that were not there.
  std::uint64_t unchanged = 0;  ///< Said it all already.
  std::uint64_t adopted = 0;    ///< Pictures that took over what another program had changed.
  std::vector<SidecarConflict> conflicts;
  std::vector<SidecarFailure> failures;
  bool stopped = false;
};

}  // namespace vitrine
