// A PictureSource in memory: painted pictures whose quarters have colours of their own (red, green / blue,
// yellow), so that crops, flips and turns can be told apart.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>

#include "base/hash.h"
#include "boards/picture_source.h"
#include "support/made_files.h"

namespace vitrine::testing {

/// @param shift  makes pictures differ.
inline RgbImage PaintQuarters(std::int32_t width_px, std::int32_t height_px, int shift = 0) {
  RgbImage image{width_px, height_px, {}};
  image.pixels.resize(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 3);
  std::uint8_t* out = image.pixels.data();
  for (std::int32_t y = 0; y < height_px; ++y) {
    for (std::int32_t x = 0; x < width_px; ++x, out += 3) {
      const bool right = x * 2 >= width_px, low = y * 2 >= height_px;
      const auto light = static_cast<std::uint8_t>(200 + shift % 56);
      out[0] = !right == !low || low ? light : std::uint8_t{20};
      if (low && !right) out[0] = 20;
      out[1] = right ? light : std::uint8_t{20};
      out[2] = low && !right ? light : std::uint8_t{20};
    }
  }
  return image;
}

class MadePictures : public PictureSource {
 public:
  struct Made {
    SourcePicture known;
    std::string bytes;
    int shift = 0;
  };

  /// A file of these bytes; gives its content.
  std::string Add(std::string bytes, SourcePicture known, int shift = 0) {
    known.content = Hex(Sha256(bytes));
    const std::string content = known.content;
    made_[content] = {std::move(known), std::move(bytes), shift};
    return content;
  }

  std::string AddJpeg(const std::string& name, std::int32_t width_px, std::int32_t height_px,
                      const MadeExif& exif = {}, int shift = 0) {
    const RgbImage upright = PaintQuarters(width_px, height_px, shift);
    return Add(
        WithMetadata(MakeJpeg(upright), exif),
        {.name = name, .width_px = width_px, .height_px = height_px, .format = "jpeg", .available = true},
        shift);
  }

  Made& At(const std::string& content) { return made_.at(content); }

  Result<SourcePicture> Describe(const std::string& content) override {
    const auto found = made_.find(content);
    if (found == made_.end()) return Error(Code::kNotFound, "no picture " + content);
    return found->second.known;
  }
  Result<UniqueFd> OpenOriginal(const std::string& content) override {
    const auto found = made_.find(content);
    if (found == made_.end() || !found->second.known.available)
      return Error(Code::kNotFound, "no file " + content);
    UniqueFd fd(memfd_create("picture", MFD_CLOEXEC));
    if (auto written = WriteAll(fd.get(), found->second.bytes, "picture"); !written)
      return std::move(written).error();
    lseek(fd.get(), 0, SEEK_SET);
    return fd;
  }
  Result<RgbImage> Pixels(const std::string& content, std::int32_t min_edge_px) override {
    const auto found = made_.find(content);
    if (found == made_.end()) return Error(Code::kNotFound, "no picture " + content);
    const SourcePicture& known = found->second.known;
    const std::int32_t least = std::min(known.width_px, known.height_px);
    const double part = std::min(1.0, static_cast<double>(min_edge_px) / least);
    largest_edge_ = std::max(largest_edge_, min_edge_px);
    return PaintQuarters(std::max(1, static_cast<std::int32_t>(known.width_px * part)),
                         std::max(1, static_cast<std::int32_t>(known.height_px * part)), found->second.shift);
  }
  Result<std::string> Jpeg(const std::string& content, std::int32_t edge_px) override {
    const auto found = made_.find(content);
    if (found == made_.end()) return Error(Code::kNotFound, "no picture " + content);
    const SourcePicture& known = found->second.known;
    const double part =
        std::min(1.0, static_cast<double>(edge_px) / std::max(known.width_px, known.height_px));
    const std::int32_t edge =
        std::max(1, static_cast<std::int32_t>(std::min(known.width_px, known.height_px) * part));
    Result<RgbImage> pixels = Pixels(content, edge);
    if (!pixels) return std::move(pixels).error();
    return MakeJpeg(*pixels);
  }

  std::int32_t largest_edge() const { return largest_edge_; }

 private:
  std::map<std::string, Made> made_;
  std::int32_t largest_edge_ = 0;
};

}  // namespace vitrine::testing
