// Pictures that the catalog knows, decoded a step at a time by several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "catalog/catalog.h"
#include "image/decoder.h"
#include "vitrine/index_report.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// A picture of a step, and what became of it.
struct DuePicture {
  AssetRecord picture;
  RgbImage pixels;
  std::string failure;  ///< Empty for one that was decoded.
};

/// Counts a picture that could not be had, and keeps path and reason of the first IndexReport::kMaxFailures.
void NoteLeftOut(const DuePicture& due, std::uint64_t& count, std::vector<FileRecord>& failures);

class StepDecoder {
 public:
  /// @param edge_px  the short side that is asked of the decoder. What is given must outlive this.
  StepDecoder(Decoder& decoder, std::int32_t edge_px, const StopSignal& stop)
      : decoder_(decoder), request_{.min_edge_px = edge_px, .thumbnail_edge_px = 0}, stop_(stop) {}

  /// Decodes each from the first of its files that still holds the picture. Ends early when somebody asked to
  /// stop; then some have neither pixels nor a failure.
  void Decode(std::vector<DuePicture>& due, std::size_t threads) const;

 private:
  void DecodeOne(DuePicture& due) const;
  Result<DecodedPicture> TryDecode(UniqueFd file) const;

  Decoder& decoder_;
  const DecodeRequest request_;
  const StopSignal& stop_;
};

}  // namespace vitrine
