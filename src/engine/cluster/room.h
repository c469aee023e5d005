// What everything that a library on a cluster does is done with: the cluster, what its index says of itself,
// and the model, opened when it is first needed.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "cluster/cluster.h"
#include "cluster/filter_json.h"
#include "cluster/mapping.h"
#include "engine/active_model.h"
#include "engine/cluster/duplicate_pictures.h"
#include "engine/cluster/link.h"
#include "engine/installation.h"
#include "engine/lazy_decoder.h"
#include "engine/tag_shelf.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// How pictures are decoded for who searches, by so many workers.
DecoderPoolOptions DecodersFor(const LibraryOptions& options, std::size_t workers);

/// Thread-safe once it is open.
class ClusterRoom {
 public:
  /// Looks who answers and whether there is a library of that name. Errors: those of OpenCluster() but
  /// kModel.
  static Result<std::unique_ptr<ClusterRoom>> Open(const LibraryOptions& options,
                                                   std::shared_ptr<ClusterLink> link);

  const cluster::Cluster& cluster() const { return *cluster_; }
  const cluster::Address& address() const { return link_->address; }
  /// By which requests name the index that answers.
  const std::string& alias() const { return alias_; }
  const cluster::IndexMeta& meta() const { return meta_; }
  /// Who is asked what no document says. Thread-safe.
  const cluster::FilterLookups& lookups() const { return lookups_; }
  LazyDecoder& decoder() { return decoder_; }
  /// The vectors of names, kept in the cache folder for all libraries on clusters.
  TagShelf& words() { return words_; }

  /// The pack that the library was made with, or the one that was asked for, if it gives vectors of the same
  /// space. Errors: kModel (not here, or of another space).
  Result<OpenModel> Model();

 private:
  ClusterRoom(LibraryOptions options, std::shared_ptr<ClusterLink> link);

  const LibraryOptions options_;
  const std::shared_ptr<ClusterLink> link_;
  const std::string alias_;
  std::unique_ptr<cluster::Cluster> cluster_;
  cluster::IndexMeta meta_;
  std::unique_ptr<DuplicatePictures> duplicates_;
  cluster::FilterLookups lookups_;
  LazyDecoder decoder_;
  TagShelf words_{DefaultCacheFolder()};
  std::mutex mutex_;  // Of what follows.
  OpenModel model_;
};

}  // namespace vitrine
