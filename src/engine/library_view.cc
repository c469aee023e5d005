#include "engine/library_view.h"

#include <utility>

#include "base/try.h"
#include "engine/writer.h"

namespace vitrine {
namespace {

constexpr std::uint64_t kVersionBits = 48;

// Where the numbers of this process begin: hardly ever where those of an earlier one were.
std::uint64_t FirstVersion(const CatalogStamp& stamp) {
  std::uint64_t mixed = 0x9e3779b97f4a7c15;
  for (const FileStamp& file : {stamp.database, stamp.log}) {
    for (const std::uint64_t part : {file.size_bytes, static_cast<std::uint64_t>(file.mtime_ns),
                                     static_cast<std::uint64_t>(file.ctime_ns), file.inode}) {
      mixed = (mixed ^ part) * 0xff51afd7ed558ccd;
      mixed ^= mixed >> 32;
    }
  }
  return (mixed >> (64 - kVersionBits)) | 1;
}

bool IsSameFile(const FileStamp& x, const FileStamp& y) { return x.inode == y.inode && x.device == y.device; }

}  // namespace

ViewKeeper::ViewKeeper(const std::string& library_folder, ModelLookup model, BoardLookup boards)
    : folder_(library_folder), model_(std::move(model)), boards_(std::move(boards)) {}

Status ViewKeeper::Open() {
  catalog_.reset();
  VITRINE_TRY_ASSIGN(catalog_, Catalog::Open(folder_, CatalogMode::kRead));
  VITRINE_TRY_ASSIGN(seen_, catalog_->Version());
  return {};
}

// Gives the library another version where it changed since the last look.
Result<CatalogStamp> ViewKeeper::Look() {
  const CatalogStamp stamp = StampCatalog(folder_);
  if (stamp.database.inode == 0) return NoLibraryYet(folder_);
  if (!catalog_ || !IsSameFile(file_, stamp.database)) {
    VITRINE_TRY(Open());
    file_ = stamp.database;
    version_ = version_ == 0 ? FirstVersion(stamp) : version_ + 1;
    return stamp;
  }
  VITRINE_TRY_ASSIGN(const std::uint64_t now, catalog_->Version());
  if (now != seen_) ++version_;
  seen_ = now;
  return stamp;
}

Result<std::uint64_t> ViewKeeper::Version() {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY(Look());
  return version_;
}

Result<ViewKeeper::Fresh> ViewKeeper::Now() {
  const std::lock_guard lock(mutex_);
  VITRINE_TRY_ASSIGN(const CatalogStamp stamp, Look());
  if (view_ && view_->version == version_) return Fresh{view_, stamp};
  for (bool again = false;; again = true) {
    // A reader stays with the generation of rows that it saw first, so each view has one of its own.
    VITRINE_TRY(Open());
    auto loaded = Load(version_);
    // What was loaded while the rows were dealt anew, or another model was taken into use, is neither.
    const auto model = model_(*catalog_);
    const bool overtaken = !loaded || (model && (*model)->space().id != (*loaded)->space);
    if (overtaken && !again) continue;
    VITRINE_TRY_ASSIGN(view_, std::move(loaded));
    return Fresh{view_, stamp};
  }
}

Result<std::shared_ptr<const LibraryView>> ViewKeeper::Load(std::uint64_t version) {
  VITRINE_TRY_ASSIGN(const OpenModel model, model_(*catalog_));
  auto facts = std::make_shared<LibraryFacts>();
  VITRINE_TRY_ASSIGN(facts->table, LoadFacts(*catalog_, model->space().id));
  facts->derived = DeriveFacts(*facts->table);
  facts->boards = boards_;
  auto view = std::make_shared<LibraryView>();
  view->version = version;
  view->space = model->space().id;
  // A tag or a rating changes no order.
  const bool same = view_ && RowOrders::AreSame(*view_->facts->table, *facts->table);
  view->orders = same ? view_->orders : std::make_shared<const RowOrders>(facts->table);
  view->facts = std::move(facts);
  return std::shared_ptr<const LibraryView>(std::move(view));
}

}  // namespace vitrine
