// A board and all that it is made of, in one ZIP: board.json, the originals bit for bit (or copies without
// what they say about people), a contact sheet, credits and a page that says what is in it.
#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "boards/export/export_job.h"
#include "boards/export/file_metadata.h"
#include "boards/export/scene.h"
#include "boards/export/strip.h"
#include "boards/export/utf8_locale.h"
#include "boards/export/zip_names.h"

namespace vitrine {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::int32_t kCopyEdgePx = 16'384;

struct ArchiveFree {
  void operator()(archive* made) const { archive_write_free(made); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

class ZipWriter {
 public:
  static Result<std::unique_ptr<ZipWriter>> Begin(PendingFile& out) {
    std::unique_ptr<ZipWriter> zip(new ZipWriter(out));
    archive* const made = zip->archive_.get();
    archive_write_set_format_zip(made);
    archive_write_set_options(made, "zip:hdrcharset=UTF-8");
    // No padding of the last block: the file ends with its directory.
    archive_write_set_bytes_in_last_block(made, 1);
    if (archive_write_open(made, zip.get(), nullptr, WritePiece, nullptr) != ARCHIVE_OK)
      return zip->Failure();
    return zip;
  }

  Status Header(const std::string& name, std::uint64_t size, bool deflated) {
    if (deflated) {
      archive_write_zip_set_compression_deflate(archive_.get());
    } else {
      archive_write_zip_set_compression_store(archive_.get());
    }
    const std::unique_ptr<archive_entry, ArchiveFree> entry(archive_entry_new());
    archive_entry_set_pathname_utf8(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    // One date for all, so that the same board makes the same archive: 1 January 1980, noon.
    archive_entry_set_mtime(entry.get(), 315'576'000, 0);
    return archive_write_header(archive_.get(), entry.get()) == ARCHIVE_OK ? Status() : Failure();
  }

  Status Data(std::string_view bytes) {
    while (!bytes.empty()) {
      const la_ssize_t taken = archive_write_data(archive_.get(), bytes.data(), bytes.size());
      if (taken <= 0) return Failure();
      bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
    return {};
  }

  Status Add(const std::string& name, std::string_view bytes, bool deflated) {
    VITRINE_TRY(Header(name, bytes.size(), deflated));
    return Data(bytes);
  }

  Status Finish() { return archive_write_close(archive_.get()) == ARCHIVE_OK ? Status() : Failure(); }

 private:
  explicit ZipWriter(PendingFile& out) : out_(out), archive_(archive_write_new()) {}

  static la_ssize_t WritePiece(archive*, void* self, const void* bytes, std::size_t length) {
    auto* const zip = static_cast<ZipWriter*>(self);
    Status written = zip->out_.Write({static_cast<const char*>(bytes), length});
    if (written) return static_cast<la_ssize_t>(length);
    zip->error_ = std::move(written).error();
    return -1;
  }

  Error Failure() const {
    if (error_) return *error_;
    const char* const words = archive_error_string(archive_.get());
    return Error(Code::kIo,
                 std::string("the ZIP cannot be written: ") + (words != nullptr ? words : "no reason given"));
  }

  Utf8Locale locale_;
  PendingFile& out_;
  std::optional<Error> error_;
  std::unique_ptr<archive, ArchiveFree> archive_;
};

// What the archive holds of the pictures, for its page.
struct Packed {
  std::map<std::string, std::string> paths;  // by content
  std::uint64_t exact = 0, stripped = 0, reencoded = 0, with_private = 0;
};

Status AddExact(ExportJob& job, ZipWriter& zip, const std::string& content, int fd, const std::string& path) {
  std::string bytes(kPieceBytes, '\0');
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size < 0) return ErrnoError("cannot read", job.Picture(content).name, errno);
  VITRINE_TRY(zip.Header(path, static_cast<std::uint64_t>(size), false));
  for (off_t at = 0; at < size;) {
    const std::size_t wanted = std::min(kPieceBytes, static_cast<std::size_t>(size - at));
    const ssize_t got = pread(fd, bytes.data(), wanted, at);
    if (got < 0) return ErrnoError("cannot read", job.Picture(content).name, errno);
    if (got == 0) return Error(Code::kIo, "a picture became shorter while it was packed: try again");
    VITRINE_TRY(zip.Data({bytes.data(), static_cast<std::size_t>(got)}));
    at += got;
  }
  return {};
}

// A copy without what it says about people. Nothing where there is no way.
std::optional<std::string> CopyOf(ExportJob& job, const std::string& content, Packed& packed) {
  if (const Result<std::string> original = ReadOriginal(job, content)) {
    if (Result<std::string> stripped = StripPrivate(*original)) {
      ++packed.stripped;
      return *std::move(stripped);
    }
  }
  Result<std::string> jpeg = job.source.Jpeg(content, kCopyEdgePx);
  if (!jpeg) {
    job.Miss(content);
    return std::nullopt;
  }
  ++packed.reencoded;
  return *std::move(jpeg);
}

std::string AsJpegName(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return name.substr(0, dot == std::string::npos || dot == 0 ? name.size() : dot) + ".jpg";
}

Status AddOriginal(ExportJob& job, ZipWriter& zip, const std::string& content, SafeNames& names,
                   Packed& packed) {
  const SourcePicture& picture = job.Picture(content);
  const Result<UniqueFd> file = job.source.OpenOriginal(content);
  if (!file) {
    job.Miss(content);
    return {};
  }
  if (job.request.exact) {
    // What lies in the library may have been exchanged; what an archive calls by its hash must have it.
    VITRINE_TRY_ASSIGN(const Sha256Digest digest, Sha256OfFile(file->get()));
    if (Hex(digest) != content) {
      job.Miss(content);
      return {};
    }
    const Result<std::string> bytes = ReadOriginal(job, content);
    const bool is_private =
        (bytes && ReadFileMetadata(*bytes).IsPrivate()) || picture.facts.latitude.has_value();
    if (is_private) ++packed.with_private;
    const std::string path = "originals/" + names.Unique(picture.name);
    VITRINE_TRY(AddExact(job, zip, content, file->get(), path));
    packed.paths[content] = path;
    ++packed.exact;
    return {};
  }
  const std::uint64_t reencoded = packed.reencoded;
  const std::optional<std::string> copy = CopyOf(job, content, packed);
  if (!copy) return {};
  const bool is_jpeg = packed.reencoded > reencoded;
  const std::string path = "copies/" + names.Unique(is_jpeg ? AsJpegName(picture.name) : picture.name);
  return zip.Add(path, *copy, false);
}

std::string ReadMe(const ExportJob& job, const Packed& packed) {
  std::string text =
      "Board \"" + job.board.name +
      "\", exported by Vitrine.\n\n"
      "board.json         where everything lies on the board; `vitrine board import` reads this archive\n";
  if (job.request.exact) {
    text += "originals/         " + CountText(packed.exact, "picture", "pictures") +
            ", each bit for bit the file it came from\n";
  } else {
    text += "copies/            " + CountText(packed.stripped + packed.reencoded, "picture", "pictures") +
            " without place, serial numbers and names of people\n";
  }
  text +=
      "contact-sheet.pdf  every picture with its name\ncredits.txt        what the files say of who made "
      "them\n\n";
  if (job.request.exact && packed.with_private > 0) {
    text +=
        CountText(packed.with_private, "original holds", "originals hold") +
        " the place where it was taken, a serial number or a name. Think about whom you hand them to, or\n"
        "export without exact originals.\n";
  } else if (job.request.exact) {
    text += "No place and no serial number was found in the originals.\n";
  } else {
    text +=
        "Copies are other files than the originals, so an import of this archive takes the places on the "
        "board\n"
        "but not the pictures.\n";
  }
  return text;
}

Result<std::string> ContactSheetBytes(ExportJob& job) {
  VITRINE_TRY_ASSIGN(PendingFile sheet, PendingFile::Create(job.out.path() + ".sheet"));
  VITRINE_TRY(WriteContactSheet(job, sheet));
  return ReadAll(sheet.fd());
}

}  // namespace

Status WriteZip(ExportJob& job) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<ZipWriter> zip, ZipWriter::Begin(job.out));
  Packed packed;
  SafeNames names;
  const std::vector<const BoardItem*> pictures = PicturesInReadingOrder(job.board);
  std::size_t done = 0;
  for (const BoardItem* item : pictures) {
    if (job.Stopped()) return {};
    job.Step("packing pictures", done++, pictures.size());
    VITRINE_TRY(AddOriginal(job, *zip, item->content, names, packed));
  }
  VITRINE_TRY_ASSIGN(const std::string sheet, ContactSheetBytes(job));
  VITRINE_TRY_ASSIGN(const std::string credits, CreditsText(job));
  if (job.Stopped()) return {};
  VITRINE_TRY(zip->Add("contact-sheet.pdf", sheet, false));
  VITRINE_TRY(zip->Add("credits.txt", credits, true));
  VITRINE_TRY(zip->Add("README.txt", ReadMe(job, packed), true));
  VITRINE_TRY(zip->Add("board.json", BoardJson(job, packed.paths), true));
  if (packed.with_private > 0) {
    job.Note(CountText(packed.with_private, "original holds", "originals hold") +
             " a place or serial number");
  }
  if (packed.reencoded > 0) {
    job.Note(CountText(packed.reencoded, "picture was", "pictures were") +
             " saved anew as JPEG: nothing can be taken out of their own format");
  }
  return zip->Finish();
}

}  // namespace vitrine
