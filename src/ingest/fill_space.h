// Gives the pictures that a library knows their vectors in another space, beside the one that it is searched
// in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "image/decoder.h"
#include "model/embedder.h"
#include "vitrine/index_report.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

struct FillOptions {
  std::size_t threads = 2;            ///< Pictures decoded at once, >= 1.
  std::size_t batch = kPictureBatch;  ///< Pictures embedded at once, >= 1.
  std::size_t step = 64;              ///< Pictures recorded at once, >= 1.
  /// Called after each step with the pictures looked at so far, by the thread that called FillSpace().
  std::function<void(std::uint64_t done)> on_step;
};

/// Asks the catalog something, and changes it, for a moment at a time: whoever else writes to the library
/// gets a turn in between.
struct FillCatalog {
  std::function<Status(const std::function<Status(Catalog&)>&)> read;
  std::function<Status(const std::function<Status(Catalog&)>&)> write;
};

/// What a run did.
struct FillOutcome {
  std::uint64_t embedded = 0;        ///< Pictures that have a vector now.
  std::uint64_t left_out = 0;        ///< Pictures that have none still: see `failures`.
  std::vector<FileRecord> failures;  ///< The first of them, with reasons.
};

/// Decodes and embeds each living picture without a vector in the embedder's space, in order of id, from the
/// first of its files that still holds the picture, and records each step durably: what a run has done, no
/// later run does again. Ends when it came to the last picture or somebody asked to stop. A picture that
/// cannot be had now (offline, changed, refused by the decoder or the model) is left out and due again next
/// time. The space has to be known to the catalog. Errors: kModel, those of `catalog`.
Result<FillOutcome> FillSpace(const FillCatalog& catalog, Decoder& decoder, Embedder& embedder,
                              const FillOptions& options, const StopSignal& stop);

}  // namespace vitrine
