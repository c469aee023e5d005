// Two hashes for two jobs: SHA-256 names content, XXH3 finds damage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vitrine/result.h"

namespace vitrine {

/// SHA-256 of some bytes: 32 raw bytes.
using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest Sha256(std::span<const std::byte> bytes);
Sha256Digest Sha256(std::string_view bytes);

/// SHA-256 of everything behind a descriptor, read in pieces from offset 0. Errors: kIo.
Result<Sha256Digest> Sha256OfFile(int fd);

/// MD5 of what is behind a descriptor from `offset` on, as lower-case hex: for formats that ask for it, no
/// defence against anybody. Errors: kIo.
Result<std::string> Md5OfFile(int fd, std::uint64_t offset);

/// Lower-case hex, two digits a byte.
std::string Hex(std::span<const std::uint8_t> bytes);

/// The 32 bytes behind 64 hex digits; empty when the text is none.
std::optional<Sha256Digest> DigestFromHex(std::string_view text);

/// XXH3, 64 bits. Detects damage; no defence against somebody who wants a collision.
std::uint64_t Checksum64(std::span<const std::byte> bytes);

}  // namespace vitrine
