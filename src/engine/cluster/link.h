// The public name for a running `vitrine-cluster`.
#pragma once

#include <memory>

#include "cluster/address.h"
#include "cluster/link.h"

namespace vitrine {

struct ClusterLink {
  std::shared_ptr<cluster::Link> link;
  cluster::Address address;
};

}  // namespace vitrine
