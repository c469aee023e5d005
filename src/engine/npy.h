// Matrices in NumPy's .npy files, so that vectors can be tried elsewhere and brought back. Only what vectors
// need: two dimensions, float32 (or float16 for reading), little-endian, C order. The format is described in
// NumPy's documentation (numpy.lib.format).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "vitrine/result.h"

namespace vitrine {

/// What the head of a .npy file says of the matrix behind it.
struct NpyShape {
  std::uint64_t rows = 0;
  std::size_t columns = 0;
  bool is_half = false;         ///< float16; else float32.
  std::size_t data_offset = 0;  ///< Of the first number, in bytes.

  std::size_t row_bytes() const { return columns * std::size_t{is_half ? 2u : 4u}; }
};

/// Reads the head of a .npy file.
/// @param head       the first bytes of the file, at least min(file_bytes, kNpyHeadBytes) of them.
/// @param file_bytes  the length of the whole file: it must be what the head promises.
/// Errors: kInvalidArgument (no .npy file, cut, a head that makes no sense; another type, order or shape, and
/// then the message says how to convert it).
Result<NpyShape> ReadNpyHead(std::string_view head, std::uint64_t file_bytes);

/// As much as a head may be long; NumPy writes 128 bytes.
inline constexpr std::size_t kNpyHeadBytes = std::size_t{64} << 10;

/// Reads a matrix row by row. Not thread-safe.
class NpyReader {
 public:
  /// Errors: those of ReadNpyHead, kNotFound, kIo; each names the file.
  static Result<NpyReader> Open(const std::string& path);

  std::uint64_t rows() const { return shape_.rows; }
  std::size_t columns() const { return shape_.columns; }

  /// Reads consecutive rows into `out`, whose length is a multiple of columns().
  /// REQUIRES: first + out.size() / columns() <= rows(). Errors: kIo, kInvalidArgument (the file shrank
  /// meanwhile).
  Status Read(std::uint64_t first, std::span<float> out) const;

 private:
  NpyReader(std::string path, UniqueFd fd, const NpyShape& shape)
      : path_(std::move(path)), fd_(std::move(fd)), shape_(shape) {}

  std::string path_;
  UniqueFd fd_;
  NpyShape shape_;
};

/// The head of a float32 matrix in C order, as NumPy writes it: version 1.0, a multiple of 64 bytes long.
std::string NpyHead(std::uint64_t rows, std::size_t columns);

}  // namespace vitrine
