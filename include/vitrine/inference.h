// Where a model runs and with how many bits.
#pragma once

#include <cstdint>

namespace vitrine {

/// Where the towers run. Whatever is asked for, a provider is believed only after the pack's self-test; one
/// that is missing or fails it is passed over for the next, and `doctor` says why.
enum class Device : std::uint8_t {
  kAuto,  ///< Starts on the processor; a long run moves to whatever is faster here. Words stay on the
          ///< processor.
  kCpu,   ///< ONNX Runtime's own kernels on the processor, whatever else is there.
  kGpu,   ///< Both towers on a graphics card from the start, else on the processor.
  kNpu,   ///< Both towers on a neural engine from the start, else on the processor.
};

/// How many bits the towers compute with. Vectors of image towers of two precisions never mix: asking for
/// another one than a library has opens another space in it.
enum class Precision : std::uint8_t {
  kAuto,     ///< What the library's vectors were made with; for a new one the fastest within the pack's
             ///< tolerance.
  kFloat32,  ///< "fp32".
  kBf16,     ///< The file of float32 with factors cut to bf16, where the processor can; the same space.
  kFloat16,  ///< "fp16".
  kInt8,
  kInt4,  ///< Weights alone.
};

/// "auto", "fp32", "bf16", "fp16", "int8" or "int4".
const char* NameOf(Precision precision);

}  // namespace vitrine
