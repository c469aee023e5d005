#include "engine/cluster/originals.h"

#include <utility>
#include <vector>

#include "base/try.h"
#include "cluster/browsing.h"
#include "cluster/understood.h"

namespace vitrine {

Result<cluster::PictureCopy> PictureOnCluster(const ClusterRoom& room, AssetId id) {
  VITRINE_TRY_ASSIGN(std::vector<cluster::PictureCopy> pictures, cluster::Understood(room.address(), [&] {
                       cluster::Browsing browsing(room.cluster(), room.alias());
                       return browsing.Pictures(std::span(&id, 1));
                     }));
  if (pictures.empty()) return NoSuchPicture(id);
  return std::move(pictures.front());
}

Result<OpenOriginal> OriginalOnCluster(const ClusterRoom& room, AssetId id) {
  VITRINE_TRY_ASSIGN(cluster::PictureCopy picture, PictureOnCluster(room, id));
  std::vector<KnownOriginal> files;
  for (std::size_t i = 0; i < picture.asset.paths.size(); ++i)
    files.push_back({picture.asset.paths[i], picture.stamps[i]});
  picture.asset.offline = false;  // On the machine that copied it; here the file itself says.
  return OpenFirst(
      picture.asset, files,
      "a library on a cluster shows pictures from the folders that they were indexed in: mount them "
      "here at the same place");
}

}  // namespace vitrine
