// Finding the file behind a picture, as it was when it was indexed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "engine/reader.h"
#include "vitrine/gallery.h"
#include "vitrine/result.h"

namespace vitrine {

/// A picture's file, open.
struct OpenOriginal {
  OriginalFile file;
  Sha256Digest content{};
  UniqueFd fd;
};

/// A file that held the picture when it was indexed.
struct KnownOriginal {
  PathBytes path;
  FileStamp stamp;
};

/// The first of `files` that is there and holds the content of `record`. Errors: kNotFound (not there, or
/// changed since; the message names the first path and ends with `advice`), kIo.
Result<OpenOriginal> OpenFirst(const AssetRecord& record, const std::vector<KnownOriginal>& files,
                               const std::string& advice);

/// The first of the picture's files that is there and holds the bytes that were indexed; a file whose stamp
/// is in doubt is read to know. Errors: kNotFound (no such picture; its file is gone, changed or its drive
/// away: the message says which), kIo, those of the catalog.
Result<OpenOriginal> FindOriginal(SharedReader& reader, AssetId id);

/// kNotFound.
Error NoSuchPicture(AssetId id);

}  // namespace vitrine
