// A small catalogue and pieces of it.
#pragma once

#include <string>

#include "fetch/catalogue.h"

namespace vitrine::fetch {

inline const std::string kSomeHash(64, 'a');
inline const std::string kOtherHash(64, 'b');

/// Two files: a.onnx of exactly 1,000 bytes and known hash, b.json of about 10 bytes.
inline CatalogueModel SampleModel() {
  CatalogueModel model;
  model.name = "sample";
  model.base = "https://models.example/sample/";
  model.files = {{"towers/a.onnx", 1000, true, kSomeHash}, {"b.json", 10, false, ""}};
  return model;
}

/// A catalogue of one model, with a piece of its text replaced.
inline std::string SampleCatalogue(const std::string& piece = "", const std::string& by = "") {
  std::string text =
      R"({"schema": 1, "models": [{"name": "sample", "purpose": "tests", "licence": "none", "languages": "none",
          "quality": "none", "quality_source": "nobody", "evidence": "made here", "layout": "immich",
          "base": "https://models.example/sample/",
          "files": [{"path": "towers/a.onnx", "bytes": 1000, "sha256": ")" +
      kSomeHash + R"("}, {"path": "b.json", "about_bytes": 10}]}]})";
  const std::size_t at = piece.empty() ? std::string::npos : text.find(piece);
  if (at != std::string::npos) text.replace(at, piece.size(), by);
  return text;
}

}  // namespace vitrine::fetch
