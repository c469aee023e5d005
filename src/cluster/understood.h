// Where answers of a cluster are read: it is no promise of ours what they look like.
#pragma once

#include <nlohmann/json.hpp>

#include "cluster/address.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Calls what reads answers. One of another shape than OpenSearch's is an error (kCorrupt), never a throw.
template <typename Work>
auto Understood(const Address& address, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const nlohmann::json::exception& bad) {
    return Error(Code::kCorrupt, "the cluster " + address.cluster() +
                                     " answers otherwise than OpenSearch does: " + bad.what());
  }
}

}  // namespace vitrine::cluster
