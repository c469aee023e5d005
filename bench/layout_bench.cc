// What arranging by meaning costs one core, and how good it is, on vectors of real pictures.
//
//   layout_bench VECTORS.f32 DIMENSION PICTURES [ROUNDS] [PLACES.f64]     VECTORS.f32 holds rows of float32
//
// The first PICTURES rows are arranged ROUNDS times, with sizes drawn as photographs come: one height,
// upright and across; and once more with sizes that differ in height too. PLACES gets x, y, width, height of
// each picture of the first, for other judges. Prints one JSON object; seconds are of this thread, in the
// middle of the rounds.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "boards/layout/arrange.h"
#include "boards/layout/space.h"
#include "must.h"

namespace vitrine::layout {
namespace {

constexpr std::size_t kNear = 10;
constexpr std::size_t kFar = 50;  // For the larger neighbourhoods.

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Matrix Read(const std::string& path, std::size_t dimension, std::size_t count) {
  Matrix vectors(count, dimension);
  std::ifstream file(path, std::ios::binary);
  const auto bytes = static_cast<std::streamsize>(vectors.values().size_bytes());
  if (!file.read(reinterpret_cast<char*>(vectors.values().data()), bytes)) {
    std::fprintf(stderr, "layout_bench: %s holds fewer than %zu rows\n", path.c_str(), count);
    std::exit(1);
  }
  return vectors;
}

std::vector<Size> Photographs(std::size_t count, bool one_height) {
  constexpr double kAspects[] = {1.5, 1.5, 1.5, 1.5, 2.0 / 3, 2.0 / 3, 4.0 / 3, 3.0 / 4, 16.0 / 9, 1};
  std::mt19937_64 random(5);
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < count; ++i) {
    const double aspect = kAspects[random() % 10];
    const double height = one_height ? 200 : 200 * std::pow(4, Uniform(random) - 0.5) / std::sqrt(aspect);
    sizes.push_back({height * aspect, height});
  }
  return sizes;
}

std::size_t Overlaps(const std::vector<Place>& places) {
  std::size_t overlaps = 0;
  for (const Place& a : places) {
    for (const Place& b : places) {
      if (&a == &b) break;
      if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
        ++overlaps;
    }
  }
  return overlaps;
}

void PrintShape(const std::vector<Place>& places) {
  double area = 0;
  double width = 0;
  double height = 0;
  for (const Place& place : places) {
    area += place.width * place.height;
    width = std::max(width, place.x + place.width);
    height = std::max(height, place.y + place.height);
  }
  std::printf("\"overlaps\": %zu, \"used\": %.3f, \"aspect\": %.2f", Overlaps(places), area / width / height,
              width / height);
}

/// Prints what one way of arranging gives; returns the places of the last round.
template <typename Work>
std::vector<Place> Measure(const char* name, int rounds, const Matrix& vectors, const Work& work) {
  std::vector<double> times;
  std::vector<Place> places;
  for (int round = 0; round < rounds; ++round) {
    const double start = ProcessorSeconds();
    places = work();
    times.push_back(ProcessorSeconds() - start);
  }
  std::sort(times.begin(), times.end());
  std::printf(",\n \"%s\": {\"cpu_seconds\": %.3f, \"trust_at_10\": %.4f, ", name, times[times.size() / 2],
              Trustworthiness(vectors, places, kNear));
  if (places.size() > 2 * kFar)
    std::printf("\"trust_at_50\": %.4f, ", Trustworthiness(vectors, places, kFar));
  PrintShape(places);
  std::printf("}");
  return places;
}

int Run(const std::string& path, std::size_t dimension, std::size_t count, int rounds, const char* out) {
  const Matrix vectors = Read(path, dimension, count);
  const std::vector<Size> photographs = Photographs(count, true);
  const std::vector<Size> mixed = Photographs(count, false);
  std::printf(
      "{\"bench\": \"layout\", \"processor\": \"%s\", \"pictures\": %zu, \"dimension\": %zu, \"rounds\": %d",
      Processor().c_str(), count, dimension, rounds);
  const std::vector<Place> places =
      Measure("meaning", rounds, vectors, [&] { return ArrangeByMeaning(photographs, vectors, {}); });
  Measure("meaning_mixed_sizes", rounds, vectors, [&] { return ArrangeByMeaning(mixed, vectors, {}); });
  Measure("clusters", rounds, vectors, [&] { return ArrangeByClusters(photographs, vectors, 0, {}).places; });
  Measure("rows_in_the_order_given", rounds, vectors, [&] { return JustifiedRows(photographs, {}); });
  Measure("pack_mixed_sizes", rounds, vectors, [&] { return Pack(mixed, {}); });
  std::printf("}\n");
  if (out != nullptr) {
    std::ofstream(out, std::ios::binary)
        .write(reinterpret_cast<const char*>(places.data()),
               static_cast<std::streamsize>(places.size() * sizeof(Place)));
  }
  return 0;
}

}  // namespace
}  // namespace vitrine::layout

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr, "usage: layout_bench VECTORS.f32 DIMENSION PICTURES [ROUNDS] [PLACES.f64]\n");
    return 2;
  }
  return vitrine::layout::Run(words[1], std::strtoul(words[2], nullptr, 10),
                              std::strtoul(words[3], nullptr, 10), count > 4 ? std::atoi(words[4]) : 3,
                              count > 5 ? words[5] : nullptr);
}
