#include "engine/snapshot.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/try.h"
#include "engine/index_keeper.h"

namespace vitrine {
namespace {

FileStamp StampFile(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return {};
  const auto nanoseconds = [](const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; };
  return {.size_bytes = static_cast<std::uint64_t>(status.st_size),
          .mtime_ns = nanoseconds(status.st_mtim),
          .ctime_ns = nanoseconds(status.st_ctim),
          .device = status.st_dev,
          .inode = status.st_ino};
}

}  // namespace

CatalogStamp StampCatalog(const std::string& library_folder) {
  const std::string database = JoinPath(library_folder, "catalog.sqlite");
  CatalogStamp stamp{.database = StampFile(database), .log = StampFile(database + "-wal")};
  // Readers make and remove an empty log as they come and go: it says nothing.
  if (stamp.log.size_bytes == 0) stamp.log = {};
  return stamp;
}

SegmentIdentity IdentityOf(const std::string& library_folder, const Space& space, std::uint64_t generation) {
  return {.folder = JoinPath(JoinPath(library_folder, "vectors"), space.id),
          .space = space.id,
          .dimension = space.dimension,
          .generation = generation};
}

Result<std::unique_ptr<Snapshot>> OpenSnapshot(const std::string& library_folder, const Space& space,
                                               Checking checking) {
  auto snapshot = std::make_unique<Snapshot>();
  snapshot->stamp = StampCatalog(library_folder);
  snapshot->checking = checking;
  VITRINE_TRY_ASSIGN(snapshot->catalog, Catalog::Open(library_folder, CatalogMode::kRead));
  VITRINE_TRY_ASSIGN(const std::uint64_t generation, snapshot->catalog->Generation(space.id));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<RowSource> source, snapshot->catalog->Vectors(space.id));
  VITRINE_TRY_ASSIGN(snapshot->policy, RememberedPolicy(*snapshot->catalog));
  const SegmentIdentity identity = IdentityOf(library_folder, space, generation);
  VITRINE_TRY_ASSIGN(snapshot->rows, OpenSegments(identity, *source, &snapshot->segments, checking));
  IndexPolicy policy = snapshot->policy;
  if (checking == Checking::kAll) policy.kind = IndexKind::kExact;
  VITRINE_TRY_ASSIGN(snapshot->index, OpenIndex(identity, snapshot->rows, policy, &snapshot->index_report));
  VITRINE_TRY_ASSIGN(snapshot->live, snapshot->catalog->LiveRows(space.id));
  return snapshot;
}

}  // namespace vitrine
