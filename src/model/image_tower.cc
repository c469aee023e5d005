#include "model/image_tower.h"

#include <sstream>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "model/tower_checks.h"

namespace vitrine {

Result<ImageTower> ImageTower::Load(const ModelPack& pack, const SessionSettings& settings,
                                    const SessionOpener& open) {
  const ImageTowerSpec& spec = pack.image();
  const std::string what =
      "the image tower " + Quoted(JoinPath(pack.folder(), spec.file.name)) + " cannot be used";
  // A provider that cannot run a sound tower is no reason to copy the pack again.
  const auto refuse = [&](const Error& cause) {
    return settings.provider == Provider::kCpu ? pack.Refuse(what, cause) : Error(cause).Annotate(what);
  };
  VITRINE_TRY_ASSIGN(std::string bytes, pack.Read(spec.file));
  VITRINE_TRY_ASSIGN(const std::string pixels, pack.Read(pack.self_test().picture));
  const std::size_t width = spec.projection ? spec.projection->features : pack.space().dimension;
  Result<ImageGraph> graph = ImageGraph::Load(std::move(bytes), spec, width, settings, open);
  if (!graph) return refuse(graph.error());
  ImageTower tower(*std::move(graph), settings);
  if (spec.projection) {
    VITRINE_TRY_ASSIGN(const std::string numbers, pack.Read(spec.projection->file));
    Result<Projection> projection = ParseProjection(numbers, width, pack.space().dimension);
    if (!projection) {
      return pack.Refuse(
          "the projection " + Quoted(JoinPath(pack.folder(), spec.projection->file.name)) + " cannot be used",
          projection.error());
    }
    tower.projection_ = *std::move(projection);
  }
  const SelfTestSpec& test = pack.self_test();
  const Status checked = tower.SelfTest(test, {test.width_px, test.height_px, {pixels.begin(), pixels.end()}},
                                        spec.least_cosine);
  if (!checked) return refuse(checked.error());
  return tower;
}

Status ImageTower::SelfTest(const SelfTestSpec& test, const RgbImage& picture, double least_cosine) {
  VITRINE_TRY_ASSIGN(const Matrix vectors, Embed({&picture, 1}));
  self_test_cosine_ = Cosine(vectors.row(0), test.picture_vector);
  if (self_test_cosine_ >= least_cosine) return {};
  std::ostringstream message;
  message << "on " << ProviderName(settings_.provider)
          << " its vector of the self-test's picture has a cosine of " << self_test_cosine_
          << " with the expected one, and " << least_cosine
          << " is the least; the pack's files do not belong together, or this provider computes wrongly here";
  return Error(Code::kModel, message.str());
}

Result<Matrix> ImageTower::Embed(std::span<const RgbImage> pictures, std::size_t together) const {
  VITRINE_TRY_ASSIGN(Matrix vectors, graph_.Run(pictures, together));
  if (projection_) vectors = Project(*projection_, vectors);
  VITRINE_TRY(NormaliseRows(vectors));
  return vectors;
}

}  // namespace vitrine
