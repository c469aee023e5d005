#include "model/pack_summary.h"

#include "base/try.h"
#include "model/pack.h"
#include "model/pack_embedder.h"

namespace vitrine {

namespace {

PackSummary SummaryOf(const ModelPack& pack) {
  PackSummary summary{.name = pack.name(),
                      .version = pack.version(),
                      .licence = pack.licence(),
                      .origin = pack.origin(),
                      .space = pack.space(),
                      .image_precision = pack.image().precision,
                      .text_precision = pack.text().precision,
                      .spaces = {}};
  for (const TowerVariant& variant : pack.image().variants) {
    summary.spaces.push_back({.precision = variant.precision, .space = variant.space});
  }
  return summary;
}

}  // namespace

Result<PackSummary> DescribePack(const std::string& folder) {
  VITRINE_TRY_ASSIGN(const ModelPack pack, ModelPack::Load(folder));
  return SummaryOf(pack);
}

Result<PackSummary> DescribePack(const EmbedderOptions& opening) {
  VITRINE_TRY_ASSIGN(ModelPack pack, ModelPack::Load(opening.pack_folder));
  VITRINE_TRY(pack.Choose(WishOf(opening)));
  return SummaryOf(pack);
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
