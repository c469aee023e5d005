// Something costly that is made when it is first wanted, once, from whichever thread wants it first.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe. A failure is kept too: every later Get() returns the same error without trying again.
template <typename T>
class Lazy {
 public:
  /// Returns the value, calling `make() -> Result<T>` if this is the first call. The pointer lives as long as
  /// this.
  template <typename Make>
  Result<const T*> Get(Make make) {
    const std::lock_guard lock(mutex_);
    if (!made_) made_.emplace(make());
    if (!*made_) return made_->error();
    return &made_->value();
  }

 private:
  std::mutex mutex_;
  std::optional<Result<T>> made_;
};

}  // namespace vitrine
