#include "engine/cluster/duplicate_pictures.h"

#include <nlohmann/json.hpp>

#include "base/try.h"
#include "cluster/browsing.h"
#include "cluster/paging.h"
#include "query/duplicates.h"

namespace vitrine {

Result<std::vector<AssetId>> DuplicatePictures::Read() const {
  std::vector<AssetId> ids;
  std::vector<std::uint64_t> hashes;
  std::vector<RowId> several_files;
  VITRINE_TRY(cluster::ForEachDocument(cluster_, index_, {"id", "paths", "picture.hash"},
                                       [&](const std::string&, const nlohmann::json& source) {
                                         if (source.at("paths").size() > 1)
                                           several_files.push_back(static_cast<RowId>(ids.size()));
                                         ids.push_back(AssetId{source.at("id").get<std::int64_t>()});
                                         hashes.push_back(
                                             source.at("picture").at("hash").get<std::uint64_t>());
                                         return Status();
                                       }));
  RowSet copied(ids.size());
  for (const RowId row : several_files) copied.Insert(row);
  const RowSet rows = DuplicateRows(hashes, std::move(copied));
  std::vector<AssetId> found;
  for (RowId row = 0; row < ids.size(); ++row) {
    if (rows.Contains(row)) found.push_back(ids[row]);
  }
  return found;
}

Result<std::vector<AssetId>> DuplicatePictures::Find() {
  const std::lock_guard lock(mutex_);
  // Before they are read: what is kept may be newer than its number, never older.
  VITRINE_TRY_ASSIGN(const std::uint64_t version, cluster::Browsing(cluster_, index_).Version());
  if (version_ != version) {
    VITRINE_TRY_ASSIGN(found_, Read());
    version_ = version;
  }
  if (found_.size() > kMost) {
    return Error(Code::kUnsupported,
                 "more than a million pictures have a duplicate, which are too many to ask a cluster for");
  }
  return found_;
}

}  // namespace vitrine
