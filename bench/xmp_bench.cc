// Writes sidecars and what merging makes of them into two folders, for bench/xmp_roundtrip.py to judge.
//
//   xmp_bench DIR COUNT   makes COUNT sidecars in DIR/before and merges each, with what is in DIR/collected,
//                         into DIR/after; prints {"made":..,"collected":..,"refused":[..],"merge_ms_p50":..}
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "support/xmp_samples.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<testing::XmpSample> Collected(const std::string& folder) {
  std::vector<testing::XmpSample> samples;
  if (!std::filesystem::exists(folder)) return samples;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (auto bytes = ReadFile(entry.path().string()))
      samples.push_back({entry.path().stem().string(), *bytes});
  }
  std::ranges::sort(samples, {}, &testing::XmpSample::name);
  return samples;
}

int Run(const std::string& folder, std::size_t count) {
  for (const char* part : {"/before", "/after"}) std::filesystem::create_directories(folder + part);
  std::vector<testing::XmpSample> samples = testing::MakeXmpSamples(count);
  const std::vector<testing::XmpSample> collected = Collected(folder + "/collected");
  samples.insert(samples.end(), collected.begin(), collected.end());
  std::vector<double> times;
  std::string refused;
  unsigned seed = 1;
  for (const testing::XmpSample& sample : samples) {
    const auto note = ReadXmp(sample.bytes);
    const auto start = Clock::now();
    const auto merged = note ? MergeXmp(sample.bytes, {.note = testing::ChangeNote(*note, seed++)})
                             : Result<std::string>(note.error());
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    if (!merged) {
      refused += (refused.empty() ? "\"" : ", \"") + sample.name + "\"";
      continue;
    }
    const std::string name = "/" + sample.name + ".xmp";
    const bool written = WriteFileAtomically(folder + "/before" + name, sample.bytes, Durability::kCache) &&
                         WriteFileAtomically(folder + "/after" + name, *merged, Durability::kCache);
    if (!written) return 1;
  }
  std::ranges::sort(times);
  std::printf("{\"made\": %zu, \"collected\": %zu, \"refused\": [%s], \"merge_ms_p50\": %.3f}\n", count,
              collected.size(), refused.c_str(), times.empty() ? 0.0 : times[times.size() / 2]);
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: xmp_bench DIR COUNT\n");
    return 2;
  }
  return vitrine::Run(arguments[1], std::strtoul(arguments[2], nullptr, 10));
}
