// Features of pictures, kept while a distillation goes on, so that one that was ended goes on from there.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "base/file.h"
#include "base/hash.h"
#include "base/matrix.h"
#include "vitrine/result.h"

namespace vitrine {

/// One file of records, each with a checksum; what is torn or damaged is made again. Not thread-safe.
class KeptFeatures {
 public:
  /// Reads what is there of the same width. Locks the file until destroyed.
  /// Errors: kLocked (another process has it), kNoSpace, kIo.
  static Result<KeptFeatures> Open(const std::string& path, std::size_t width);

  /// The features of a picture; empty where there are none.
  std::span<const float> Find(const Sha256Digest& picture) const;

  /// Puts a row behind the others; it is on the disk when the system writes it there.
  /// REQUIRES: features.size() == width. Errors: kNoSpace, kIo.
  Status Add(const Sha256Digest& picture, std::span<const float> features);

 private:
  KeptFeatures(std::string path, UniqueFd file, std::size_t width)
      : path_(std::move(path)), file_(std::move(file)), width_(width) {}
  void Take(std::string_view record);

  std::string path_;
  UniqueFd file_;
  std::size_t width_;
  std::map<Sha256Digest, std::vector<float>> rows_;
};

}  // namespace vitrine
