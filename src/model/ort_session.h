// ONNX Runtime behind a wall: no type of it appears here, and none of its exceptions gets out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "model/providers.h"
#include "vitrine/result.h"

namespace vitrine {

enum class ElementType : std::uint8_t { kFloat32, kUint8, kInt32, kInt64, kOther };

/// An input or output of a graph. A dimension that the graph leaves open is -1.
struct TensorInfo {
  std::string name;
  ElementType type = ElementType::kOther;
  std::vector<std::int64_t> shape;
};

/// A tensor to feed: row-major, owned by the caller until Run() returns.
struct TensorView {
  const char* name = nullptr;
  ElementType type = ElementType::kFloat32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// A tensor that came out: row-major.
struct FloatTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// One loaded graph. Thread-safe.
class OrtSession {
 public:
  /// Loads a graph from memory. Errors: kModel (damaged, refused by CheckOnnx, provider not there), in words
  /// that continue "the image tower cannot be loaded: ".
  static Result<std::unique_ptr<OrtSession>> Create(std::string model, const SessionSettings& settings);
  /// Opens what a session of the same provider left in SessionSettings::keep_in, on this machine and by this
  /// build of the runtime: nothing is left to optimise, and weights are mapped. The files must be whole and
  /// what they were; they stay in use until this is destroyed. Errors: kModel.
  static Result<std::unique_ptr<OrtSession>> OpenKept(const std::string& folder,
                                                      const SessionSettings& settings);
  ~OrtSession();

  const std::vector<TensorInfo>& inputs() const;
  const std::vector<TensorInfo>& outputs() const;

  /// Runs the graph and returns its output `output`, which must be float32 [rows, columns].
  /// Errors: kModel (the runtime refuses, or the output has another shape).
  Result<Matrix> Run(std::span<const TensorView> inputs, const char* output, std::size_t rows,
                     std::size_t columns) const;

  /// The same for an output whose shape follows from the inputs: float32 of `dimensions` dimensions.
  Result<FloatTensor> RunOpen(std::span<const TensorView> inputs, const char* output,
                              std::size_t dimensions) const;

 private:
  struct Impl;
  explicit OrtSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The files that SessionSettings::keep_in gets.
inline constexpr char kKeptGraph[] = "graph.onnx";
inline constexpr char kKeptWeights[] = "weights.bin";

/// "ONNX Runtime 1.24.1".
std::string RuntimeVersion();

/// The same with what tells two builds of a version apart.
std::string RuntimeBuild();

/// The execution providers built into the runtime that is loaded, fastest first.
std::vector<std::string> RuntimeProviders();

/// What opens sessions: OrtSession::Create, or what a test plants in its place.
using SessionOpener =
    std::function<Result<std::unique_ptr<OrtSession>>(std::string model, const SessionSettings& settings)>;

}  // namespace vitrine
