// Sidecars: what other programs write beside a picture, read into the catalog.
//
// "photo.jpg.xmp" belongs to photo.jpg alone, "photo.xmp" to every picture of that name. The catalog is the
// truth about tags, stars and captions; a sidecar is merged into it three ways (xmp/note_merge.h), with what
// the sidecar said when it was last read or written as the common past. So what was changed in either place
// since then counts, and a tag that was taken away in one place goes in the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "vitrine/result.h"
#include "vitrine/types.h"
#include "xmp/note_merge.h"

namespace vitrine {

/// True for "photo.xmp" and "photo.jpg.XMP".
bool IsSidecarName(std::string_view name);

/// The names among `sidecars` (sorted) that belong to the picture: first "photo.xmp", then "photo.jpg.xmp".
std::vector<std::string> SidecarsOf(std::string_view picture, const std::vector<std::string>& sidecars);

/// Where the sidecars of a picture may lie, those for several pictures first. Paths.
std::vector<PathBytes> SidecarPathsOf(const PathBytes& picture);

/// Those of them that are there.
std::vector<PathBytes> SidecarsBeside(const PathBytes& picture);

/// A sidecar as it lies on the disk.
struct Sidecar {
  PathBytes path;
  std::string bytes;
  EmbeddedNote note;  ///< What it says.
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;  ///< 0 when it changed so recently that it may change again unnoticed.
};

/// Whether a sidecar may have changed since it was remembered; false when it is gone. Touches no more than
/// its stamp.
bool SidecarIsNews(const PathBytes& path, const std::optional<SidecarRecord>& remembered);

/// Reads one. Errors: kNotFound, kIo, kUnsupported (a link, a special file, no XMP), kCorrupt.
Result<Sidecar> ReadSidecar(const PathBytes& path);

/// Accepted tags, rating and caption as the catalog has them.
Result<EmbeddedNote> CatalogNote(Annotations& annotations, AssetId asset);

/// Makes the catalog say `after` where it says `before`: tags that come are of origin kFile. Errors:
/// kNotFound (no such asset), kNoSpace, kIo.
Status AmendCatalog(Change& change, AssetId asset, const EmbeddedNote& before, const EmbeddedNote& after);

/// What a remembered sidecar said; nothing for one never met.
EmbeddedNote PastOf(const std::optional<SidecarRecord>& remembered);

/// Merges a sidecar that was read into the catalog and remembers it, as part of `change`. A sidecar that is
/// met for the first time is believed where it differs, unless the picture was changed here (`is_due`). The
/// file is not written. Returns whether the catalog says something else now. Errors: as AmendCatalog.
Result<bool> TakeSidecar(Catalog& catalog, Change& change, const Sidecar& sidecar, AssetId asset,
                         bool is_due);

}  // namespace vitrine
