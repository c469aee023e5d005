#pragma once

namespace vitrine {

/// The version of this library and of the programs built with it (semantic versioning).
inline constexpr char kVersion[] = "0.1.0";

}  // namespace vitrine
