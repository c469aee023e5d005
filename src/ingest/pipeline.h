// From folders to a searchable library: walks them, finds out what changed, decodes and embeds it, and
// records it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog_gate.h"
#include "image/decoder.h"
#include "index/segment_store.h"
#include "model/embedder.h"
#include "vitrine/index_report.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/types.h"

namespace vitrine {

struct IngestOptions {
  std::vector<PathBytes> roots;       ///< Folders or files; relative ones are taken from the current folder.
  std::vector<PathBytes> files;       ///< If there are any: these alone, all under the one root; nothing is
                                      ///< forgotten, and one that is gone is passed over.
  bool drawings = false;              ///< SVG files are pictures too.
  bool retry_failed = false;          ///< Tries files again that failed before and have not changed since.
  std::size_t decode_threads = 2;     ///< Calls of Decoder::Decode at once, >= 1.
  std::size_t batch = kPictureBatch;  ///< Pictures embedded at once, >= 1.
  std::string thumbs_folder;          ///< "<library>/thumbs"; empty writes no thumbnails.
  SegmentIdentity
      segments;  ///< Folder of the vector files; an empty folder publishes none. The rest is filled in.
};

/// What a run works with. The catalog is open for writing; others may change it through the gate meanwhile.
struct IngestRooms {
  CatalogGate& gate;
  Decoder& decoder;
  Embedder& embedder;
};

/// Brings the library up to what lies under the roots. A file that cannot be read is a row in `failures`,
/// never the end of a run. Blocks; uses decode_threads + 2 threads; memory does not grow with the folder
/// beyond its largest listing. Errors end the run after what can be recorded is recorded: kInvalidArgument
/// (no roots), kModel, kNoSpace, kCorrupt, kIo.
Result<IndexReport> Ingest(const IngestRooms& rooms, const IngestOptions& options, IndexObserver* observer,
                           const StopSignal& stop);

}  // namespace vitrine
