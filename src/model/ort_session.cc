#include "model/ort_session.h"

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "model/onnx_guard.h"

namespace vitrine {
namespace {

// The runtime's own log goes nowhere: whatever matters comes back as an exception and becomes an Error.
void DropLog(void*, OrtLoggingLevel, const char*, const char*, const char*, const char*) {}

// One environment a process, never destroyed: providers keep threads that may outlive static destructors.
Ort::Env& Environment() {
  static Ort::Env* const environment = [] {
    auto* made = new Ort::Env(ORT_LOGGING_LEVEL_ERROR, "vitrine", DropLog, nullptr);
    made->DisableTelemetryEvents();
    return made;
  }();
  return *environment;
}

ElementType ToElementType(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      return ElementType::kFloat32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
      return ElementType::kUint8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return ElementType::kInt32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return ElementType::kInt64;
    default:
      return ElementType::kOther;
  }
}

ONNXTensorElementDataType ToOnnxType(ElementType type) {
  switch (type) {
    case ElementType::kUint8:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    case ElementType::kInt32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
    case ElementType::kInt64:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
    default:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
  }
}

TensorInfo Describe(const char* name, const Ort::TypeInfo& type) {
  TensorInfo info{name, ElementType::kOther, {}};
  if (type.GetONNXType() == ONNX_TYPE_TENSOR) {
    const auto tensor = type.GetTensorTypeAndShapeInfo();
    info.type = ToElementType(tensor.GetElementType());
    info.shape = tensor.GetShape();
  }
  return info;
}

// CUDA and TensorRT have option objects of their own, filled by name; `Update` and `Release` are the
// runtime's.
template <typename Options, typename Update, typename Release>
std::unique_ptr<Options, Release> Filled(Options* made, Update update, Release release,
                                         const ProviderOptions& wanted) {
  std::unique_ptr<Options, Release> options(made, release);
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : wanted) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  Ort::ThrowOnError(update(options.get(), keys.data(), values.data(), keys.size()));
  return options;
}

void Append(const ProviderEntry& entry, const SessionSettings& settings, Ort::SessionOptions& options) {
  const OrtApi& api = Ort::GetApi();
  const ProviderOptions wanted = entry.options(settings);
  switch (entry.appending) {
    case Appending::kNothing:
      break;
    case Appending::kByName:
      if (entry.provider == Provider::kDirectMl) options.DisableMemPattern();  // It refuses sessions with it.
      options.AppendExecutionProvider(entry.short_name, {wanted.begin(), wanted.end()});
      break;
    case Appending::kOpenVino:
      options.AppendExecutionProvider_OpenVINO_V2({wanted.begin(), wanted.end()});
      break;
    case Appending::kCuda: {
      OrtCUDAProviderOptionsV2* made = nullptr;
      Ort::ThrowOnError(api.CreateCUDAProviderOptions(&made));
      options.AppendExecutionProvider_CUDA_V2(
          *Filled(made, api.UpdateCUDAProviderOptions, api.ReleaseCUDAProviderOptions, wanted));
      break;
    }
    case Appending::kTensorRt: {
      OrtTensorRTProviderOptionsV2* made = nullptr;
      Ort::ThrowOnError(api.CreateTensorRTProviderOptions(&made));
      options.AppendExecutionProvider_TensorRT_V2(
          *Filled(made, api.UpdateTensorRTProviderOptions, api.ReleaseTensorRTProviderOptions, wanted));
      break;
    }
  }
}

// Weights go into a file of their own, so that they can be mapped. Not as this processor's kernels want them
// laid out, which the runtime offers too: it writes those without alignment and its kernels crash on them.
void Keep(const std::string& folder, Ort::SessionOptions& options) {
  options.SetOptimizedModelFilePath(JoinPath(folder, kKeptGraph).c_str());
  options.AddConfigEntry("session.optimized_model_external_initializers_file_name", kKeptWeights);
  options.AddConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", "1024");
}

Ort::SessionOptions MakeOptions(const SessionSettings& settings) {
  Ort::SessionOptions options;
  options.SetInterOpNumThreads(1);
  options.SetExecutionMode(ORT_SEQUENTIAL);
  options.SetLogSeverityLevel(ORT_LOGGING_LEVEL_ERROR);
  // Waiting threads sleep: the cores are shared with the decoders.
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  if (settings.provider == Provider::kCpu) {
    options.SetIntraOpNumThreads(settings.threads);
    if (!settings.keep_in.empty()) Keep(settings.keep_in, options);
    return options;
  }
  options.SetIntraOpNumThreads(1);  // Only for what the provider leaves over, which should be little.
  Append(EntryOf(settings.provider), settings, options);
  return options;
}

}  // namespace

struct OrtSession::Impl {
  std::string model;  // The runtime may point into the bytes it was given.
  Ort::Session session{nullptr};
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;

