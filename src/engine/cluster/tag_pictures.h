// The pictures of a library on a cluster as tags are judged and taught on them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cluster/cluster.h"
#include "cluster/mapping.h"
#include "engine/tag_pictures.h"

namespace vitrine {

/// References outlive it.
struct TagPicturesRoom {
  const cluster::Cluster& cluster;
  std::string index;  ///< (or alias) of the pictures.
  const cluster::IndexMeta& meta;
  std::function<Result<std::shared_ptr<Embedder>>()> model;
};

/// The vectors of all pictures come here a page at a time and are let go again: 2.7 bytes a dimension and
/// some 400 for each picture, whole, each time all are visited. Those of named pictures are kept, up to
/// 100,000.
std::unique_ptr<TagPictures> PicturesOn(TagPicturesRoom room);

}  // namespace vitrine
