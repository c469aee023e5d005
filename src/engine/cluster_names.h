// Names for heaps of pictures: a tag that most of a heap carries and few others do, else the word of the
// vocabulary that tells the heap from the others best.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "boards/layout/arrange.h"
#include "engine/board_view.h"
#include "engine/tag_words.h"
#include "model/embedder.h"
#include "vitrine/result.h"

namespace vitrine {

/// One name a cluster, no two alike.
/// @param tags  the accepted tags of each picture of the view.
/// Names of the vocabulary that `words` does not know are embedded; without a vocabulary, clusters are
/// numbered. Errors: kModel.
Result<std::vector<std::string>> NameClusters(TagWords& words, const ScoreBackground& background,
                                              const BoardView& view,
                                              std::span<const std::vector<std::string>> tags,
                                              std::span<const layout::Cluster> clusters);

}  // namespace vitrine
