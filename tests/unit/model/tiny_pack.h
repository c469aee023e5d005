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

 private:
  TempFolder folder_;
};

}  // namespace vitrine
