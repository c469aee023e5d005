// The list of recommended models (models/catalogue.json): what each is for, under which terms, and where its
// files are. The one place that holds addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/result.h"

namespace vitrine::fetch {

/// A file of a model, below its folder and below its base address.
struct CatalogueFile {
  std::string path;
  std::uint64_t bytes = 0;  ///< Its size; where it is not `exact`, as the hub rounds it.
  bool exact = false;
  std::string sha256;  ///< 64 lower-case hex digits; empty where nobody has told us yet.

  /// More bytes than this are never taken.
  std::uint64_t LimitBytes() const { return exact ? bytes : bytes + bytes / 10 + (64 << 10); }
};

/// What the fetched folder is, and so what is to be done with it.
enum class Layout : std::uint8_t {
  kPack,            ///< A Vitrine pack.
  kImmich,          ///< visual/model.onnx, textual/model.onnx: for `modelkit import`.
  kTransformersJs,  ///< onnx/vision_model.onnx, onnx/text_model.onnx: for `modelkit import`.
};

struct CatalogueModel {
  std::string name;  ///< Letters, digits, '.', '_' and '-'.
  std::string purpose;
  std::string licence;
  std::string languages;
  std::string quality;
  std::string quality_source;
  std::string evidence;  ///< How we know its files and sizes.
  Layout layout = Layout::kPack;
  std::string base;  ///< Address, ends with '/'.
  std::vector<CatalogueFile> files;

  /// All files together, as the catalogue has them.
  std::uint64_t Bytes() const;
  /// How many of the files have a SHA-256 in the catalogue.
  std::size_t KnownHashes() const;
};

struct Catalogue {
  std::vector<CatalogueModel> models;
  std::string json;  ///< The same, on one line, as it was read.

  /// Errors: kInvalidArgument, with the nearest name where there is one.
  Result<const CatalogueModel*> Find(std::string_view name) const;
};

/// Reads a catalogue, every value checked. Errors: kModel, naming the file and the field.
Result<Catalogue> ReadCatalogue(const std::string& path);

/// As above, of text that is already read; `path` names it in errors.
Result<Catalogue> ParseCatalogue(std::string_view text, const std::string& path);

}  // namespace vitrine::fetch
