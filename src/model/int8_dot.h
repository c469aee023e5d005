// Questions to the processor.
#pragma once

namespace vitrine {

/// True when the processor multiplies and adds int8 in one instruction (AVX-512 VNNI, AVX-VNNI, AMX): there
/// OpenVINO's int8 kernels are worth their compile time (docs/decisions/0005-inference-runtime.md).
bool HasInt8DotProduct();

/// True when it multiplies bf16 in one instruction (AVX512_BF16, AMX-BF16): there OpenVINO can compute a
/// float32 graph with factors cut to bf16.
bool HasBf16Product();

}  // namespace vitrine
