// What a gallery shows of a library: all facts of one moment in columns, held until something changes.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "engine/active_model.h"
#include "engine/reader.h"
#include "engine/row_orders.h"
#include "engine/snapshot.h"
#include "query/ways.h"
#include "vitrine/result.h"

namespace vitrine {

/// One moment of a library. Thread-safe to read.
struct LibraryView {
  /// Another number than that of any other moment, below 2^53 so that it is exact as a double too.
  std::uint64_t version = 0;
  std::string space;  ///< Whose rows these are.
  std::shared_ptr<const LibraryFacts> facts;
  std::shared_ptr<const RowOrders> orders;
};

/// Holds the newest view. Thread-safe.
class ViewKeeper {
 public:
  /// @param model   whose rows a view is of, asked for each.
  /// @param boards  goes into each view's facts.
  ViewKeeper(const std::string& library_folder, ModelLookup model, BoardLookup boards = {});

  /// A view, and a stamp of the catalog at which it was true.
  struct Fresh {
    std::shared_ptr<const LibraryView> view;
    CatalogStamp stamp;
  };

  /// The library as it is now. Cost: some 10 microseconds where nothing changed, else that of reading the
  /// facts (100,000 pictures: 0.2 s). Errors: kNotFound (no library), kModel, kCorrupt, kIo.
  Result<Fresh> Now();
  /// The number of the view that Now() would give, without reading facts: some 10 microseconds also where
  /// something changed. Errors: those of Now().
  Result<std::uint64_t> Version();

 private:
  Result<CatalogStamp> Look();
  Status Open();
  Result<std::shared_ptr<const LibraryView>> Load(std::uint64_t version);

  const std::string folder_;
  const ModelLookup model_;
  const BoardLookup boards_;
  std::mutex mutex_;
  std::unique_ptr<Catalog> catalog_;
  FileStamp file_;                           // Of the catalog that is open.
  std::uint64_t seen_ = 0;                   // Catalog::Version() of that catalog when it was last looked at.
  std::uint64_t version_ = 0;                // Of the view that belongs to it; 0 before the first.
  std::shared_ptr<const LibraryView> view_;  // The last that was asked for, perhaps of an earlier version.
};

}  // namespace vitrine
