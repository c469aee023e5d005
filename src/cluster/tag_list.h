// Which tags a library on a cluster has: those that its pictures hold, and those that its head remembers
// because they may stand on none.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/annotations.h"
#include "cluster/cluster.h"
#include "cluster/journal_doc.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// All tags, by folded path, with the numbers of pictures. Cost: a request for each thousand pairs of a tag
/// and a state. Errors: those of Cluster::Ask, kIo (a shard does not answer), kCorrupt.
Result<std::map<std::string, TagCount>> TagsOfLibrary(const Cluster& cluster, const std::string& index,
                                                      const Head& head);

/// Whether the tags that an entry would bring back, as `side` does not have them, are there by another
/// spelling now. Errors: kInvalidArgument (one is).
Status CheckSpelling(const Cluster& cluster, const std::string& index, const Entry& entry, Side side,
                     const Head& head);

}  // namespace vitrine::cluster
