#include "boards/export/export_job.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/export/scene.h"

namespace vitrine {

std::string CountText(std::uint64_t count, std::string_view one, std::string_view many) {
  return Thousands(count) + " " + std::string(count == 1 ? one : many);
}

bool ExportJob::Stopped() {
  if (stop_.requested()) report.stopped = true;
  return report.stopped;
}

void ExportJob::Step(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (observer_ != nullptr) observer_->OnStep(what, done, total);
}

const SourcePicture& ExportJob::Picture(const std::string& content) {
  const auto known = pictures_.find(content);
  if (known != pictures_.end()) return known->second;
  SourcePicture picture;
  if (Result<SourcePicture> described = source.Describe(content)) picture = *std::move(described);
  picture.content = content;
  picture.name = picture.name.empty() ? content.substr(0, 12) : ToValidUtf8(picture.name);
  if (!picture.available) Miss(content);
  return pictures_.emplace(content, std::move(picture)).first->second;
}

void ExportJob::Finish() {
  if (missing_.empty()) return;
  constexpr std::size_t kNamed = 10;
  std::string names;
  std::size_t said = 0;
  for (const std::string& content : missing_) {
    if (said == kNamed) break;
    names += (said++ == 0 ? "" : ", ") + Printable(Picture(content).name);
  }
  if (missing_.size() > said) names += " and " + CountText(missing_.size() - said, "other", "others");
  Note(CountText(missing_.size(), "picture's file was", "pictures' files were") +
       " not there (a thumbnail or an empty place stands in): " + names);
}

Result<std::string> ReadOriginal(ExportJob& job, const std::string& content) {
  constexpr std::size_t kMost = std::size_t{512} << 20, kPiece = std::size_t{1} << 20;
  Result<UniqueFd> file = job.source.OpenOriginal(content);
  if (!file) {
    job.Miss(content);
    return std::move(file).error();
  }
  std::string bytes;
  while (bytes.size() < kMost) {
    const std::size_t had = bytes.size();
    bytes.resize(had + kPiece);
    const ssize_t got = pread(file->get(), bytes.data() + had, kPiece, static_cast<off_t>(had));
    if (got < 0) return ErrnoError("cannot read", job.Picture(content).name, errno);
    bytes.resize(had + static_cast<std::size_t>(got));
    if (got == 0) break;
  }
  return bytes;
}

std::string BoardJson(ExportJob& job, const std::map<std::string, std::string>& paths_in_zip) {
  BoardFile file{.board = job.board};
  for (const BoardItem* item : PicturesInReadingOrder(job.board)) {
    const SourcePicture& picture = job.Picture(item->content);
    BoardFilePicture& entry = file.pictures[item->content];
    entry.name = picture.name;
    entry.width_px = picture.width_px;
    entry.height_px = picture.height_px;
    const auto path = paths_in_zip.find(item->content);
    if (path != paths_in_zip.end()) entry.path_in_zip = path->second;
  }
  return BoardFileToJson(file);
}

Status WriteJson(ExportJob& job) { return job.out.Write(BoardJson(job, {})); }

}  // namespace vitrine
