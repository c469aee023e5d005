// Groups of pictures that show one shot: proposals of query/duplicates.h, confirmed by looking at them.
#pragma once

#include <string>

#include "catalog/fact_table.h"
#include "engine/copy_checker.h"
#include "index/vector_index.h"
#include "vitrine/duplicates.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// A consistent view of one library; all of it outlives the call.
struct DuplicateRooms {
  CopyCheckRooms check;
  const VectorIndex& index;
  const RowSet& live;
  const FactTable& facts;
  std::vector<PathBytes> quarantines;  ///< Folders of files that were put aside: they do not count.
};

/// Finds the groups. Every member but the kept one was laid over the kept one and shows the same, so a chain
/// of likenesses never joins what is not alike. Cost: a search for each picture's vector, some 5 ms a core
/// for each picture that was proposed, and a millisecond for each pair.
/// @param observer  may be null.
/// Errors: those of the library and of VectorIndex::Search.
Result<DuplicateReport> FindDuplicates(const DuplicateRooms& rooms, const DuplicateOptions& options,
                                       VectorObserver* observer, const StopSignal& stop);

}  // namespace vitrine
