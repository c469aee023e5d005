#include "model/image_graph.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/try.h"
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

Status CheckGraph(const OrtSession& session, const ImageTowerSpec& spec, std::size_t width) {
  const Preprocessing& settings = spec.preprocessing;
  if (session.inputs().size() != 1) {
    return Error(Code::kModel,
                 "it has " + std::to_string(session.inputs().size()) + " inputs where 1 is right");
  }
  VITRINE_TRY(CheckTensor(session.inputs(), spec.input, TensorElement(settings), BatchShape(settings, -1)));
  const std::int64_t output[] = {-1, static_cast<std::int64_t>(width)};
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

Result<ImageGraph> ImageGraph::Load(std::string model, const ImageTowerSpec& spec, std::size_t width,
                                    const SessionSettings& settings, const SessionOpener& open) {
  ImageGraph graph;
  VITRINE_TRY_ASSIGN(graph.session_, open(std::move(model), settings));
  VITRINE_TRY(CheckGraph(*graph.session_, spec, width));
  graph.input_ = spec.input;
  graph.output_ = spec.output;
  graph.preprocessing_ = spec.preprocessing;
  graph.width_ = width;
  graph.takes_one_alone_ = TakesOneAlone(*graph.session_, spec.input);
  return graph;
}

Result<Matrix> ImageGraph::Run(std::span<const RgbImage> pictures, std::size_t together) const {
  for (const RgbImage& picture : pictures) {
    if (!HasAllPixels(picture))
      return Error(Code::kInvalidArgument, "a picture without pixels cannot be embedded");
  }
  Matrix rows(pictures.size(), width_);
  const std::size_t most = takes_one_alone_ ? 1 : std::max<std::size_t>(together, 1);
  for (std::size_t first = 0; first < pictures.size(); first += most) {
    const std::size_t count = std::min(most, pictures.size() - first);
    VITRINE_TRY_ASSIGN(const Matrix batch, RunBatch(pictures.subspan(first, count)));
    std::copy(batch.values().begin(), batch.values().end(), rows.row(first).begin());
  }
  return rows;
}

Result<Matrix> ImageGraph::RunBatch(std::span<const RgbImage> pictures) const {
  const std::size_t size = TensorBytes(preprocessing_);
  std::vector<std::byte> tensor(pictures.size() * size);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    Preprocess(pictures[i], preprocessing_, std::span(tensor).subspan(i * size, size));
  }
  const TensorView input = {input_.c_str(), TensorElement(preprocessing_),
                            BatchShape(preprocessing_, static_cast<std::int64_t>(pictures.size())), tensor};
  return session_->Run({&input, 1}, output_.c_str(), pictures.size(), width_);
}

}  // namespace vitrine
