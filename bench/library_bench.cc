// How fast a library of 100,000 pictures answers, whole: words through the model to ranked hits with their
// paths.
//
// usage: library_bench FOLDER [PICTURES] [ROUNDS]
//
// Makes a synthetic library in FOLDER (kept, so that a second run starts at once), in the starter model's
// space: vectors in 500 clusters of low intrinsic dimension around a common mean, one path a picture.
// Measures, and prints as JSON: text queries and `similar` with everything warm (in this process, through the
// public API), the same text query as a new process of `vitrine` (found beside this program), and the
// resident memory of both.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "engine/installation.h"
#include "engine/snapshot.h"
#include "index/quantise.h"
#include "model/open.h"
#include "must.h"
#include "vitrine/library.h"

namespace vitrine {
namespace {

constexpr std::uint32_t kSeed = 20261122;
constexpr std::size_t kClusters = 500;
constexpr std::size_t kIntrinsic = 24;
constexpr std::size_t kBatch = 1000;

class VectorMaker {
 public:
  explicit VectorMaker(std::size_t dimension)
      : basis_(kIntrinsic, dimension), centres_(kClusters, kIntrinsic) {
    for (float& x : basis_.values()) x = Normal();
    for (float& x : centres_.values()) x = 2 * Normal();
    mean_.resize(dimension);
    for (float& x : mean_) x = 3 * Normal();
  }

  void Fill(std::span<float> vector) {
    const std::size_t cluster = random_() % kClusters;
    std::copy(mean_.begin(), mean_.end(), vector.begin());
    for (std::size_t j = 0; j < kIntrinsic; ++j) {
      const float weight = centres_.row(cluster)[j] + Normal();
      for (std::size_t i = 0; i < vector.size(); ++i) vector[i] += weight * basis_.row(j)[i];
    }
    double squares = 0;
    for (float& x : vector) {
      x += 0.3f * Normal();
      squares += static_cast<double>(x) * static_cast<double>(x);
    }
    for (float& x : vector) x /= static_cast<float>(std::sqrt(squares));
  }

 private:
  float Normal() { return normal_(random_); }

  std::mt19937 random_{kSeed};
  std::normal_distribution<float> normal_;
  Matrix basis_;
  Matrix centres_;
  std::vector<float> mean_;
};

PathBytes PathOf(std::size_t number) {
  return "/archive/" + std::to_string(number / 1000) + "/picture-" + std::to_string(number) + ".jpg";
}

void MakeLibrary(const std::string& folder, const Space& space, std::size_t pictures) {
  const auto catalog = Must(Catalog::Open(folder, CatalogMode::kWrite));
  const std::uint64_t generation = Must(catalog->EnsureSpace(space.id, space.model, space.dimension));
  if (Must(catalog->Counts()).assets == pictures) return;
  const std::int64_t run = Must(catalog->BeginRun("/archive"));
  VectorMaker maker(space.dimension);
  for (std::size_t first = 0; first < pictures; first += kBatch) {
    const std::size_t count = std::min(kBatch, pictures - first);
    std::vector<FileOutcome> outcomes(count);
    Matrix vectors(count, space.dimension);
    for (std::size_t i = 0; i < count; ++i) {
      outcomes[i].path = PathOf(first + i);
      outcomes[i].new_asset = NewAsset{.content = Sha256(outcomes[i].path), .info = {4032, 3024, "jpeg", {}}};
      outcomes[i].new_asset->info.facts.taken_at = "2024-06-01T12:00:00";
      maker.Fill(vectors.row(i));
    }
    Must(catalog->RecordBatch(run, space.id, outcomes, Encode(vectors)));
  }
  const auto source = Must(catalog->Vectors(space.id));
  Must(PublishSegments(IdentityOf(folder, space, generation), *source));
}

double Milliseconds(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

template <typename Body>
std::vector<double> Times(int rounds, Body body) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    body(round);
    times.push_back(Milliseconds(start));
  }
  std::sort(times.begin(), times.end());
  return times;
}

void PrintTimes(const char* name, const std::vector<double>& times) {
  std::printf("  \"%s\": {\"p50_ms\": %.3f, \"p95_ms\": %.3f, \"rounds\": %zu},\n", name,
              times[times.size() / 2], times[times.size() * 95 / 100], times.size());
}

const std::vector<std::string>& Words() {
  static const std::vector<std::string> words = {"two dogs running through deep snow near a frozen lake",
                                                 "a red kayak on calm water at dusk",
                                                 "children playing football in the street",
                                                 "an old wooden house with a green door",
                                                 "portrait of a woman with a hat in black and white",
                                                 "city skyline at night seen from a bridge"};
  return words;
}

// One text query as a new process, output thrown away. Returns its peak resident memory in MB.
double RunProcess(const std::string& program, const std::string& folder, const std::string& words) {
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
    execl(program.c_str(), program.c_str(), "--library", folder.c_str(), "search", words.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) Stop(Error(Code::kInternal, "vitrine search failed"));
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

double ResidentMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024.0;
  }
  return 0;
}

int Main(const std::string& folder, std::size_t pictures, int rounds) {
  EmbedderOptions embedding;
  embedding.pack_folder = DefaultModelsFolder() + "/starter";
  const Space space = Must(OpenEmbedder(embedding))->space();
  MakeLibrary(folder, space, pictures);

  const std::string program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path().string() + "/vitrine";
  double process_mb = 0;
  const std::vector<double> cold = Times(std::max(5, rounds / 10), [&](int round) {
    const double megabytes =
        RunProcess(program, folder, Words()[static_cast<std::size_t>(round) % Words().size()]);
    process_mb = std::max(process_mb, megabytes);
  });

  LibraryOptions options;
  options.folder = folder;
  const auto library = Must(Library::Open(options));
  (void)Must(library->Search({.text = "warm"}, {}));
  const std::vector<double> text = Times(rounds, [&](int round) {
    (void)Must(library->Search({.text = Words()[static_cast<std::size_t>(round) % Words().size()]}, {}));
  });
  const std::vector<double> similar = Times(rounds, [&](int round) {
    (void)Must(
        library->Search({.pictures = {PathOf(static_cast<std::size_t>(round) * 7919 % pictures)}}, {}));
  });

  std::printf("{\n  \"bench\": \"library\", \"cpu\": \"%s\", \"cores\": %ld, \"seed\": %u,\n",
              Processor().c_str(), sysconf(_SC_NPROCESSORS_ONLN), kSeed);
  std::printf("  \"model\": \"%s\", \"dimension\": %zu, \"pictures\": %zu,\n", space.model.c_str(),
              space.dimension, pictures);
  PrintTimes("text_query_warm", text);
  PrintTimes("similar_in_library", similar);
  PrintTimes("text_query_new_process", cold);
  std::printf("  \"resident_mb_after_searches\": %.0f, \"peak_resident_mb_of_process\": %.0f\n}\n",
              ResidentMegabytes(), process_mb);
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: library_bench FOLDER [PICTURES] [ROUNDS]\n");
    return 2;
  }
  return vitrine::Main(words[1], count > 2 ? std::strtoul(words[2], nullptr, 10) : 100'000,
                       count > 3 ? std::atoi(words[3]) : 200);
}
