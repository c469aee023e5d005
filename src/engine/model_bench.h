// How fast a model is on this machine.
#pragma once

#include <utility>

#include "model/embedder.h"
#include "model/open.h"
#include "vitrine/models.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// Fills in the ways of `bench` to drive the image tower, and has the best remembered (TuneModel()). That
/// there is one way alone, or that it cannot be kept, is a note. Errors: kModel, kInvalidArgument.
Status TryWays(const EmbedderOptions& opening, ModelBench& bench);

/// Fills in the times of `bench`: towers are warmed up first, then each figure is taken over at least
/// `seconds`. Pictures are made, as large as the image tower sees them.
/// Errors: kModel, kCancelled (stopped).
Status MeasureModel(Embedder& embedder, double seconds, const StopSignal& stop, ModelBench& bench);

/// Pictures a second of two models.
using Pace = std::pair<double, double>;

/// The same for the image towers of two models, batch by batch in turns, so that whatever else the machine
/// does slows both. Errors: as above.
Result<Pace> ComparePace(Embedder& first, Embedder& second, double seconds, const StopSignal& stop);

}  // namespace vitrine
