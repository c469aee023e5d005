// What a pack makes of given pictures and sentences, for comparison with a reference implementation.
//
//   model_probe vectors PACK_FOLDER        reads lines "picture WIDTH HEIGHT FILE" and "text SENTENCE"
//   model_probe square EDGE RULE FILTER SHORT FILL        reads lines "picture WIDTH HEIGHT FILE"
//
// A FILE holds raw RGB8, interleaved, row-major. Prints one JSON array a line: the vector, or the square's
// bytes by rows. RULE is squash, crop or letterbox, FILTER bilinear or bicubic; SHORT 0 is none.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "model/open.h"
#include "model/preprocess.h"
#include "must.h"

namespace vitrine {
namespace {

constexpr std::uint64_t kMaxPicture = 1 << 30;

struct Request {
  std::string text;
  RgbImage picture;
  bool is_text = false;
};

Result<Request> Parse(const std::string& line) {
  Request request;
  if (line.starts_with("text ")) {
    request.is_text = true;
    request.text = line.substr(5);
    return request;
  }
  std::istringstream words(line);
  std::string kind;
  std::string file;
  if (!(words >> kind >> request.picture.width_px >> request.picture.height_px) || kind != "picture" ||
      !std::getline(words >> std::ws, file)) {
    return Error(Code::kInvalidArgument, "not a request: " + line);
  }
  const std::string bytes = Must(ReadFile(file, kMaxPicture));
  request.picture.pixels.assign(bytes.begin(), bytes.end());
  const auto pixels = static_cast<std::size_t>(request.picture.width_px) *
                      static_cast<std::size_t>(request.picture.height_px);
  if (bytes.size() != pixels * 3) return Error(Code::kInvalidArgument, "another size than said: " + file);
  return request;
}

template <typename Values>
void Print(const Values& values) {
  std::printf("%s\n", nlohmann::json(std::vector(values.begin(), values.end())).dump().c_str());
}

void PrintVectors(const std::string& folder) {
  EmbedderOptions options;
  options.pack_folder = folder;
  options.device = Device::kCpu;
  const std::unique_ptr<Embedder> embedder = Must(OpenEmbedder(options));
  for (std::string line; std::getline(std::cin, line);) {
    const Request request = Must(Parse(line));
    Print(Must(request.is_text ? embedder->EmbedTexts({&request.text, 1})
                               : embedder->EmbedPictures({&request.picture, 1}))
              .row(0));
  }
}

Preprocessing Settings(std::span<char*> words) {
  Preprocessing settings;
  settings.layout = TensorLayout::kNhwc;
  settings.type = TensorType::kUint8;
  settings.edge_px = std::stoi(words[0]);
  const std::string rule = words[1];
  settings.rule = rule == "squash" ? ResizeRule::kSquash
                  : rule == "crop" ? ResizeRule::kCrop
                                   : ResizeRule::kLetterbox;
  settings.filter = std::string(words[2]) == "bicubic" ? ResizeFilter::kBicubic : ResizeFilter::kBilinear;
  settings.short_px = std::stoi(words[3]);
  settings.fill = static_cast<std::uint8_t>(std::stoi(words[4]));
  return settings;
}

void PrintSquares(const Preprocessing& settings) {
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::uint8_t> square(TensorBytes(settings));
    Preprocess(Must(Parse(line)).picture, settings, std::as_writable_bytes(std::span(square)));
    Print(square);
  }
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  const std::string mode = argc > 1 ? words[1] : "";
  if (mode == "vectors" && argc == 3) {
    vitrine::PrintVectors(words[2]);
  } else if (mode == "square" && argc == 7) {
    vitrine::PrintSquares(vitrine::Settings(words.subspan(2)));
  } else {
    std::fprintf(stderr, "usage: model_probe vectors PACK | square EDGE RULE FILTER SHORT FILL\n");
    return 2;
  }
  return 0;
}
