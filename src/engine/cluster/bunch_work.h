// Indexing one bunch of files for a library on a cluster: the pipeline of a library on this machine, into a
// working library on this machine, and then documents.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog_gate.h"
#include "cluster/cluster.h"
#include "cluster/mapping.h"
#include "cluster/picture_doc.h"
#include "cluster/work.h"
#include "engine/cluster/plan.h"
#include "image/decoder.h"
#include "model/embedder.h"
#include "vitrine/library.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

/// What it works with.
struct BunchRooms {
  const cluster::Cluster& cluster;
  const std::string index;        ///< Of the pictures.
  const cluster::IndexMeta meta;  ///< Of it, with all roots.
  CatalogGate& gate;              ///< The working library's.
  Decoder& decoder;
  Embedder& embedder;
  const LibraryOptions options;  ///< The working library's, complete.
  bool retry_failed = false;
};

/// Not thread-safe.
class BunchWork {
 public:
  explicit BunchWork(BunchRooms rooms) : rooms_(std::move(rooms)) {}

  /// Brings the cluster up to these files. A picture that the cluster has costs no inference, whoever brought
  /// it; one that is new is decoded, embedded and sent. Doing it again changes nothing. When it returns
  /// without an error and nobody asked to stop, all is acknowledged; asked to stop, it sends what it has.
  /// Errors: those of Ingest() and of ChangePictures().
  Result<cluster::WorkResult> Do(const Bunch& bunch, IndexObserver* observer, const StopSignal& stop);

  /// Sidecars that were read into documents. Of all bunches so far.
  std::uint64_t sidecars() const { return sidecars_; }
  /// Pictures in which words were looked for, and why in others not. Of all bunches so far.
  std::uint64_t texts() const { return texts_; }
  const std::set<std::string>& problems() const { return problems_; }

 private:
  /// A file whose content this machine has no vector of.
  struct UnknownFile {
    PathBytes path;
    FileStamp stamp;
    Sha256Digest content{};
  };
  Status TakeKnown(const Bunch& bunch);
  Result<std::vector<UnknownFile>> ReadUnknown(const Bunch& bunch);
  Status Send(const Bunch& bunch, cluster::WorkResult& result);
  Result<std::vector<cluster::PictureCopy>> PicturesOf(const Bunch& bunch, cluster::WorkResult& result);

  const BunchRooms rooms_;
  std::uint64_t sidecars_ = 0;
  std::uint64_t texts_ = 0;
  std::set<std::string> problems_;
};

}  // namespace vitrine
