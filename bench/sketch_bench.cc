// What a picture's sketch, and laying two pictures over one another, cost one core.
//
//   sketch_bench FOLDER [PICTURES] [ROUNDS]     FOLDER holds picture files
//
// Pictures are decoded once as an index run decodes them; then each step is timed over all of them, round by
// round. Prints one JSON object: milliseconds a picture (or a pair of neighbours in the folder, which have
// nothing in common), in the middle of the rounds.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "image/align.h"
#include "image/sketch.h"
#include "image/worker/decode.h"

namespace vitrine {
namespace {

// Of this thread, so that whatever else runs on the machine counts little.
double ProcessorMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::vector<RgbImage> DecodeSome(const std::string& folder, std::size_t count) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<RgbImage> pictures;
  for (const std::string& path : paths) {
    if (pictures.size() == count) break;
    const Result<MappedFile> file = MappedFile::Open(path);
    if (!file) continue;
    auto decoded = worker::DecodeFile(file->bytes(), {});
    if (decoded) pictures.push_back(std::move(decoded->picture));
  }
  return pictures;
}

// The middle of `rounds` rounds, milliseconds for one of `count`.
template <typename Work>
double Median(int rounds, std::size_t count, const Work& work) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const double start = ProcessorMs();
    for (std::size_t i = 0; i < count; ++i) work(i);
    times.push_back((ProcessorMs() - start) / static_cast<double>(count));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

int Run(const std::string& folder, std::size_t count, int rounds) {
  const std::vector<RgbImage> pictures = DecodeSome(folder, count);
  if (pictures.size() < 2) {
    std::fprintf(stderr, "sketch_bench: no pictures in %s\n", folder.c_str());
    return 1;
  }
  std::vector<PictureShape> shapes;
  for (const RgbImage& picture : pictures) shapes.push_back(ShapeOf(picture));
  std::uint64_t sink = 0;  // So that no step is left out.
  const double sketch_ms =
      Median(rounds, pictures.size(), [&](std::size_t i) { sink += SketchOf(pictures[i]).hash; });
  const double shape_ms =
      Median(rounds, pictures.size(), [&](std::size_t i) { sink += ShapeOf(pictures[i]).features.size(); });
  const double whole_ms = Median(rounds, shapes.size() - 1, [&](std::size_t i) {
    sink += static_cast<std::uint64_t>(AlignWhole(shapes[i], shapes[i + 1], {}).blocks);
  });
  const double features_ms = Median(rounds, shapes.size() - 1, [&](std::size_t i) {
    sink += AlignByFeatures(shapes[i], shapes[i + 1], false) ? 1u : 0u;
  });
  std::printf(
      "{\"bench\": \"sketch\", \"pictures\": %zu, \"rounds\": %d, \"short_side_px\": 260,\n"
      " \"sketch_ms\": %.3f, \"shape_ms\": %.3f, \"whole_pair_ms\": %.3f, \"features_pair_ms\": %.3f,\n"
      " \"checksum\": %llu}\n",
      pictures.size(), rounds, sketch_ms, shape_ms, whole_ms, features_ms,
      static_cast<unsigned long long>(sink));
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: sketch_bench FOLDER [PICTURES] [ROUNDS]\n");
    return 2;
  }
  return vitrine::Run(words[1], count > 2 ? std::strtoul(words[2], nullptr, 10) : 200,
                      count > 3 ? std::atoi(words[3]) : 5);
}
