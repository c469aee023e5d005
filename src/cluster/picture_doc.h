// A picture as a document of a cluster: what it is searched by, and all that is known of it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "cluster/mapping.h"
#include "index/encoded_rows.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// All that a library knows of one picture.
struct PictureCopy {
  AssetRecord asset;
  std::vector<FileStamp> stamps;  ///< Of asset.paths, in order.
  std::vector<AssetTag> tags;
  Note note;
  std::string picture_text;
  WordTexts texts;        ///< As the word index holds them, or cut into words (words_text.h).
  EncodedRows vector;     ///< One row.
  std::int64_t step = 0;  ///< Of the journal (journal.h), the last one that changed it; 0 for none.
  /// As they were met last, in byte order of the path; whose they are is this picture.
  std::vector<SidecarRecord> sidecars;
};

/// The id of a picture's document: its content hash in hex, so that a picture is there once whoever sends it.
std::string DocumentId(const Sha256Digest& content);

/// How the field `paths` spells a path: 32 hex digits of its SHA-256, since paths are bytes and long.
std::string PathKey(const PathBytes& path);

/// The document.
nlohmann::json DocumentOf(const PictureCopy& picture, VectorKind vectors);

/// The fields that PictureOf() and CodeOf() need; and those of all that PictureOf() can read.
inline constexpr const char* kPictureFields[] = {"id", "picture", "code"};
inline constexpr const char* kAllPictureFields[] = {"id", "picture", "code", "words", "step"};

/// What a document says of its picture; its texts are cut into words already. Errors: kCorrupt.
Result<PictureCopy> PictureOf(const std::string& id, const nlohmann::json& source, std::size_t dimension);

/// The same without the vector: the fields "id" and "picture" will do. Errors: kCorrupt.
Result<PictureCopy> KnownOf(const std::string& id, const nlohmann::json& source);

/// The path of one of `picture.files`.
PathBytes PathOf(const nlohmann::json& file);

/// The vector of a document alone. Errors: kCorrupt.
Result<EncodedRows> CodeOf(const nlohmann::json& source, std::size_t dimension);

/// A checksum over the vector and what was said of the picture, for comparing two copies of a library; of
/// where it was said, the sidecars, not.
std::uint64_t ChecksumOf(const PictureCopy& picture);
/// The same as the field `sum` spells it: 16 hex digits.
std::string SumText(std::uint64_t sum);
/// Its inverse; 0 for any other text.
std::uint64_t SumOfText(std::string_view text);

/// The paths that the field `picture` names, in order.
std::vector<PathBytes> PathsOf(const nlohmann::json& picture);

/// Levels of a folded path as the fields `tags` and `folders` hold them: each with kLevelEnd before and
/// behind.
inline constexpr char kLevelEnd[] = "\x1f";
std::string LevelText(std::string_view path, bool escapes);

}  // namespace vitrine::cluster
