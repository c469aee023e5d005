#include "engine/writer.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "base/file.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

// Whoever fills the space of another model takes the lock for moments, again and again: those are worth
// waiting for.
constexpr auto kPatience = std::chrono::milliseconds(500);
constexpr auto kBetweenTries = std::chrono::milliseconds(20);

}  // namespace

WriterLease::~WriterLease() {
  if (writer_ != nullptr) writer_->Return();
}

CatalogGate& WriterLease::gate() const { return *writer_->gate_; }

Result<std::unique_ptr<Catalog>> SharedWriter::OpenCatalog(Missing missing) const {
  std::error_code error;
  if (missing == Missing::kIsError && !std::filesystem::exists(JoinPath(folder_, "catalog.sqlite"), error)) {
    return NoLibraryYet(folder_);
  }
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    auto opened = Catalog::Open(folder_, CatalogMode::kWrite);
    const bool locked = !opened && opened.error().code() == Code::kLocked;
    if (!locked || std::chrono::steady_clock::now() >= end) return opened;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

Result<WriterLease> SharedWriter::Open(Missing missing) {
  const std::lock_guard lock(mutex_);
  if (!catalog_) {
    VITRINE_TRY_ASSIGN(catalog_, OpenCatalog(missing));
    gate_ = std::make_unique<CatalogGate>(*catalog_, mutex_);
  }
  ++leases_;
  return WriterLease(*this);
}

void SharedWriter::Return() {
  const std::lock_guard lock(mutex_);
  if (--leases_ > 0) return;
  gate_.reset();
  catalog_.reset();
}

Error NoLibraryYet(const std::string& library_folder) {
  return Error(Code::kNotFound, "there is no library at " + Quoted(library_folder) +
                                    " yet; make one with: vitrine index FOLDER-OF-PICTURES");
}

}  // namespace vitrine
