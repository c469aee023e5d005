// The image tower of tests/golden/tiny_pack as a backbone of eight features.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "base/hash.h"
#include "support/temp_folder.h"

namespace vitrine {

class TinyBackbone {
 public:
  TinyBackbone() {
    const std::string graph = ReadFile(VITRINE_SOURCE_DIR "/tests/golden/tiny_pack/image.onnx").value();
    Write("image.onnx", graph);
    Write(
        "backbone.json",
        R"({"schema": 1, "name": "tiny", "version": "1", "licence": "none", "origin": "a test", "features": 8,
 "image": {"file": "image.onnx", "sha256": ")" +
            Hex(Sha256(graph)) + R"(", "bytes": )" + std::to_string(graph.size()) +
            R"(, "precision": "float32", "input": "pixels", "output": "embedding", "edge_px": 16,
 "layout": "nhwc", "dtype": "uint8", "resize": "squash", "filter": "bilinear", "mean": [0, 0, 0], "std": [1, 1, 1]}})");
  }

  const std::string& path() const { return folder_.path(); }
  std::string File(const std::string& name) const { return folder_.File(name); }

  /// Replaces `from` in backbone.json, where it must stand.
  void Edit(const std::string& from, const std::string& to) const {
    std::string json = ReadFile(File("backbone.json")).value();
    const std::size_t at = json.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    Write("backbone.json", json.replace(at, from.size(), to));
  }

 private:
  void Write(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(WriteFileAtomically(File(name), bytes, Durability::kCache)) << name;
  }

  TempFolder folder_;
};

}  // namespace vitrine
