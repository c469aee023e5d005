// What the catalog costs beside the vectors: words, tags, facts and taking changes back, for 100,000
// pictures.
//
// usage: catalog_bench FOLDER [PICTURES] [ROUNDS] > bench/results/catalog.json
//
// Makes a library in FOLDER (which must not hold one) with a name, two folders, a camera, a date, a palette
// and, every other one, a caption and two tags a picture; vectors of 512 numbers. Prints as JSON the times of
// making it, and medians of: loading the table of facts, looking words up that few and many pictures hold,
// counting tags, and tagging all pictures, taking that back and putting it back.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/fact_table.h"
#include "must.h"

namespace vitrine {
namespace {

constexpr std::uint32_t kSeed = 20261125;
constexpr std::size_t kDimension = 512;
constexpr std::size_t kBatch = 256;
constexpr const char* kSpace = "00112233aabbccdd";
constexpr const char* kNouns[] = {"dog", "lake", "boat", "snow", "tower", "garden", "train", "bridge"};

double Milliseconds(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

template <typename Body>
double Time(Body body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return Milliseconds(start);
}

template <typename Body>
double Median(int rounds, Body body) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) times.push_back(Time(body));
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

FileOutcome PictureAt(std::size_t number, std::mt19937& random) {
  const auto noun = [&] { return std::string(kNouns[random() % std::size(kNouns)]); };
  FileOutcome outcome;
  outcome.path = "/archive/20" + std::to_string(10 + number / 7000) + "/album " +
                 std::to_string(number / 200) + "/IMG_" + std::to_string(100'000 + number) + ".jpg";
  outcome.stamp = {.size_bytes = 4'000'000, .mtime_ns = 1, .ctime_ns = 1, .device = 1, .inode = number};
  NewAsset asset{.content = Sha256(outcome.path), .info = {4032, 3024, "jpeg", {}}};
  asset.info.facts = {.taken_at = "2024-06-01T12:00:00",
                      .camera = "FUJIFILM X-T" + std::to_string(number % 5),
                      .lens = "XF33mmF1.4 R LM WR",
                      .exposure_s = 0.004,
                      .f_number = 1.4,
                      .focal_length_mm = 33,
                      .iso = 200,
                      .latitude = 48.5,
                      .longitude = 2.25};
  for (std::uint8_t i = 0; i < 6; ++i) {
    asset.sketch.palette.push_back(
        {static_cast<std::uint8_t>(random()), i, i, 1.0F / static_cast<float>(2 + i)});
  }
  asset.sketch.hash = random();
  if (number % 2 == 0) {
    asset.embedded = {
        .tags = {"things/" + noun(), "places/" + noun() + std::to_string(random() % 200)},
        .rating = static_cast<std::int32_t>(random() % 6),
        .caption = "A " + noun() + " by the " + noun() + " in picture " + std::to_string(number)};
  }
  outcome.new_asset = std::move(asset);
  return outcome;
}

void Make(Catalog& catalog, std::size_t pictures) {
  std::mt19937 random(kSeed);
  Must(catalog.EnsureSpace(kSpace, "bench", kDimension));
  const std::int64_t run = Must(catalog.BeginRun("/archive"));
  for (std::size_t first = 0; first < pictures; first += kBatch) {
    const std::size_t count = std::min(kBatch, pictures - first);
    std::vector<FileOutcome> outcomes;
    for (std::size_t i = 0; i < count; ++i) outcomes.push_back(PictureAt(first + i, random));
    EncodedRows vectors{.dimension = kDimension, .scales = std::vector<float>(count, 1.0F)};
    vectors.codes.resize(count * kDimension, 1);
    vectors.fine.resize(count * kDimension, 1);
    Must(catalog.RecordBatch(run, kSpace, outcomes, vectors));
  }
  Must(catalog.FinishRun(run, "/archive"));
}

std::string Machine() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

void PrintChanges(Catalog& catalog, std::size_t pictures, int rounds) {
  std::vector<AssetId> all(pictures);
  std::vector<MarkedAsset> guesses(pictures);
  for (std::size_t i = 0; i < pictures; ++i) {
    all[i] = AssetId{static_cast<std::int64_t>(i + 1)};
    guesses[i] = {
        all[i],
        {.state = TagState::kSuggested, .origin = TagOrigin::kTaught, .probability = 0.5, .model = kSpace}};
  }
  Annotations& notes = catalog.annotations();
  std::printf("  \"suggest_all_ms\": %.0f,\n", Median(rounds, [&] {
                const auto change = Must(notes.BeginUnrecorded());
                Must(change->ForgetSuggestions(""));
                Must(change->Suggest("taught", guesses));
                Must(change->Commit());
              }));
  std::printf("  \"tag_one_ms\": %.2f,\n", Median(rounds, [&] {
                const auto change = Must(notes.Begin("tag one"));
                Must(change->Mark("one", std::span(all).first(1), {.model = {}}));
                Must(change->Unmark("one", std::span(all).first(1)));
                Must(change->Mark("one", std::span(all).first(1), {.model = {}}));
                Must(change->Commit());
              }));
  std::printf("  \"tag_all_ms\": %.0f,\n", Time([&] {
                const auto change = Must(notes.Begin("tag all"));
                Must(change->Mark("everything", all, {.model = {}}));
                Must(change->Commit());
              }));
  std::printf("  \"undo_all_ms\": %.0f,\n", Time([&] { Must(notes.Undo()); }));
  std::printf("  \"redo_all_ms\": %.0f,\n", Time([&] { Must(notes.Redo()); }));
}

int Main(int count, char** values) {
  if (count < 2) {
    std::fprintf(stderr, "usage: catalog_bench FOLDER [PICTURES] [ROUNDS]\n");
    return 2;
  }
  const std::size_t pictures = count > 2 ? std::strtoull(values[2], nullptr, 10) : 100'000;
  const int rounds = count > 3 ? std::atoi(values[3]) : 9;
  auto catalog = Must(Catalog::Open(values[1], CatalogMode::kWrite));
  std::printf(
      "{\n  \"bench\": \"catalog\", \"cpu\": \"%s\", \"cores\": %u, \"seed\": %u, \"pictures\": %zu,\n",
      Machine().c_str(), std::thread::hardware_concurrency(), kSeed, pictures);
  const double made = Time([&] { Make(*catalog, pictures); });
  std::printf("  \"record_us_a_picture\": %.1f,\n", 1000 * made / static_cast<double>(pictures));
  {
    const auto reader = Must(Catalog::Open(values[1], CatalogMode::kRead));
    std::printf("  \"load_facts_first_ms\": %.1f,\n", Time([&] { Must(LoadFacts(*reader, kSpace)); }));
    std::printf("  \"load_facts_ms\": %.1f,\n", Median(rounds, [&] { Must(LoadFacts(*reader, kSpace)); }));
    const auto look_up = [&](const char* name, const std::string& match) {
      const std::size_t hits = Must(reader->RowsWithWords(kSpace, match)).Count();
      std::printf(
          "  \"%s\": {\"pictures\": %zu, \"frequency_ms\": %.2f, \"rows_ms\": %.2f, \"best_100_ms\": "
          "%.2f},\n",
          name, hits, Median(rounds, [&] { Must(reader->WordFrequency(match.substr(1, match.size() - 2))); }),
          Median(rounds, [&] { Must(reader->RowsWithWords(kSpace, match)); }),
          Median(rounds, [&] { Must(reader->FindWords(kSpace, match, 100)); }));
    };
    look_up("word_of_one", "\"123456\"");
    look_up("word_of_some", "\"places\"");
    look_up("word_of_a_tenth", "\"dog\"");
    look_up("word_of_all", "\"jpg\"");
    std::printf("  \"tags_ms\": %.1f,\n", Median(rounds, [&] { Must(reader->annotations().Tags()); }));
  }
  PrintChanges(*catalog, pictures, rounds);
  std::printf("  \"rounds\": %d\n}\n", rounds);
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** values) { return vitrine::Main(count, values); }
