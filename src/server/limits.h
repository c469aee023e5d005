// How much of anything one request may be.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vitrine::server {

inline constexpr std::size_t kMaxConnections = 512;      ///< Open at once; each has a thread.
inline constexpr std::size_t kMaxKeptConnections = 64;   ///< With more than these each serves one request.
inline constexpr std::size_t kMaxHeadBytes = 16 << 10;   ///< First line and headers together.
inline constexpr std::size_t kMaxTargetBytes = 8 << 10;  ///< The first line.
inline constexpr std::size_t kMaxHeaders = 100;
inline constexpr std::size_t kMaxJsonDepth = 64;
inline constexpr std::uint64_t kMaxJsonBytes = 8ull << 20;
inline constexpr std::uint64_t kMaxPictureBytes = 64ull << 20;
inline constexpr std::uint64_t kMaxImportBytes = 4ull << 30;
inline constexpr std::size_t kMaxIds = 20'000;  ///< Pictures named in one request.
inline constexpr std::size_t kMaxSuggestIds = 200;
inline constexpr std::size_t kMaxRangeHeader = 64;  ///< Bytes; room for one range.
inline constexpr int kHeadSeconds = 10;             ///< For a whole head.
inline constexpr int kIdleSeconds = 5;              ///< Between two requests of a connection.
inline constexpr int kReadTimeoutSeconds = 10;      ///< Between two reads of a body, and between two writes.
inline constexpr std::uint64_t kMinBytesPerSecond = 64 << 10;  ///< Of a body, after the first ten seconds.
inline constexpr std::size_t kMaxDownloads = 16;               ///< Exports that are kept for fetching.

}  // namespace vitrine::server
