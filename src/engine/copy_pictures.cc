#include "engine/copy_pictures.h"

#include <optional>
#include <utility>

#include "base/try.h"

namespace vitrine {

CopyPicturesOf CopyPicturesIn(Catalog& catalog, const std::string& space) {
  return [&catalog, space](std::span<const RowId> rows) -> Result<std::vector<CopyPicture>> {
    VITRINE_TRY_ASSIGN(auto assets, catalog.AssetsOfRows(space, rows));
    std::vector<CopyPicture> pictures;
    for (auto& [row, asset] : assets) {
      CopyPicture& picture = pictures.emplace_back();
      picture.row = row;
      for (const PathBytes& path : asset.paths) {
        VITRINE_TRY_ASSIGN(const std::optional<KnownFile> known, catalog.FileAt(path));
        picture.stamps.push_back(known ? known->stamp : FileStamp());
      }
      picture.asset = std::move(asset);
    }
    return pictures;
  };
}

}  // namespace vitrine
