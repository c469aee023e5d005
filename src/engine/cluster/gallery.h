// Looking at a library on a cluster.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/cluster/room.h"
#include "engine/gallery_forms.h"
#include "vitrine/gallery.h"

namespace vitrine {

/// A timeline of more pictures ends here, with a note: an answer to a browser has its limits.
inline constexpr std::size_t kMostOfTimeline = 200'000;

/// Ids of the boards that a picture lies on, by its content.
using BoardsOf = std::function<std::vector<std::string>(const std::string& content)>;

/// Lists, facets and facts are the cluster's. Pictures are made from the originals, where the folders that
/// hold them are mounted on this machine; thumbnails are then kept in the cache folder, by content, for all
/// libraries on clusters. Add() refuses. @param room  outlives it.
std::unique_ptr<Gallery> MakeClusterGallery(ClusterRoom& room, GallerySearch search, BoardsOf boards_of);

}  // namespace vitrine
