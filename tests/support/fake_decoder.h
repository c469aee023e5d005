// A decoder without a decoder: what a file's first bytes say decides the picture, the same on every machine.
#pragma once

#include <unistd.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"
#include "image/decoder.h"

namespace vitrine::testing {

/// Files that begin with "BAD" fail as damaged, empty ones too; "SLOW" ones time out. Every other file
/// becomes one colour, chosen by its first 64 bytes, in a picture of min_edge_px by min_edge_px. The original
/// counts as 640 x 480. Thread-safe.
class FakeDecoder final : public Decoder {
 public:
  Result<DecodedPicture> Decode(UniqueFd file, const DecodeRequest& request) override {
    std::array<char, 64> head = {};
    const ssize_t got = pread(file.get(), head.data(), head.size(), 0);
    if (got < 0) return Error(Code::kIo, "the file cannot be read");
    const std::string_view bytes(head.data(), static_cast<std::size_t>(got));
    if (bytes.empty()) return Error(Code::kCorrupt, "the file is empty");
    if (bytes.starts_with("BAD")) return Error(Code::kCorrupt, "the file is damaged");
    if (bytes.starts_with("SLOW")) return Error(Code::kTimeout, "decoding took longer than 10000 ms");
    return Coloured(Sha256(bytes), request);
  }

 private:
  static DecodedPicture Coloured(const Sha256Digest& digest, const DecodeRequest& request) {
    const auto edge = static_cast<std::size_t>(request.min_edge_px);
    DecodedPicture decoded;
    decoded.picture = {request.min_edge_px, request.min_edge_px, std::vector<std::uint8_t>(edge * edge * 3)};
    for (std::size_t i = 0; i < decoded.picture.pixels.size(); ++i) decoded.picture.pixels[i] = digest[i % 3];
    decoded.info = {640, 480, "jpeg", {}};
    if (request.thumbnail_edge_px > 0) decoded.thumbnail = std::string("\xff\xd8\xff\xe0 fake \xff\xd9", 12);
    return decoded;
  }
};

}  // namespace vitrine::testing
