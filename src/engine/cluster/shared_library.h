// A library on a cluster that machines index into: found or made, its model, and what it says of itself while
// several of them write that.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "cluster/mapping.h"
#include "engine/active_model.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

class SharedLibrary {
 public:
  /// Finds the library of that name, and opens its model; or the model of one that is to be made. Errors:
  /// those of Cluster::Ask, kModel (not on this machine, or another than the library's).
  static Result<SharedLibrary> Find(const cluster::Cluster& cluster, const LibraryOptions& options);

  bool is_new() const { return is_new_; }
  const OpenModel& model() const { return model_; }
  /// The folder of its pack.
  const std::string& model_folder() const { return model_folder_; }
  const cluster::IndexMeta& meta() const { return meta_; }
  /// Of the pictures.
  const std::string& index() const { return index_; }

  /// Makes it for so many pictures, if there is none, and remembers the roots. A library that was a copy is
  /// one that machines index into from now on. Errors: those of EnsureIndex(); kModel (others have just made
  /// it for another model).
  Status Begin(const std::vector<PathBytes>& roots, std::uint64_t pictures);

  /// What tells this index from another that was made under its name. After Begin().
  Result<std::string> Uuid() const;

  /// Remembers that all is there, and how much. Errors: those of Cluster::Ask.
  Status End();

 private:
  explicit SharedLibrary(const cluster::Cluster& cluster) : cluster_(&cluster) {}
  Status Remember(const std::vector<PathBytes>& roots);

  const cluster::Cluster* cluster_;
  bool is_new_ = false;
  OpenModel model_;
  std::string model_folder_;
  cluster::IndexMeta meta_;
  std::string index_;
};

}  // namespace vitrine
