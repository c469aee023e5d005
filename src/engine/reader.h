// One reading connection to a library's catalog, for questions that are answered in microseconds.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "base/try.h"
#include "catalog/catalog.h"
#include "vitrine/result.h"

namespace vitrine {

/// Thread-safe: one question at a time. Sees what is committed when a question is asked, also where the
/// library was made anew since.
class SharedReader {
 public:
  explicit SharedReader(std::string library_folder) : folder_(std::move(library_folder)) {}

  /// Calls `ask(catalog)` and returns what it returns: a Result or Status. Errors: also kNotFound (there is
  /// no library yet), those of opening.
  template <typename Ask>
  std::invoke_result_t<const Ask&, Catalog&> With(const Ask& ask) {
    const std::lock_guard lock(mutex_);
    VITRINE_TRY_ASSIGN(Catalog * catalog, Current());
    return ask(*catalog);
  }

 private:
  Result<Catalog*> Current();

  const std::string folder_;
  std::mutex mutex_;
  std::unique_ptr<Catalog> catalog_;
  std::uint64_t device_ = 0, inode_ = 0;  // Of the file that is open.
};

}  // namespace vitrine
