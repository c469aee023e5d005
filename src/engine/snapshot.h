// A consistent view of a library for searching: its catalog, its vectors and the rows that may be returned.
#pragma once

#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "index/index_store.h"
#include "index/segment_store.h"
#include "index/vector_index.h"
#include "model/embedder.h"
#include "vitrine/result.h"

namespace vitrine {

/// What tells that a catalog has changed since it was read: sizes, times and inodes of its files.
struct CatalogStamp {
  FileStamp database;
  FileStamp log;
  bool operator==(const CatalogStamp&) const = default;
};

CatalogStamp StampCatalog(const std::string& library_folder);

struct Snapshot {
  CatalogStamp stamp;
  std::shared_ptr<Embedder> model;  ///< Whose space this is; set by who opens it for searching.
  Checking checking = Checking::kOnFirstUse;
  std::unique_ptr<Catalog> catalog;
  IndexPolicy policy;
  std::shared_ptr<const RowTable> rows;
  std::unique_ptr<VectorIndex> index;
  RowSet live;
  SegmentState segments;
  VectorIndexReport index_report;
  /// The same library in the space of a second model, whose answers are mixed in; null where there is none.
  std::unique_ptr<Snapshot> second;
  std::string second_problem;  ///< Why there is none though there should be, in words.

  /// REQUIRES: a model.
  const Space& space() const { return model->space(); }
};

/// The identity of a space's segment files in a library.
SegmentIdentity IdentityOf(const std::string& library_folder, const Space& space, std::uint64_t generation);

/// Opens a library for searching in one space. A space that the library has never heard of gives an empty
/// index.
/// @param checking  kAll after a search has failed with kCorrupt: all vectors are checked now, damaged ones
/// come
///                  from the catalog, and searches are exact, so that no file is left to fail.
/// Errors: kNotFound (no library there), kUnsupported, kCorrupt, kIo.
Result<std::unique_ptr<Snapshot>> OpenSnapshot(const std::string& library_folder, const Space& space,
                                               Checking checking = Checking::kOnFirstUse);

}  // namespace vitrine
