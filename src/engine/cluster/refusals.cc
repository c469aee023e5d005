#include "engine/cluster/refusals.h"

namespace vitrine {

Error NotOnCluster() {
  return Error(
      Code::kInvalidArgument,
      "a library on a cluster answers search, similar, serve, index, tags, note, duplicates, saved, board, "
      "undo, redo, history, doctor and library copy; for all else use one on this machine");
}

}  // namespace vitrine
