// The files of one vector space: quantised rows in checksummed blocks, made from the catalog and rebuilt from
// it on any doubt (docs/formats/segment.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "index/row_table.h"
#include "index/vector_index.h"
#include "vitrine/result.h"

namespace vitrine {

/// Which vectors a folder of segments holds.
struct SegmentIdentity {
  std::string folder;  ///< "<library>/vectors/<space>", made if missing by Publish().
  std::string space;   ///< 16 hex digits.
  std::size_t dimension = 0;
  std::uint64_t generation = 0;  ///< Files of another generation are not used.
};

/// "<prefix><generation in 16 hex digits><suffix>": what a file made for one generation is called.
std::string FileOfGeneration(std::string_view prefix, std::uint64_t generation, std::string_view suffix);

/// What opening found; for `doctor` and for one line of log.
struct SegmentState {
  RowId rows_from_files = 0;   ///< Rows whose blocks were whole.
  RowId rows_from_source = 0;  ///< Rows that the files lack and that were read from the source.
  std::string damage;          ///< Why files were not believed; empty when nothing was wrong.
};

/// When the pages of vectors are held against their checksums.
enum class Checking : std::uint8_t {
  kOnFirstUse,  ///< By the search that first reads them; one that finds damage fails with kCorrupt.
  kAll,         ///< Now, which reads the whole file.
};

/// Opens the rows for searching: believed blocks are mapped, everything else is read from `source` into
/// memory. Never writes, so it works on read-only media and beside an indexer. Damage is never an error here.
/// After a search has failed with kCorrupt, open again with Checking::kAll: damaged blocks then come from the
/// source. Cost: the blocks' headers and the last row are read, unless all is checked.
/// Errors: those of `source`, kIo.
Result<std::shared_ptr<const RowTable>> OpenSegments(const SegmentIdentity& identity, RowSource& source,
                                                     SegmentState* state = nullptr,
                                                     Checking checking = Checking::kOnFirstUse);

/// Brings the files up to what `source` holds: appends a block for new rows, or writes the files anew when
/// they are damaged, foreign or of another generation. With kOnFirstUse damaged pages stay for a later call
/// to find. One caller at a time per library (the library's writer). Errors: those of `source`, kNoSpace,
/// kIo. After an error the files are still sound.
Status PublishSegments(const SegmentIdentity& identity, RowSource& source,
                       Checking checking = Checking::kAll);

}  // namespace vitrine
