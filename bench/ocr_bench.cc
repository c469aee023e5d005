// What an OCR pack reads in pictures, and how long that takes: one line of JSON a picture.
//
// usage: ocr_bench PACK-FOLDER WORKER-PROGRAM FILE...
//
// One picture at a time on one thread, decoded by a sandboxed worker as in an index run.
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "image/decoder.h"
#include "model/text_reader.h"

namespace {

using vitrine::Result;

double MillisecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

int Fail(const vitrine::Error& error) {
  std::fprintf(stderr, "ocr_bench: %s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fprintf(stderr, "usage: ocr_bench PACK-FOLDER WORKER-PROGRAM FILE...\n"), 2;
  const auto reader = vitrine::OpenTextReader(argv[1], 1);
  if (!reader) return Fail(reader.error());
  vitrine::DecoderPoolOptions options;
  options.worker_program = argv[2];
  options.workers = 1;
  const auto decoder = vitrine::DecoderPool::Start(options);
  if (!decoder) return Fail(decoder.error());
  for (int i = 3; i < argc; ++i) {
    const auto start = std::chrono::steady_clock::now();
    Result<vitrine::UniqueFd> file = vitrine::OpenRegularFile(argv[i]);
    if (!file) return Fail(file.error());
    const auto decoded = (*decoder)->Decode(
        *std::move(file), {.min_edge_px = (*reader)->picture_edge_px(), .thumbnail_edge_px = 0});
    if (!decoded) return Fail(decoded.error());
    const double decode_ms = MillisecondsSince(start);
    const auto between = std::chrono::steady_clock::now();
    const Result<std::string> text = (*reader)->Read(decoded->picture);
    if (!text) return Fail(text.error());
    const nlohmann::json line = {{"path", argv[i]},
                                 {"text", *text},
                                 {"decode_ms", decode_ms},
                                 {"read_ms", MillisecondsSince(between)}};
    std::printf("%s\n", line.dump().c_str());
  }
  return 0;
}
