// What the packs have in common: a folder with one JSON file that describes it, every value of which is
// checked, and other files that are believed once their SHA-256 is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "vitrine/result.h"

namespace vitrine {

/// A file of a pack as its description names it.
struct PackFile {
  std::string name;             ///< A plain name: no '/', no "..", not hidden.
  std::string sha256;           ///< 64 lower-case hex digits.
  std::uint64_t max_bytes = 0;  ///< Never read further than this.
  bool exact_size = false;      ///< The file has max_bytes exactly.
};

/// Where a pack lies.
struct PackPlace {
  std::string folder;
  std::string description;          ///< Name of the JSON file.
  std::string remedy;               ///< What to do when the pack is bad; ends every error.
  std::uint64_t newest_schema = 1;  ///< Of the description; older ones are read too.

  /// "model file "..." <problem>; <remedy>" for one of its files. kModel.
  Error Wrong(const std::string& name, const std::string& problem) const;
  /// The bytes of one of the pack's files, after its SHA-256 was found right. Links are not followed.
  /// Errors: kModel (missing, of another size, damaged; both hashes are named).
  Result<std::string> Read(const PackFile& file) const;
};

/// Reads the fields of one JSON object. The first thing that is wrong is kept; everything after it reads as a
/// default, so that a caller reads all fields in a row and asks once.
class Fields {
 public:
  Fields(const nlohmann::json* object, std::string path, std::string& error);

  std::string Text(const char* key, std::size_t min_bytes, std::size_t max_bytes) const;
  double Number(const char* key, double min, double max) const;
  std::uint64_t Integer(const char* key, std::uint64_t min, std::uint64_t max) const;
  bool Flag(const char* key) const;
  std::vector<float> Floats(const char* key, std::size_t count) const;
  std::array<float, 3> Colour(const char* key) const;
  /// A vector of L2 norm 1, to the precision that the description has.
  std::vector<float> UnitVector(const char* key, std::size_t dimension) const;
  /// "file" and "sha256" of this object.
  PackFile File(std::uint64_t max_bytes) const;
  /// The same with "bytes": an ONNX file.
  PackFile Tower() const;
  /// Whether there is such a field.
  bool Has(const char* key) const;
  Fields Object(const char* key) const;
  std::vector<Fields> Objects(const char* key, std::size_t min, std::size_t max) const;

  template <typename T>
  T Choice(const char* key, std::initializer_list<std::pair<const char*, T>> choices) const {
    const std::string text = Text(key, 1, 64);
    std::string known;
    for (const auto& [name, value] : choices) {
      if (text == name) return value;
      known += std::string(known.empty() ? "" : ", ") + name;
    }
    FailChoice(key, text, known);
    return choices.begin()->second;
  }

  void Fail(const std::string& key, const std::string& problem) const;

 private:
  const nlohmann::json* Get(const char* key) const;
  double InRange(const char* key, const nlohmann::json& value, double min, double max) const;
  void FailChoice(const char* key, const std::string& text, const std::string& known) const;

  const nlohmann::json* object_;
  std::string path_;
  std::string& error_;
};

/// A pack's description.
class PackDescription {
 public:
  /// Errors: kModel (missing, no JSON, a schema newer than the place's newest).
  static Result<PackDescription> Load(const PackPlace& place);
  PackDescription(PackDescription&&) noexcept;
  PackDescription& operator=(PackDescription&&) noexcept;
  ~PackDescription();

  /// Lives no longer than this.
  Fields root() const;
  /// Every file that is named anywhere in it by "file" and "sha256", each once, in order of name.
  std::vector<PackFile> files() const;
  /// Errors: kModel, with the first field that was read and found wrong.
  Status Verdict() const;

 private:
  struct Impl;
  explicit PackDescription(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine
