// Reads the words in pictures.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "image/pixels.h"
#include "vitrine/result.h"

namespace vitrine {

/// The seam: what uses it is tested with a fake.
class TextReader {
 public:
  virtual ~TextReader() = default;

  /// "name version" of the pack.
  virtual const std::string& name() const = 0;
  /// The short side that pictures should come with; smaller ones are fine.
  virtual std::int32_t picture_edge_px() const = 0;
  /// The lines of text in a picture, from the top, in a row from the left, each ended by '\n'; UTF-8; empty
  /// when there are none. Errors: kModel, kInvalidArgument (a picture without pixels). Thread-safe.
  virtual Result<std::string> Read(const RgbImage& picture) const = 0;
};

/// Opens the OCR pack in a folder, checks its files and graphs and puts its own picture through them.
/// @param threads Of one Read() call, >= 1.
/// Errors: kModel (file, graph of another shape, self-test failed).
Result<std::unique_ptr<TextReader>> OpenTextReader(const std::string& pack_folder, int threads);

/// What `doctor` tells about an OCR pack.
struct OcrReport {
  std::string name;
  std::string licence;
  std::string languages;
};

/// Opens the pack as OpenTextReader() does and lets go of it.
Result<OcrReport> InspectOcrPack(const std::string& pack_folder);

/// True when there is an OCR pack at this place, whole or not.
bool HasOcrPack(const std::string& pack_folder);

}  // namespace vitrine
