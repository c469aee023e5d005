// The order of steps is that of trust: first the bytes are decoded in a worker and embedded, then they become
// a file, and last they are recorded. Up to the last step nothing is there but a file, which goes again when
// that fails; a kill in between leaves a whole picture in a folder that is indexed anyway.
#include "engine/picture_adding.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "image/sketch.h"
#include "image/thumbnail_path.h"
#include "index/quantise.h"
#include "ingest/fingerprint.h"
#include "ingest/picture_names.h"

namespace vitrine {
namespace {

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::string_view kFallbackStem = "picture";

// The extensions of a format; the first is the one to give.
struct Extensions {
  std::string_view format;
  std::array<std::string_view, 4> names;
};

constexpr std::array kExtensions = {Extensions{"jpeg", {".jpg", ".jpeg", ".jpe", ".jfif"}},
                                    Extensions{"png", {".png"}},
                                    Extensions{"webp", {".webp"}},
                                    Extensions{"gif", {".gif"}},
                                    Extensions{"tiff", {".tif", ".tiff"}},
                                    Extensions{"bmp", {".bmp"}},
                                    Extensions{"heif", {".heic", ".heif"}},
                                    Extensions{"avif", {".avif"}},
                                    Extensions{"jxl", {".jxl"}},
                                    Extensions{"svg", {".svg"}}};

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string ExtensionFor(std::string_view given, const std::string& format) {
  if (format == "raw") {
    return KindOfName(std::string("a") + std::string(given)) == NameKind::kRaw ? std::string(given) : ".dng";
  }
  const auto known = std::ranges::find(kExtensions, format, &Extensions::format);
  if (known == kExtensions.end()) return "." + format;
  const bool fits = !given.empty() && std::ranges::count(known->names, LowerAscii(given)) > 0;
  return std::string(fits ? given : known->names.front());
}

// What may stand in a name: no control characters, no spaces or dots at its ends.
std::string CleanStem(std::string_view stem) {
  std::string clean;
  for (const char32_t c : DecodeUtf8(stem)) {
    const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    if (!control) AppendUtf8(clean, c);
  }
  const std::size_t first = clean.find_first_not_of(" .");
  if (first == std::string::npos) return std::string(kFallbackStem);
  return clean.substr(first, clean.find_last_not_of(" .") - first + 1);
}

// The keys of all names in a folder, since a picture and a RAW of one name would be taken for twins.
std::set<std::string> TakenKeys(const PathBytes& folder) {
  std::set<std::string> keys;
  std::error_code error;
  std::filesystem::directory_iterator files(folder, error);
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    keys.insert(TwinKey(files->path().filename().string()));
  }
  return keys;
}

std::string Numbered(const std::string& name, int number) {
  if (number == 1) return name;
  const std::size_t dot = name.rfind('.');
  return name.substr(0, dot) + " (" + std::to_string(number) + ")" + name.substr(dot);
}

std::int64_t NowNs() {
  using std::chrono::duration_cast, std::chrono::nanoseconds, std::chrono::system_clock;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string SafeName(const std::string& name, const std::string& format) {
  const std::size_t slash = name.find_last_of("/\\");
  const std::string last = name.substr(slash == std::string::npos ? 0 : slash + 1);
  const std::size_t dot = last.rfind('.');
  const bool has_extension = dot != std::string::npos && dot > 0 && last.size() - dot <= 6;
  const std::string extension = ExtensionFor(has_extension ? last.substr(dot) : "", format);
  const std::string stem = CleanStem(has_extension ? last.substr(0, dot) : last);
  std::string safe = CleanStem(CutUtf8(stem, kMaxNameBytes - extension.size())) + extension;
  if (IsJunkName(safe)) safe.insert(0, "_");
  return safe;
}

/// A picture that was judged, ready to be kept and recorded.
struct PictureAdder::Prepared {
  OpenModel model;
  Sha256Digest content{};
  DecodedPicture decoded;
  EncodedRows vector;
};

PictureAdder::PictureAdder(Rooms rooms)
    : rooms_(std::move(rooms)), folder_(JoinPath(rooms_.library_folder, "added")) {}

Result<PictureAdder::Prepared> PictureAdder::Prepare(const std::string& bytes, OpenModel model) const {
  Prepared prepared{.model = std::move(model), .content = Sha256(bytes), .decoded = {}, .vector = {}};
  VITRINE_TRY_ASSIGN(Decoder * decoder, rooms_.decoder.Get());
  VITRINE_TRY_ASSIGN(UniqueFd file, MemoryFile(bytes));
  VITRINE_TRY_ASSIGN(prepared.decoded,
                     decoder->Decode(std::move(file), {.min_edge_px = prepared.model->picture_edge_px()}));
  VITRINE_TRY_ASSIGN(const Matrix vectors,
                     prepared.model->EmbedPictures(std::span(&prepared.decoded.picture, 1)));
  prepared.vector = Encode(vectors);
  if (prepared.vector.scales.empty() || !(prepared.vector.scales.front() > 0)) {
    return Error(Code::kUnsupported, "the model gives no usable vector for this picture");
  }
  return prepared;
}

// Under a passing, hidden name first, then moved to a free one; nothing is ever replaced.
Result<PathBytes> PictureAdder::Keep(const std::string& bytes, const std::string& name) {
  const std::lock_guard lock(naming_);
  VITRINE_TRY(MakeFolders(folder_));
  const PathBytes passing = JoinPath(folder_, ".adding-" + std::to_string(getpid()));
  VITRINE_TRY(WriteFileAtomically(passing, bytes, Durability::kSynced));
  const std::set<std::string> taken = TakenKeys(folder_);
  for (int number = 1;; ++number) {
    const std::string free = Numbered(name, number);
    if (taken.contains(TwinKey(free))) continue;
    PathBytes path = JoinPath(folder_, free);
    const Status moved = MoveFile(passing, path);
    if (moved) return path;
    if (moved.error().code() == Code::kInvalidArgument) continue;
    unlink(passing.c_str());
    return moved.error();
  }
}

Result<AssetId> PictureAdder::Record(const PathBytes& path, Prepared prepared) {
  VITRINE_TRY_ASSIGN(const UniqueFd file, OpenRegularFile(path));
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return ErrnoError("cannot look at", path, errno);
  const Sha256Digest content = prepared.content;
  FileOutcome outcome{.path = path, .stamp = StampToRemember(StampOf(status), NowNs())};
  outcome.new_asset = NewAsset{.content = content,
                               .info = std::move(prepared.decoded.info),
                               .sketch = SketchOf(prepared.decoded.picture),
                               .embedded = std::move(prepared.decoded.note)};
  const Space& space = prepared.model->space();
  return rooms_.writer.With([&](Catalog& catalog) -> Result<AssetId> {
    VITRINE_TRY_ASSIGN(const OpenModel model, rooms_.model(catalog));
    if (model->space().id != space.id) {
      return Error(Code::kLocked, "another model was taken into use meanwhile; add the picture again");
    }
    VITRINE_TRY(catalog.EnsureSpace(space.id, space.model, space.dimension));
    VITRINE_TRY_ASSIGN(const std::int64_t run, catalog.BeginRun(folder_));
    VITRINE_TRY(catalog.RecordBatch(run, space.id, {&outcome, 1}, prepared.vector));
    VITRINE_TRY_ASSIGN(const std::optional<AssetId> asset, catalog.AssetOfContent(content));
    if (!asset) return Error(Code::kInternal, "a picture that was recorded is not there");
    return *asset;
  });
}

Result<AssetId> PictureAdder::Add(const std::string& bytes, const std::string& name) {
  const Sha256Digest content = Sha256(bytes);
  OpenModel model;
  VITRINE_TRY_ASSIGN(const std::optional<AssetId> known,
                     rooms_.reader.With([&](Catalog& catalog) -> Result<std::optional<AssetId>> {
                       VITRINE_TRY_ASSIGN(model, rooms_.model(catalog));
                       const std::string& space = model->space().id;
                       VITRINE_TRY_ASSIGN(const auto asset, catalog.AssetByContent(content, space));
                       if (!asset) return asset;
                       VITRINE_TRY_ASSIGN(const auto living, catalog.AssetsOf({&*asset, 1}));
                       return living.empty() ? std::optional<AssetId>() : asset;
                     }));
  if (known) return *known;
  VITRINE_TRY_ASSIGN(Prepared prepared, Prepare(bytes, std::move(model)));
  const std::string thumbnail = ThumbnailPath(JoinPath(rooms_.library_folder, "thumbs"), prepared.content);
  VITRINE_TRY(MakeFolders(std::string(FolderOf(thumbnail))));
  VITRINE_TRY(WriteFileAtomically(thumbnail, prepared.decoded.thumbnail, Durability::kCache));
  VITRINE_TRY_ASSIGN(const PathBytes path, Keep(bytes, SafeName(name, prepared.decoded.info.format)));
  Result<AssetId> recorded = Record(path, std::move(prepared));
  if (!recorded) {
    unlink(path.c_str());
    unlink(thumbnail.c_str());
  }
  return recorded;
}

}  // namespace vitrine
