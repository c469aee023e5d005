// The credits of a board: every picture with what its file says of its making. Artist and copyright are read
// from the file itself, where it is there.
#include "boards/export/credits.h"

#include "base/try.h"
#include "base/utf8.h"
#include "boards/export/export_job.h"
#include "boards/export/file_metadata.h"
#include "boards/export/scene.h"

namespace vitrine {
namespace {

std::string OneLine(const std::string& text) {
  std::string line = ToValidUtf8(text);
  for (char& letter : line) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = ' ';
  }
  return line;
}

void AddField(std::string& text, std::string_view name, const std::string& value) {
  if (value.empty()) return;
  text += "    " + std::string(name) + ": " + OneLine(value) + "\n";
}

}  // namespace

std::string FactsLine(const SourcePicture& picture) {
  std::string line = ToValidUtf8(picture.facts.taken_at.value_or("").substr(0, 10));
  const std::string camera = ToValidUtf8(picture.facts.camera.value_or(""));
  if (!line.empty() && !camera.empty()) line += ", ";
  return line + camera;
}

Result<std::string> CreditsText(ExportJob& job) {
  const std::vector<const BoardItem*> pictures = PicturesInReadingOrder(job.board);
  std::string text = "Credits of \"" + OneLine(job.board.name) + "\"\n" +
                     CountText(pictures.size(), "picture", "pictures") +
                     ", with what their files say. What is not listed is not known.\n";
  std::size_t done = 0;
  for (const BoardItem* item : pictures) {
    if (job.Stopped()) break;
    job.Step("collecting credits", done++, pictures.size());
    const SourcePicture& picture = job.Picture(item->content);
    text += "\n" + OneLine(picture.name) + "\n";
    FileMetadata facts;
    if (const Result<std::string> original = ReadOriginal(job, item->content)) {
      facts = ReadFileMetadata(*original);
    }
    AddField(text, "Creator", facts.artist);
    AddField(text, "Copyright", facts.copyright);
    AddField(text, "Taken", picture.facts.taken_at.value_or(""));
    AddField(text, "Camera", picture.facts.camera.value_or(""));
    AddField(text, "Caption", picture.caption);
    AddField(text, "SHA-256", item->content);
  }
  return text;
}

}  // namespace vitrine
