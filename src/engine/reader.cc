#include "engine/reader.h"

#include "engine/snapshot.h"
#include "engine/writer.h"

namespace vitrine {

Result<Catalog*> SharedReader::Current() {
  const FileStamp file = StampCatalog(folder_).database;
  if (file.inode == 0) return NoLibraryYet(folder_);
  if (catalog_ && file.device == device_ && file.inode == inode_) return catalog_.get();
  catalog_.reset();
  VITRINE_TRY_ASSIGN(catalog_, Catalog::Open(folder_, CatalogMode::kRead));
  device_ = file.device;
  inode_ = file.inode;
  return catalog_.get();
}

}  // namespace vitrine
