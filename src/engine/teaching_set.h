// What a student is taught with: the features that a backbone sees in the library's pictures, beside the
// vectors that the teacher gave them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "engine/reader.h"
#include "image/decoder.h"
#include "model/backbone.h"
#include "vitrine/index_report.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

struct TeachingSet {
  Matrix features;             ///< [n, the backbone's], in the order in which the library met the pictures.
  Matrix vectors;              ///< [n, the teacher's dimension], rows of L2 norm 1.
  std::uint64_t left_out = 0;  ///< Pictures that could not be had.
  std::vector<FileRecord> failures;  ///< The first of them, with reasons.
};

struct TeachingOptions {
  std::string space;          ///< The teacher's.
  std::string kept_file;      ///< Where features lie until all are there; see KeptFeatures.
  std::size_t most = 20'000;  ///< Pictures; of more, an even share of the library is taken.
  std::size_t threads = 2;
  /// Called after each step, by the calling thread.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_step;
};

/// Decodes pictures that have a vector of the teacher and runs the backbone over them. The file of features
/// is the caller's to remove. Errors: kCancelled (stopped), kLocked, kModel, kNoSpace, kIo, those of the
/// catalog.
Result<TeachingSet> CollectTeachingSet(SharedReader& reader, Decoder& decoder, const Backbone& backbone,
                                       const TeachingOptions& options, const StopSignal& stop);

}  // namespace vitrine
