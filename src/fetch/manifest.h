// fetched.json: what a fetched folder holds and what each file must hash to. It is there from the first byte
// on, so it also says how far an unfinished fetch is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/catalogue.h"
#include "vitrine/result.h"

namespace vitrine::fetch {

inline constexpr char kManifestName[] = "fetched.json";

/// Who said what a file's SHA-256 must be.
enum class Pin : std::uint8_t {
  kCatalogue,   ///< The catalogue, before anything was fetched.
  kFirstFetch,  ///< Nobody knew; this is what came the first time, and holds from then on.
};

struct ManifestFile {
  std::string path;
  std::uint64_t bytes = 0;  ///< So many are safely on the disk; all of them when `whole`.
  bool whole = false;
  std::string sha256;  ///< What it must be; empty until it is known.
  Pin pin = Pin::kFirstFetch;
  std::string validator;  ///< The server's name of this version (ETag or date), for going on; or empty.
};

struct Manifest {
  std::string model;
  std::string base;
  std::vector<ManifestFile> files;

  /// Null when there is none of this path.
  const ManifestFile* Find(std::string_view path) const;
  ManifestFile* Find(std::string_view path);
};

/// Reads `folder`/fetched.json. Errors: kNotFound (there is none), kModel (damaged).
Result<Manifest> ReadManifest(const std::string& folder);

/// Writes it, whole or not at all, safe from a power cut. Errors: kNoSpace, kIo.
Status WriteManifest(const std::string& folder, const Manifest& manifest);

/// What is to be fetched of `model`, going on from `before` where it is of the same address: hashes of the
/// catalogue first, then those that were pinned.
Manifest MergeManifest(const CatalogueModel& model, const Manifest& before);

}  // namespace vitrine::fetch
