// Every execution provider that a tower may run on, in one table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vitrine/inference.h"

namespace vitrine {

/// One way to run a graph: a provider of ONNX Runtime on one kind of device.
enum class Provider : std::uint8_t {
  kCpu,       ///< ONNX Runtime's own kernels: opens fast.
  kOpenVino,  ///< OpenVINO's CPU plugin: compiles the graph first (half a second or more), then may run
              ///< faster.
  kOpenVinoGpu,
  kOpenVinoNpu,
  kTensorRt,
  kCuda,
  kCoreMlNeural,
  kCoreMlGpu,
  kDirectMl,
};

struct SessionSettings {
  Provider provider = Provider::kCpu;
  int threads = 2;           ///< Of one Run() call, >= 1.
  bool bf16 = false;         ///< Multiply float32 as bf16, where the provider can (OpenVINO's CPU plugin).
  std::string cache_folder;  ///< For compiled graphs, where the provider gains by it. Empty: none are kept.
  std::string keep_in = {};  ///< With kCpu: a folder that gets the opened graph, as OrtSession::OpenKept()
                             ///< takes it. Empty: it is not written.
};

/// How a provider's options reach the runtime.
enum class Appending : std::uint8_t { kNothing, kByName, kOpenVino, kCuda, kTensorRt };

using ProviderOptions = std::vector<std::pair<std::string, std::string>>;

/// A row of the table.
struct ProviderEntry {
  Provider provider;
  Device device;             ///< What it runs on: kCpu, kGpu or kNpu.
  const char* name;          ///< For people and reports: "OpenVINOExecutionProvider (NPU)".
  const char* runtime_name;  ///< As RuntimeProviders() has it.
  Appending appending;
  const char* short_name;  ///< What Appending::kByName takes.
  bool automatic;          ///< Whether Device::kAuto moves there unasked.
  ProviderOptions (*options)(const SessionSettings& settings);
};

/// All of them, in the order in which they are tried. The last is Provider::kCpu, which every runtime has.
std::span<const ProviderEntry> AllProviders();

const ProviderEntry& EntryOf(Provider provider);

/// EntryOf(provider).name.
const char* ProviderName(Provider provider);

}  // namespace vitrine
