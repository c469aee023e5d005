#include "model/image_tower.h"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "model/tower_checks.h"

namespace vitrine {
namespace {

std::vector<std::int64_t> BatchShape(const Preprocessing& settings, std::int64_t pictures) {
  const std::int64_t edge = settings.edge_px;
  if (settings.layout == TensorLayout::kNchw) return {pictures, 3, edge, edge};
  return {pictures, edge, edge, 3};
}

ElementType TensorElement(const Preprocessing& settings) {
  return settings.type == TensorType::kUint8 ? ElementType::kUint8 : ElementType::kFloat32;
}

Status CheckGraph(const OrtSession& session, const ImageTowerSpec& spec, std::size_t dimension) {
  const Preprocessing& settings = spec.preprocessing;
  if (session.inputs().size() != 1) {
    return Error(Code::kModel,
                 "it has " + std::to_string(session.inputs().size()) + " inputs where 1 is right");
  }
  VITRINE_TRY(CheckTensor(session.inputs(), spec.input, TensorElement(settings), BatchShape(settings, -1)));
  const std::int64_t output[] = {-1, static_cast<std::int64_t>(dimension)};
  return CheckTensor(session.outputs(), spec.output, ElementType::kFloat32, output);
}

// Some exports are made for one picture at a time.
bool TakesOneAlone(const OrtSession& session, const std::string& input) {
  return std::ranges::any_of(session.inputs(), [&](const TensorInfo& tensor) {
    return tensor.name == input && !tensor.shape.empty() && tensor.shape.front() == 1;
  });
}

bool HasAllPixels(const RgbImage& picture) {
  return picture.width_px >= 1 && picture.height_px >= 1 &&
         picture.pixels.size() ==
             static_cast<std::size_t>(picture.width_px) * static_cast<std::size_t>(picture.height_px) * 3;
}

}  // namespace

Result<ImageTower> ImageTower::Load(const ModelPack& pack, const SessionSettings& settings,
                                    const SessionOpener& open) {
  const std::string what =
      "the image tower " + Quoted(JoinPath(pack.folder(), pack.image().file.name)) + " cannot be used";
  // A provider that cannot run a sound tower is no reason to copy the pack again.
  const auto refuse = [&](const Error& cause) {
    return settings.provider == Provider::kCpu ? pack.Refuse(what, cause) : Error(cause).Annotate(what);
  };
  VITRINE_TRY_ASSIGN(std::string bytes, pack.Read(pack.image().file));
  VITRINE_TRY_ASSIGN(const std::string pixels, pack.Read(pack.self_test().picture));
  Result<std::unique_ptr<OrtSession>> session = open(std::move(bytes), settings);
  if (!session) return refuse(session.error());
  ImageTower tower;
  tower.session_ = *std::move(session);
  tower.spec_ = pack.image();
  tower.dimension_ = pack.space().dimension;
  tower.settings_ = settings;
  Status checked = CheckGraph(*tower.session_, tower.spec_, tower.dimension_);
  tower.takes_one_alone_ = TakesOneAlone(*tower.session_, tower.spec_.input);
  const SelfTestSpec& test = pack.self_test();
  if (checked)
    checked = tower.SelfTest(test, {test.width_px, test.height_px, {pixels.begin(), pixels.end()}});
  if (!checked) return refuse(checked.error());
  return tower;
}

Status ImageTower::SelfTest(const SelfTestSpec& test, const RgbImage& picture) {
  VITRINE_TRY_ASSIGN(const Matrix vectors, Embed({&picture, 1}));
  self_test_cosine_ = Cosine(vectors.row(0), test.picture_vector);
  if (self_test_cosine_ >= spec_.least_cosine) return {};
  std::ostringstream message;
  message << "on " << ProviderName(settings_.provider)
          << " its vector of the self-test's picture has a cosine of " << self_test_cosine_
          << " with the expected one, and " << spec_.least_cosine
          << " is the least; the pack's files do not belong together, or this provider computes wrongly here";
  return Error(Code::kModel, message.str());
}

Result<Matrix> ImageTower::Embed(std::span<const RgbImage> pictures, std::size_t together) const {
  for (const RgbImage& picture : pictures) {
    if (!HasAllPixels(picture))
      return Error(Code::kInvalidArgument, "a picture without pixels cannot be embedded");
  }
  Matrix vectors(pictures.size(), dimension_);
  const std::size_t most = takes_one_alone_ ? 1 : std::max<std::size_t>(together, 1);
  for (std::size_t first = 0; first < pictures.size(); first += most) {
    const std::size_t count = std::min(most, pictures.size() - first);
    VITRINE_TRY_ASSIGN(const Matrix batch, EmbedBatch(pictures.subspan(first, count)));
    std::copy(batch.values().begin(), batch.values().end(), vectors.row(first).begin());
  }
  return vectors;
}

Result<Matrix> ImageTower::EmbedBatch(std::span<const RgbImage> pictures) const {
  const Preprocessing& settings = spec_.preprocessing;
  const std::size_t size = TensorBytes(settings);
  std::vector<std::byte> tensor(pictures.size() * size);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    Preprocess(pictures[i], settings, std::span(tensor).subspan(i * size, size));
  }
  const TensorView input = {spec_.input.c_str(), TensorElement(settings),
                            BatchShape(settings, static_cast<std::int64_t>(pictures.size())), tensor};
  VITRINE_TRY_ASSIGN(Matrix vectors,
                     session_->Run({&input, 1}, spec_.output.c_str(), pictures.size(), dimension_));
  VITRINE_TRY(NormaliseRows(vectors));
  return vectors;
}

}  // namespace vitrine
