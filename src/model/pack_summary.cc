#include "model/pack_summary.h"

#include "base/try.h"
#include "model/pack.h"

namespace vitrine {

Result<PackSummary> DescribePack(const std::string& folder) {
  VITRINE_TRY_ASSIGN(const ModelPack pack, ModelPack::Load(folder));
  return PackSummary{.name = pack.name(),
                     .version = pack.version(),
                     .licence = pack.licence(),
                     .origin = pack.origin(),
                     .space = pack.space(),
                     .image_precision = pack.image().precision,
                     .text_precision = pack.text().precision};
}

Result<std::vector<NamedFile>> FilesOfPack(const std::string& folder) {
  VITRINE_TRY_ASSIGN(const ModelPack pack, ModelPack::Load(folder));
  VITRINE_TRY_ASSIGN(const PackDescription description, PackDescription::Load(pack.place()));
  std::vector<NamedFile> files;
  for (const PackFile& file : description.files()) files.push_back({file.name, file.sha256});
  VITRINE_TRY(description.Verdict());
  return files;
}

}  // namespace vitrine
