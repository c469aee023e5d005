// How many 12-megapixel photographs a core decodes, and what the sandbox costs.
//
//   decode_bench FOLDER [ROUNDS]     FOLDER holds JPEG files (bench/decode_peers.py makes them from
//   photographs)
//
// Interleaved, round by round: the pool of sandboxed workers (one worker, one caller), and the same decode
// function in this process without any sandbox. Prints one JSON object: milliseconds a picture, best and
// median of the rounds.
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "image/decoder.h"
#include "image/worker/decode.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

double MillisecondsPerPicture(Clock::time_point start, std::size_t pictures) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count() /
         static_cast<double>(pictures);
}

// Both sides open the file and end with pixels that they own.
bool DecodeInWorker(DecoderPool& pool, const std::string& path) {
  Result<UniqueFd> file = OpenRegularFile(path);
  return file && pool.Decode(*std::move(file), {});
}

bool DecodeHere(const std::string& path) {
  const Result<MappedFile> file = MappedFile::Open(path);
  return file && worker::DecodeFile(file->bytes(), {});
}

struct Times {
  std::vector<double> rounds;

  double best() const { return *std::min_element(rounds.begin(), rounds.end()); }
  double median() const {
    std::vector<double> sorted = rounds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
  void Print(const char* name) const {
    std::printf("  \"%s\": {\"best_ms\": %.2f, \"median_ms\": %.2f},\n", name, best(), median());
  }
};

template <typename Decode>
bool Measure(const std::vector<std::string>& paths, Times& times, Decode decode) {
  const Clock::time_point start = Clock::now();
  for (const std::string& path : paths) {
    if (!decode(path)) {
      std::fprintf(stderr, "decode_bench: cannot decode %s\n", path.c_str());
      return false;
    }
  }
  times.rounds.push_back(MillisecondsPerPicture(start, paths.size()));
  return true;
}

int Run(const std::vector<std::string>& paths, int rounds, const std::string& program) {
  const auto pool = DecoderPool::Start({.worker_program = program, .workers = 1});
  if (!pool || !worker::WarmUp()) {
    std::fprintf(stderr, "decode_bench: cannot start\n");
    return 1;
  }
  // The first picture of a process pays for its page faults.
  if (!DecodeInWorker(**pool, paths.front()) || !DecodeHere(paths.front())) return 1;
  Times sandboxed;
  Times unsandboxed;
  for (int round = 0; round < rounds; ++round) {
    const bool fine =
        Measure(paths, sandboxed, [&](const std::string& path) { return DecodeInWorker(**pool, path); }) &&
        Measure(paths, unsandboxed, DecodeHere);
    if (!fine) return 1;
  }
  std::printf("{\n  \"bench\": \"decode\", \"pictures\": %zu, \"rounds\": %d,\n", paths.size(), rounds);
  sandboxed.Print("sandboxed");
  unsandboxed.Print("unsandboxed");
  std::printf("  \"sandbox_cost\": %.3f,\n", sandboxed.median() / unsandboxed.median() - 1);
  std::printf("  \"images_per_second_per_core\": %.1f,\n  \"compiler\": \"%s\"\n}\n",
              1000 / sandboxed.median(), __VERSION__);
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: decode_bench FOLDER [ROUNDS]\n");
    return 2;
  }
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1]))
    paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  if (paths.empty()) return 2;
  const std::filesystem::path program = std::filesystem::path(arguments[0]).parent_path() / "vitrine-decode";
  return vitrine::Run(paths, count > 2 ? std::atoi(arguments[2]) : 5, program.string());
}
