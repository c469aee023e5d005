// All documents of an index, a page at a time.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Called with a document's id and the fields asked for; an error ends it.
using DocumentVisit = std::function<Status(const std::string& id, const nlohmann::json& source)>;

/// Visits every document once, in order of the field `id`, as they were when it began (a point in time of the
/// cluster). @param page  documents a request. Errors: those of `visit` and of Cluster::Ask; kIo when a shard
/// does not answer, since documents would be missing.
Status ForEachDocument(const Cluster& cluster, const std::string& index,
                       const std::vector<std::string>& fields, const DocumentVisit& visit,
                       std::size_t page = 2000);

/// The same of those for which the query holds.
Status ForEachMatch(const Cluster& cluster, const std::string& index, const nlohmann::json& query,
                    const std::vector<std::string>& fields, const DocumentVisit& visit,
                    std::size_t page = 2000);

/// kIo when a shard gave no answer, so that something would be missing from what was asked for.
Status CheckWhole(const Cluster& cluster, const nlohmann::json& answer);

}  // namespace vitrine::cluster
