#include "engine/cluster/merging.h"

#include <algorithm>
#include <map>

#include "base/file.h"
#include "catalog/words.h"
#include "ingest/sidecars.h"

namespace vitrine {
namespace {

using cluster::PictureCopy;

// Of PictureCopy::texts, in the order of kWordColumns.
constexpr std::size_t kNameText = 0, kFolderText = 3, kPictureText = 4;

using Files = std::map<PathBytes, FileStamp>;

Files FilesOf(const PictureCopy& picture) {
  Files files;
  for (std::size_t i = 0; i < picture.asset.paths.size(); ++i)
    files[picture.asset.paths[i]] = picture.stamps[i];
  return files;
}

bool LiesBeside(const SidecarRecord& sidecar, const Files& files) {
  return std::ranges::any_of(files, [&](const auto& file) {
    return FolderOf(file.first) == FolderOf(sidecar.path) &&
           !SidecarsOf(NameOf(file.first), {std::string(NameOf(sidecar.path))}).empty();
  });
}

void SetFiles(const Files& files, std::span<const PathBytes> roots, PictureCopy& picture) {
  picture.asset.paths.clear();
  picture.stamps.clear();
  for (const auto& [path, stamp] : files) {
    picture.asset.paths.push_back(path);
    picture.stamps.push_back(stamp);
  }
  std::erase_if(picture.sidecars, [&](const SidecarRecord& one) { return !LiesBeside(one, files); });
  PathTexts texts = TextsOfPaths(picture.asset.paths, roots);
  picture.texts[kNameText] = std::move(texts.name);
  picture.texts[kFolderText] = std::move(texts.folder);
}

}  // namespace

AssetId SharedId(const Sha256Digest& content) {
  std::int64_t id = 0;
  for (std::size_t i = 0; i < 7; ++i) id = id << 8 | content[i];
  id >>= 3;
  return AssetId{std::max<std::int64_t>(id, 1)};
}

bool TakeIn(const PictureCopy& mine, std::span<const PathBytes> roots, PictureCopy& there) {
  const std::uint64_t before = cluster::ChecksumOf(there);
  Files files = FilesOf(there);
  for (const auto& [path, stamp] : FilesOf(mine)) files[path] = stamp;
  SetFiles(files, roots, there);
  there.asset.offline = false;
  if (there.asset.sketch.palette.empty()) there.asset.sketch = mine.asset.sketch;
  if (there.picture_text.empty()) {
    there.picture_text = mine.picture_text;
    there.texts[kPictureText] = mine.texts[kPictureText];
  }
  return cluster::ChecksumOf(there) != before;
}

std::size_t TakeAway(std::span<const DocumentFile> gone, std::span<const PathBytes> roots,
                     PictureCopy& there) {
  Files files = FilesOf(there);
  const std::size_t before = files.size();
  for (const auto& [path, stamp] : gone) {
    const auto file = files.find(path);
    if (file != files.end() && file->second == stamp) files.erase(file);
  }
  const std::size_t taken = before - files.size();
  if (taken > 0) SetFiles(files, roots, there);
  return taken;
}

}  // namespace vitrine