  void Open(const SessionSettings& settings, const std::string& kept_folder = {}) {
    Ort::Env& environment = Environment();  // Before the options: providers log while they are being added.
    Ort::SessionOptions options = MakeOptions(settings);
    if (!kept_folder.empty()) {
      options.SetGraphOptimizationLevel(ORT_DISABLE_ALL);
      options.AddConfigEntry("session.model_external_initializers_file_folder_path", kept_folder.c_str());
    }
    session = Ort::Session(environment, model.data(), model.size(), options);
    Ort::AllocatorWithDefaultOptions allocator;
    for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
      inputs.push_back(
          Describe(session.GetInputNameAllocated(i, allocator).get(), session.GetInputTypeInfo(i)));
    }
    for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
      outputs.push_back(
          Describe(session.GetOutputNameAllocated(i, allocator).get(), session.GetOutputTypeInfo(i)));
    }
    model = {};  // Weights are copied into the session by now.
  }

  std::vector<Ort::Value> RunOne(std::span<const TensorView> views, const char* output) {
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    std::vector<const char*> names;
    std::vector<Ort::Value> values;
    for (const TensorView& view : views) {
      names.push_back(view.name);
      // The runtime takes a pointer to mutable data for inputs too, and does not write through it.
      values.push_back(Ort::Value::CreateTensor(memory, const_cast<std::byte*>(view.bytes.data()),
                                                view.bytes.size(), view.shape.data(), view.shape.size(),
                                                ToOnnxType(view.type)));
    }
    return session.Run(Ort::RunOptions{nullptr}, names.data(), values.data(), values.size(), &output, 1);
  }

  Result<Matrix> Run(std::span<const TensorView> views, const char* output, std::size_t rows,
                     std::size_t columns) {
    const std::vector<Ort::Value> results = RunOne(views, output);
    const auto info = results.front().GetTensorTypeAndShapeInfo();
    const std::vector<std::int64_t> wanted = {static_cast<std::int64_t>(rows),
                                              static_cast<std::int64_t>(columns)};
    if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || info.GetShape() != wanted) {
      return Error(Code::kModel, "its output has not the shape [" + std::to_string(rows) + ", " +
                                     std::to_string(columns) + "] of float32");
    }
    Matrix matrix(rows, columns);
    std::copy_n(results.front().GetTensorData<float>(), rows * columns, matrix.values().begin());
    return matrix;
  }

  Result<FloatTensor> RunOpen(std::span<const TensorView> views, const char* output, std::size_t dimensions) {
    const std::vector<Ort::Value> results = RunOne(views, output);
    const auto info = results.front().GetTensorTypeAndShapeInfo();
    FloatTensor tensor{info.GetShape(), {}};
    if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || tensor.shape.size() != dimensions) {
      return Error(Code::kModel,
                   "its output is not float32 of " + std::to_string(dimensions) + " dimensions");
    }
    const auto* values = results.front().GetTensorData<float>();
    tensor.values.assign(values, values + info.GetElementCount());
    return tensor;
  }
};

OrtSession::OrtSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OrtSession::~OrtSession() = default;

const std::vector<TensorInfo>& OrtSession::inputs() const { return impl_->inputs; }
const std::vector<TensorInfo>& OrtSession::outputs() const { return impl_->outputs; }

Result<std::unique_ptr<OrtSession>> OrtSession::Create(std::string model, const SessionSettings& settings) {
  VITRINE_TRY(CheckOnnx(model));
  auto impl = std::make_unique<Impl>();
  impl->model = std::move(model);
  try {
    impl->Open(settings);
  } catch (const std::exception& exception) {
    return Error(Code::kModel, exception.what());
  }
  return std::unique_ptr<OrtSession>(new OrtSession(std::move(impl)));
}

Result<std::unique_ptr<OrtSession>> OrtSession::OpenKept(const std::string& folder,
                                                         const SessionSettings& settings) {
  auto impl = std::make_unique<Impl>();
  VITRINE_TRY_ASSIGN(impl->model, ReadFile(JoinPath(folder, kKeptGraph)));
  try {
    impl->Open(settings, folder);
  } catch (const std::exception& exception) {
    return Error(Code::kModel, exception.what());
  }
  return std::unique_ptr<OrtSession>(new OrtSession(std::move(impl)));
}

Result<Matrix> OrtSession::Run(std::span<const TensorView> inputs, const char* output, std::size_t rows,
                               std::size_t columns) const {
  try {
    return impl_->Run(inputs, output, rows, columns);
  } catch (const std::exception& exception) {
    return Error(Code::kModel, exception.what());
  }
}

Result<FloatTensor> OrtSession::RunOpen(std::span<const TensorView> inputs, const char* output,
                                        std::size_t dimensions) const {
  try {
    return impl_->RunOpen(inputs, output, dimensions);
  } catch (const std::exception& exception) {
    return Error(Code::kModel, exception.what());
  }
}

std::string RuntimeVersion() { return std::string("ONNX Runtime ") + OrtGetApiBase()->GetVersionString(); }

std::string RuntimeBuild() {
  return RuntimeVersion() + " " + OrtGetApiBase()->GetApi(1)->GetBuildInfoString();
}

std::vector<std::string> RuntimeProviders() {
  try {
    return Ort::GetAvailableProviders();
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace vitrine
