// A faster model in the space of a slower one: the steps of Models::Distill().
#pragma once

#include <string>

#include "engine/model_packs.h"
#include "model/open.h"
#include "vitrine/library.h"
#include "vitrine/models.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// What a distillation works with.
struct DistillPlace {
  const LibraryOptions& options;
  const ModelPacks& packs;
  KnownPack teacher;
  EmbedderOptions embedding;  ///< How the teacher's pack is opened.
};

struct Distilled {
  KnownPack student;     ///< In the library.
  DistillReport report;  ///< But for its model.
};

/// See Models::Distill(). @param backbone_folder  holds backbone.json. @param observer  may be null.
Result<Distilled> DistillModel(const DistillPlace& place, const std::string& backbone_folder,
                               VectorObserver* observer, const StopSignal& stop);

}  // namespace vitrine
