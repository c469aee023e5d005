// One query answered by a cluster: count, choose, ask, and rank what was proposed.
#pragma once

#include <string>

#include "cluster/filter_json.h"
#include "cluster/looking.h"
#include "model/embedder.h"
#include "query/answering.h"
#include "vitrine/result.h"

namespace vitrine {

/// What a cluster's library is searched with. References outlive the call.
struct ClusterRooms {
  cluster::Looking& looking;
  const cluster::FilterLookups& lookups;
  Embedder& model;
  const VectorIndex& sample;  ///< Vectors of some pictures of the library.
  std::size_t dimension = 0;
};

/// As RunQueries (query/runner.h) does for a library on this machine. Two requests as a rule: one counts
/// pictures and words, one gives the candidates. Errors: kUnsupported (a fact that clusters are not asked
/// yet), kModel, those of the cluster.
Result<Answer> AnswerFromCluster(const ClusterRooms& rooms, const PreparedQuery& query,
                                 const RunOptions& options);

}  // namespace vitrine
