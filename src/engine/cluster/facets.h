// What pictures on a cluster have in common, counted by it.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "cluster/browsing.h"
#include "vitrine/gallery.h"
#include "vitrine/result.h"

namespace vitrine {

/// As FacetsOf() (engine/facets.h) for the pictures that pass a filter. Two requests: one finds what there is
/// to offer, one counts each value by its own query. Of folders the 10,000 with most pictures are looked at.
/// Errors: those of Browsing::Aggregate.
Result<std::vector<Facet>> FacetsOnCluster(cluster::Browsing& browsing, const nlohmann::json& filter,
                                           std::size_t most);

}  // namespace vitrine
