#include "model/tower_checks.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace vitrine {
namespace {

const char* TypeName(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return "float32";
    case ElementType::kUint8:
      return "uint8";
    case ElementType::kInt32:
      return "int32";
    case ElementType::kInt64:
      return "int64";
    default:
      return "another type";
  }
}

// "float32 [n, 512]".
std::string Described(ElementType type, std::span<const std::int64_t> shape) {
  std::string text = TypeName(type) + std::string(" [");
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + (shape[i] == -1 ? std::string("n") : std::to_string(shape[i]));
  }
  return text + "]";
}

}  // namespace

Status NormaliseRows(Matrix& vectors) {
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    double sum = 0;
    for (const float x : vectors.row(i)) sum += static_cast<double>(x) * static_cast<double>(x);
    if (!std::isfinite(sum) || sum < 1e-20) return Error(Code::kModel, "its output is not a usable vector");
    const auto scale = static_cast<float>(1 / std::sqrt(sum));
    for (float& x : vectors.row(i)) x *= scale;
  }
  return {};
}

double Cosine(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

Status CheckTensor(std::span<const TensorInfo> tensors, const std::string& name, ElementType type,
                   std::span<const std::int64_t> shape) {
  std::string names;
  for (const TensorInfo& tensor : tensors) {
    names += (names.empty() ? "" : ", ") + Quoted(tensor.name);
    if (tensor.name != name) continue;
    const bool same = std::equal(shape.begin(), shape.end(), tensor.shape.begin(), tensor.shape.end(),
                                 [](std::int64_t a, std::int64_t b) { return a == b || a == -1 || b == -1; });
    if (same && tensor.type == type) return {};
    return Error(Code::kModel,
                 "its tensor " + Quoted(name) + " has another type or shape than the pack says: " +
                     Described(tensor.type, tensor.shape) + " where " + Described(type, shape) + " is right");
  }
  return Error(Code::kModel, "it has no tensor " + Quoted(name) + " as the pack says, but " + names);
}

}  // namespace vitrine
