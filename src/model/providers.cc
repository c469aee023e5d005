#include "model/providers.h"

#include <algorithm>
#include <iterator>

namespace vitrine {
namespace {

ProviderOptions NoOptions(const SessionSettings&) { return {}; }

ProviderOptions OpenVinoCpu(const SessionSettings& settings) {
  // No cache_dir: graphs from the cache open no sooner and run slower
  // (docs/decisions/0005-inference-runtime.md).
  ProviderOptions options = {{"device_type", "CPU"}, {"num_of_threads", std::to_string(settings.threads)}};
  if (settings.bf16) options.emplace_back("load_config", R"({"CPU":{"INFERENCE_PRECISION_HINT":"bf16"}})");
  return options;
}

ProviderOptions OpenVinoDevice(const char* device, const SessionSettings& settings) {
  ProviderOptions options = {{"device_type", device}};
  if (!settings.cache_folder.empty()) options.emplace_back("cache_dir", settings.cache_folder);
  return options;
}

ProviderOptions OpenVinoGpu(const SessionSettings& settings) { return OpenVinoDevice("GPU", settings); }
ProviderOptions OpenVinoNpu(const SessionSettings& settings) { return OpenVinoDevice("NPU", settings); }

ProviderOptions TensorRt(const SessionSettings& settings) {
  if (settings.cache_folder.empty()) return {};
  return {{"trt_engine_cache_enable", "1"},
          {"trt_engine_cache_path", settings.cache_folder},
          {"trt_timing_cache_enable", "1"},
          {"trt_timing_cache_path", settings.cache_folder}};
}

// A pack's float32 means float32: TF32 drops 13 bits of every factor.
ProviderOptions Cuda(const SessionSettings&) { return {{"use_tf32", "0"}}; }

ProviderOptions CoreMl(const char* units, const SessionSettings& settings) {
  ProviderOptions options = {{"ModelFormat", "MLProgram"}, {"MLComputeUnits", units}};
  if (!settings.cache_folder.empty()) options.emplace_back("ModelCacheDirectory", settings.cache_folder);
  return options;
}

ProviderOptions CoreMlNeural(const SessionSettings& settings) {
  return CoreMl("CPUAndNeuralEngine", settings);
}
ProviderOptions CoreMlGpu(const SessionSettings& settings) { return CoreMl("CPUAndGPU", settings); }

// OpenVINO's GPU and NPU are never moved to unasked: the shipped runtime has no plugin for them, and on some
// machines they are slower than the processor beside them or give wrong vectors.
constexpr ProviderEntry kTable[] = {
    {Provider::kTensorRt, Device::kGpu, "TensorrtExecutionProvider", "TensorrtExecutionProvider",
     Appending::kTensorRt, "", true, TensorRt},
    {Provider::kCuda, Device::kGpu, "CUDAExecutionProvider", "CUDAExecutionProvider", Appending::kCuda, "",
     true, Cuda},
    {Provider::kCoreMlNeural, Device::kNpu, "CoreMLExecutionProvider (Neural Engine)",
     "CoreMLExecutionProvider", Appending::kByName, "CoreML", true, CoreMlNeural},
    {Provider::kCoreMlGpu, Device::kGpu, "CoreMLExecutionProvider (GPU)", "CoreMLExecutionProvider",
     Appending::kByName, "CoreML", true, CoreMlGpu},
    {Provider::kDirectMl, Device::kGpu, "DmlExecutionProvider", "DmlExecutionProvider", Appending::kByName,
     "DML", true, NoOptions},
    {Provider::kOpenVinoNpu, Device::kNpu, "OpenVINOExecutionProvider (NPU)", "OpenVINOExecutionProvider",
     Appending::kOpenVino, "", false, OpenVinoNpu},
    {Provider::kOpenVinoGpu, Device::kGpu, "OpenVINOExecutionProvider (GPU)", "OpenVINOExecutionProvider",
     Appending::kOpenVino, "", false, OpenVinoGpu},
    {Provider::kOpenVino, Device::kCpu, "OpenVINOExecutionProvider", "OpenVINOExecutionProvider",
     Appending::kOpenVino, "", true, OpenVinoCpu},
    {Provider::kCpu, Device::kCpu, "CPUExecutionProvider", "CPUExecutionProvider", Appending::kNothing, "",
     true, NoOptions},
};

}  // namespace

std::span<const ProviderEntry> AllProviders() { return kTable; }

const ProviderEntry& EntryOf(Provider provider) {
  const auto* const found = std::find_if(std::begin(kTable), std::end(kTable),
                                         [&](const ProviderEntry& row) { return row.provider == provider; });
  return found == std::end(kTable) ? *std::prev(std::end(kTable)) : *found;
}

const char* ProviderName(Provider provider) { return EntryOf(provider).name; }

}  // namespace vitrine
