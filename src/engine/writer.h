// One writer for all of a library: whoever changes the catalog goes through here, so that tagging, undoing
// and adding pictures work while an index run of the same process has the catalog open.
//
//   writer.With([&](Catalog& catalog) { return UndoNewest(catalog.annotations()); });       // a step
//
//   VITRINE_TRY_ASSIGN(const WriterLease lease, writer.Open());               // a long run of steps
//   lease.gate().With([&](Catalog& catalog) { ... });
//
// The catalog is opened for the first that needs it and closed, which frees the library for other processes,
// when the last one is done. Every step runs alone. Order of locks: a thread that holds the lock of searches
// may wait here; a step takes no other lock of the engine.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "base/try.h"
#include "catalog/catalog_gate.h"
#include "vitrine/result.h"

namespace vitrine {

class SharedWriter;

/// Keeps the catalog open for writing as long as it lives. Movable.
class WriterLease {
 public:
  WriterLease(WriterLease&& other) noexcept : writer_(std::exchange(other.writer_, nullptr)) {}
  WriterLease& operator=(WriterLease&&) = delete;
  ~WriterLease();

  CatalogGate& gate() const;

 private:
  friend class SharedWriter;
  explicit WriterLease(SharedWriter& writer) : writer_(&writer) {}
  SharedWriter* writer_;
};

/// Thread-safe. Outlives its leases.
class SharedWriter {
 public:
  explicit SharedWriter(std::string library_folder) : folder_(std::move(library_folder)) {}

  /// Calls `work(catalog)` alone and returns what it returns: a Result or Status.
  /// Errors: also kNotFound (there is no library yet), kLocked (another process writes, for more than a
  /// moment), kIo, kNoSpace.
  template <typename Work>
  std::invoke_result_t<const Work&, Catalog&> With(const Work& work) {
    const std::lock_guard lock(mutex_);
    if (catalog_) return work(*catalog_);
    VITRINE_TRY_ASSIGN(const std::unique_ptr<Catalog> catalog, OpenCatalog(Missing::kIsError));
    return work(*catalog);
  }

  enum class Missing : std::uint8_t { kIsError, kIsMade };  ///< A library that is not there yet.
  /// Errors: kNotFound (no library, where that is an error), kLocked (another process writes), kUnsupported,
  /// kCorrupt, kNoSpace, kIo.
  Result<WriterLease> Open(Missing missing = Missing::kIsError);

 private:
  friend class WriterLease;

  Result<std::unique_ptr<Catalog>> OpenCatalog(Missing missing) const;
  void Return();

  const std::string folder_;
  std::mutex mutex_;  // Guards all below, and is what gates wait for.
  std::size_t leases_ = 0;
  std::unique_ptr<Catalog> catalog_;  // As long as there are leases.
  std::unique_ptr<CatalogGate> gate_;
};

/// kNotFound, with what to do about it.
Error NoLibraryYet(const std::string& library_folder);

}  // namespace vitrine
