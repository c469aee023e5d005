// Rows of a made-up space (tests/support/clip_like.h) as an index is built from them, drawn as they are read:
// ten million need no memory beyond their codes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/matrix.h"
#include "index/vector_index.h"
#include "support/clip_like.h"

namespace vitrine {

/// Draws pictures 0 .. row_count - 1 with all cores. A picture depends on the seed and its number alone. Each
/// is also judged once, in float: its dot product with the sentences, before anything is rounded.
class ClipSource final : public RowSource {
 public:
  static constexpr std::uint32_t kSeed = 20261122;
  static constexpr std::size_t kClusters = 2000;
  static constexpr std::size_t kHits = 10;

  /// @param sentences  how many are drawn; the first `judged` of them are judged against each picture.
  /// @param raw_path   a file that gets the pictures as raw float32, for others to read; "" for none.
  ClipSource(std::size_t dimension, std::size_t sentences, std::size_t judged, const std::string& raw_path);

  Result<RowId> RowCount() override { return row_count_; }
  Result<EncodedRows> Read(RowId first, RowId end) override;

  void set_row_count(RowId count) { row_count_ = count; }
  const Matrix& sentences() const { return sentences_; }
  /// A second draw of sentences, to tune an index with: never those that are asked.
  const Matrix& samples() const { return samples_; }
  /// The best pictures for each judged sentence among all that were ever read in order, best first.
  std::vector<std::vector<Neighbour>> Truth() const;

 private:
  struct Part;  // What one thread draws: whole streams.
  void DrawPart(Part& part);
  void Judge(RowId row, std::span<const float> picture, std::vector<std::vector<Neighbour>>& best) const;

  std::size_t dimension_;
  ClipLike space_;
  Matrix sentences_;
  Matrix samples_;
  std::size_t judged_;
  UniqueFd raw_;
  RowId row_count_ = 0;
  EncodedRows last_;  ///< The row read alone last: opening asks for it again.
  RowId last_row_ = 0;
  RowId judged_rows_ = 0;  ///< Rows before this one were judged and written.
  std::vector<std::vector<Neighbour>> best_;
};

}  // namespace vitrine
