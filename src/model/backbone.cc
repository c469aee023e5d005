#include "model/backbone.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr char kRemedy[] = "; make the backbone again: python -m modelkit backbone NAME --out FOLDER";

}  // namespace

Result<BackbonePack> BackbonePack::Load(const std::string& folder) {
  BackbonePack pack;
  pack.place = {folder, "backbone.json", kRemedy};
  VITRINE_TRY_ASSIGN(const PackDescription description, PackDescription::Load(pack.place));
  const Fields root = description.root();
  pack.name = root.Text("name", 1, 64);
  pack.version = root.Text("version", 1, 64);
  pack.licence = root.Text("licence", 1, 2048);
  pack.origin = root.Text("origin", 1, 2048);
  pack.features = root.Integer("features", 8, 1 << 14);
  pack.image = ReadImageTower(root.Object("image"));
  VITRINE_TRY(description.Verdict());
  return pack;
}

Result<Backbone> Backbone::Open(const std::string& folder, int threads) {
  VITRINE_TRY_ASSIGN(BackbonePack pack, BackbonePack::Load(folder));
  VITRINE_TRY_ASSIGN(std::string bytes, pack.place.Read(pack.image.file));
  Result<ImageGraph> graph =
      ImageGraph::Load(std::move(bytes), pack.image, pack.features,
                       {.provider = Provider::kCpu, .threads = threads}, OrtSession::Create);
  if (!graph) {
    return Error(Code::kModel, "the backbone " + Quoted(JoinPath(folder, pack.image.file.name)) +
                                   " cannot be used: " + graph.error().message() + kRemedy);
  }
  return Backbone(std::move(pack), *std::move(graph));
}

Result<Matrix> Backbone::Features(std::span<const RgbImage> pictures) const {
  VITRINE_TRY_ASSIGN(Matrix features, graph_.Run(pictures));
  if (std::ranges::all_of(features.values(), [](float x) { return std::isfinite(x); })) return features;
  return Error(Code::kModel, "the backbone " + Quoted(pack_.place.folder) +
                                 " gives features that are not numbers" + kRemedy);
}

}  // namespace vitrine
