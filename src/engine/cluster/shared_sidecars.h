// Sidecars (docs/xmp.md) of pictures that machines index into one cluster. The document is the truth about
// tags, rating and caption, and remembers of each sidecar what it said when it was met last; so whichever
// machine meets a later change merges it three ways from the same past, as a library on one machine does.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cluster/picture_doc.h"
#include "engine/cluster/plan.h"
#include "ingest/sidecars.h"
#include "vitrine/result.h"

namespace vitrine {

/// Merges a sidecar into a document and remembers it there. One that is met for the first time is believed
/// where it differs, unless people changed the picture on the cluster. Returns whether the document is
/// another than it was. Errors: kInvalidArgument (a tag that is none).
Result<bool> TakeSidecar(const Sidecar& sidecar, cluster::PictureCopy& there);

/// Those beside the files of one bunch. Each is read once, and only where a document asks for it. Not
/// thread-safe.
class BunchSidecars {
 public:
  explicit BunchSidecars(const Bunch& bunch);

  /// Takes those beside these files into a document, but for what it knows. Returns whether it is another
  /// then. Errors: as TakeSidecar().
  Result<bool> TakeInto(std::span<const PathBytes> files, cluster::PictureCopy& there);

  std::uint64_t read() const { return read_; }
  /// One changed so recently that it may change again unnoticed.
  bool doubtful() const { return doubtful_; }
  /// What could not be read, and why.
  const std::vector<std::pair<PathBytes, std::string>>& failures() const { return failures_; }

 private:
  const Sidecar* Read(const PathBytes& path);

  std::map<PathBytes, const std::vector<PlannedSidecar>*> beside_;  // By file.
  std::map<PathBytes, Result<Sidecar>> sidecars_;                   // By path, those that were asked for.
  std::uint64_t read_ = 0;
  std::vector<std::pair<PathBytes, std::string>> failures_;
  bool doubtful_ = false;
};

}  // namespace vitrine
