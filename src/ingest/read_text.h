// Reads the words in pictures that nobody has read yet, at the end of an index run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "catalog/catalog_gate.h"
#include "image/decoder.h"
#include "model/text_reader.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

struct ReadTextOptions {
  std::size_t threads = 2;  ///< Pictures at once, >= 1.
  std::size_t batch = 32;   ///< Pictures recorded at once, >= 1.
  /// Called after each batch with the pictures read so far, by the thread that called ReadTexts().
  std::function<void(std::uint64_t read)> on_batch;
};

/// What a run did.
struct ReadTextReport {
  std::uint64_t read = 0;       ///< Pictures read.
  std::uint64_t with_text = 0;  ///< Those of them that hold words.
  std::uint64_t later =
      0;  ///< Pictures that could not be reached now (offline, changed since); they stay due.
};

/// Reads living pictures without a text until there are none left or somebody asks to stop, in order of id,
/// and records each batch durably: what a run has done, no later run does again. A picture that its decoder
/// now refuses counts as one without words. The catalog is open for writing; this thread alone uses it.
/// Errors: kModel (the reader), kNoSpace, kCorrupt, kIo (the catalog).
Result<ReadTextReport> ReadTexts(CatalogGate& gate, Decoder& decoder, const TextReader& reader,
                                 const ReadTextOptions& options, const StopSignal& stop);

}  // namespace vitrine
