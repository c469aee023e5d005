// A copy of tests/golden/tiny_pack that a test may spoil.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/hash.h"
#include "support/temp_folder.h"

namespace vitrine {

/// The tiny pack's image or text tower with every other sign of its projection flipped: a sound graph that
/// gives wrong vectors.
inline std::string WithWrongSigns(std::string model) {
  const std::size_t projection = model.find("projectionJ`");  // Name, then the raw data field of 96 bytes.
  EXPECT_NE(projection, std::string::npos);
  for (std::size_t i = 0; projection != std::string::npos && i < 24; i += 2) {
    char& byte = model[projection + 12 + 4 * i + 3];
    byte = static_cast<char>(byte ^ 0x80);
  }
  return model;
}

class TinyPack {
 public:
  static constexpr std::array<const char*, 4> kHashedFiles = {"image.onnx", "text.onnx", "vocab.txt",
                                                              "self_test.rgb"};

  TinyPack() {
    std::filesystem::copy(VITRINE_SOURCE_DIR "/tests/golden/tiny_pack", folder_.path(),
                          std::filesystem::copy_options::recursive);
  }

  const std::string& path() const { return folder_.path(); }
  std::string File(const std::string& name) const { return folder_.File(name); }

  std::string Read(const std::string& name) const {
    Result<std::string> bytes = ReadFile(File(name));
    EXPECT_TRUE(bytes) << name;
    return bytes ? *bytes : "";
  }

  void Write(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(WriteFileAtomically(File(name), bytes, Durability::kCache)) << name;
  }

  /// Replaces every `from` in pack.json, of which there must be one at least.
  void Edit(const std::string& from, const std::string& to) const {
    std::string json = Read("pack.json");
    std::size_t at = json.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    for (; at != std::string::npos; at = json.find(from, at + to.size())) json.replace(at, from.size(), to);
    Write("pack.json", json);
  }

  /// Writes a file and its new hash, as somebody would who wants the pack to be believed. The size must stay.
  void Forge(const std::string& name, const std::string& bytes) const {
    Edit(Hex(Sha256(Read(name))), Hex(Sha256(bytes)));
    Write(name, bytes);
  }

  /// Adds an image tower of another precision, twice as fast by its row and as good as its tolerance asks
  /// for.
  void AddImageVariant(std::string model, const std::string& precision = "int8") const {
    model += "\x32\x01x";  // Field 6 of an ONNX model, doc_string: other bytes, the same graph.
    const std::string row =
        R"({"cosine_mean": 0.999, "cosine_p1": 0.99, "recall10_change": 0, "megabytes": 1)";
    Write("image.int8.onnx", model);
    Edit("\"image\": {", "\"image\": {\"measured\": " + row +
                             ", \"items_per_second\": 10}, \"variants\": [{\"precision\": \"" + precision +
                             "\", \"file\": \"image.int8.onnx\", \"sha256\": \"" + Hex(Sha256(model)) +
                             "\", \"bytes\": " + std::to_string(model.size()) + ", \"measured\": " + row +
                             ", \"items_per_second\": 20}}],");
  }

 private:
  TempFolder folder_;
};

}  // namespace vitrine
