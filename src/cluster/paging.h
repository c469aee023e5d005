// Many documents of an index, a page at a time.
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

/// Visits every document for which the query holds once, in order of the field `id`, as they were when it
/// began (a point in time of the cluster). @param page  documents a request. Errors: those of `visit` and of
/// Cluster::Ask; kIo when a shard does not answer, since documents would be missing.
Status ForEachMatch(const Cluster& cluster, const std::string& index, const nlohmann::json& query,
                    const std::vector<std::string>& fields, const DocumentVisit& visit,
                    std::size_t page = 2000);
/// The same of all.
Status ForEachDocument(const Cluster& cluster, const std::string& index,
                       const std::vector<std::string>& fields, const DocumentVisit& visit,
                       std::size_t page = 2000);

/// Called with a document's id and the value of its field, empty where it has none.
using ValueVisit = std::function<Status(const std::string& id, const std::string& value)>;

/// The same of all documents and one keyword field, without reading a document: some 100 bytes each.
Status ForEachValue(const Cluster& cluster, const std::string& index, const std::string& field,
                    const ValueVisit& visit, std::size_t page = 10'000);

/// kIo when a shard gave no answer, so that something would be missing from what was asked for.
Status CheckWhole(const Cluster& cluster, const nlohmann::json& answer);

}  // namespace vitrine::cluster
