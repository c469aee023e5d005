// A catalog that is open for writing, shared by threads of one process.
#pragma once

#include <mutex>

#include "catalog/catalog.h"

namespace vitrine {

/// Lets one thread at a time at a catalog. A thread inside must neither enter again nor take a lock that
/// others hold while they wait here.
class CatalogGate {
 public:
  explicit CatalogGate(Catalog& catalog) : catalog_(catalog), mutex_(own_) {}
  /// With a lock that guards more than this gate. Both outlive it.
  CatalogGate(Catalog& catalog, std::mutex& mutex) : catalog_(catalog), mutex_(mutex) {}

  /// Calls `work(catalog)` alone and returns what it returns.
  template <typename Work>
  auto With(Work work) {
    const std::lock_guard lock(mutex_);
    return work(catalog_);
  }

 private:
  Catalog& catalog_;
  std::mutex own_;
  std::mutex& mutex_;
};

}  // namespace vitrine
