// What a gallery of many pictures costs: lists, facets, details and thumbnails over a made library.
//
// usage: gallery_bench FOLDER [PICTURES] [ROUNDS] [PHOTO]
//
// Prints JSON. Makes a library in FOLDER, kept for the next run: vectors drawn at random, dates, cameras,
// lenses, folders, ratings, tags and colours dealt with a fixed seed, and a thumbnail of 8 KB for each of the
// first 2,000 pictures. A PHOTO is added to it, and shown at the
// sizes of screens.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "catalog/catalog.h"
#include "engine/installation.h"
#include "engine/snapshot.h"
#include "image/thumbnail_path.h"
#include "index/quantise.h"
#include "model/open.h"
#include "must.h"
#include "vitrine/library.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kSeed = 20261125;
constexpr std::size_t kBatch = 1000, kThumbnails = 2000, kThumbnailBytes = 8 << 10;
constexpr const char* kCameras[] = {"FUJIFILM X-T5",   "Canon EOS R6",    "NIKON Z 6",    "SONY ILCE-7M4",
                                    "Apple iPhone 15", "Panasonic DC-S5", "OLYMPUS E-M1", "LEICA Q3"};
constexpr const char* kTags[] = {"places/beach",   "places/city", "places/forest", "people/family",
                                 "people/friends", "animals/dog", "animals/cat",   "food",
                                 "sunset",         "work"};

double Since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string TwoDigits(std::uint_fast32_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

FileOutcome MadePicture(std::size_t i, std::mt19937& dice) {
  const std::uint_fast32_t year = 2010 + dice() % 15, month = 1 + dice() % 12, day = 1 + dice() % 28;
  const std::string date = std::to_string(year) + "-" + TwoDigits(month);
  FileOutcome outcome;
  outcome.path = "/archive/" + std::to_string(year) + "/" + date + "/img_" + std::to_string(i) + ".jpg";
  outcome.new_asset = NewAsset{.content = Sha256(outcome.path), .info = {4032, 3024, "jpeg", {}}};
  if (dice() % 3 == 0) std::swap(outcome.new_asset->info.width_px, outcome.new_asset->info.height_px);
  Facts& facts = outcome.new_asset->info.facts;
  facts.taken_at =
      date + "-" + TwoDigits(day) + "T" + TwoDigits(dice() % 24) + ":" + TwoDigits(dice() % 60) + ":00";
  facts.camera = kCameras[dice() % std::size(kCameras)];
  facts.lens = "lens " + std::to_string(dice() % 12);
  for (int k = 0; k < 5; ++k) {
    outcome.new_asset->sketch.palette.push_back({static_cast<std::uint8_t>(dice()),
                                                 static_cast<std::uint8_t>(dice()),
                                                 static_cast<std::uint8_t>(dice()), 0.2F});
  }
  if (dice() % 2 == 0) outcome.new_asset->embedded.tags.push_back(kTags[dice() % std::size(kTags)]);
  if (dice() % 4 == 0) outcome.new_asset->embedded.rating = static_cast<std::int32_t>(dice() % 6);
  return outcome;
}

void MakeLibrary(const std::string& folder, const Space& space, std::size_t pictures) {
  const auto catalog = Must(Catalog::Open(folder, CatalogMode::kWrite));
  const std::uint64_t generation = Must(catalog->EnsureSpace(space.id, space.model, space.dimension));
  if (Must(catalog->Counts()).assets >= pictures) return;
  const std::int64_t run = Must(catalog->BeginRun("/archive"));
  std::mt19937 dice(kSeed);
  std::normal_distribution<float> normal;
  const std::string thumbnail = "\xff\xd8\xff" + std::string(kThumbnailBytes, 'v') + "\xff\xd9";
  for (std::size_t first = 0; first < pictures; first += kBatch) {
    std::vector<FileOutcome> outcomes;
    Matrix vectors(std::min(kBatch, pictures - first), space.dimension);
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      outcomes.push_back(MadePicture(first + i, dice));
      if (first + i < kThumbnails) {
        const std::string path = ThumbnailPath(folder + "/thumbs", outcomes.back().new_asset->content);
        Must(MakeFolders(std::string(FolderOf(path))));
        Must(WriteFileAtomically(path, thumbnail, Durability::kCache));
      }
      float squares = 0;
      for (float& x : vectors.row(i)) {
        x = normal(dice);
        squares += x * x;
      }
      for (float& x : vectors.row(i)) x /= std::sqrt(squares);
    }
    Must(catalog->RecordBatch(run, space.id, outcomes, Encode(vectors)));
  }
  const auto source = Must(catalog->Vectors(space.id));
  Must(PublishSegments(IdentityOf(folder, space, generation), *source));
}

template <typename Call>
Json Times(int rounds, const Call& call) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    call(round);
    times.push_back(Since(start));
  }
  const double first = times.front();
  std::sort(times.begin(), times.end());
  const auto at = [&](std::size_t percent) {
    return std::round(1000 * times[(times.size() - 1) * percent / 100]) / 1000;
  };
  return {{"first_ms", std::round(1000 * first) / 1000}, {"p50_ms", at(50)}, {"p95_ms", at(95)}};
}

Json ThumbnailRate(Gallery& gallery, const std::vector<AssetId>& ids, std::size_t threads) {
  std::atomic<std::size_t> next = 0;
  const auto start = Clock::now();
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < threads; ++t) {
      workers.emplace_back([&] {
        for (std::size_t i = next++; i < 4 * ids.size(); i = next++) {
          (void)Must(gallery.Thumbnail(ids[i % ids.size()]));
        }
      });
    }
  }
  return {{"threads", threads},
          {"per_second", std::round(4000 * static_cast<double>(ids.size()) / Since(start))}};
}

// Each time a size that no rendition is kept of.
Json Renditions(Gallery& gallery, const std::string& photo, int rounds) {
  const auto start = Clock::now();
  const AssetId id = Must(gallery.Add(Must(ReadFile(photo)), std::string(NameOf(photo))));
  Json json = {{"photo", NameOf(photo)}, {"add_ms", std::round(Since(start))}};
  for (const std::int32_t edge : {1024, 2048, 4096}) {
    json["edge " + std::to_string(edge)] =
        Times(rounds, [&](int round) { (void)Must(gallery.Rendition(id, edge - round)); });
  }
  return json;
}

int Run(const std::string& folder, std::size_t pictures, int rounds, const std::string& photo) {
  EmbedderOptions embedding;
  embedding.pack_folder = DefaultModelsFolder() + "/starter";
  const auto embedder = Must(OpenEmbedder(embedding));
  const Space space = embedder->space();
  MakeLibrary(folder, space, pictures);
  const auto library = Must(Library::Open({.folder = folder}));
  Gallery& gallery = library->gallery();
  Json json = {{"bench", "gallery"}, {"cpu", Processor()},   {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
               {"seed", kSeed},      {"pictures", pictures}, {"rounds", rounds}};
  const auto list = [&](const char* name, const ListOptions& options) {
    json["list"][name] = Times(rounds, [&](int) { (void)Must(gallery.List(options)); });
  };
  list("all newest", {});
  if (Must(gallery.List({})).ids.size() < pictures) Stop(Error(Code::kInternal, "pictures are missing"));
  list("all by name", {.order = Order::kName});
  list("tag:places", {.query = "tag:places"});
  list("camera:fuji date:2015..2019", {.query = "camera:fuji date:2015..2019"});
  list("ranked: a dog in the snow", {.query = "a dog in the snow"});
  const auto facets = [&](const char* query) {
    json["facets"][query] = Times(rounds, [&](int) { (void)Must(gallery.Facets(query, 20)); });
  };
  facets("");
  facets("tag:places");
  facets("camera:fuji date:2015");
  facets("a dog in the snow");
  const std::vector<AssetId> all = Must(gallery.List({.order = Order::kAdded})).ids;
  const std::vector<AssetId> shown(all.end() - static_cast<std::ptrdiff_t>(std::min(kThumbnails, all.size())),
                                   all.end());
  json["details_of_100"] = Times(rounds, [&](int) {
    (void)Must(gallery.Details(std::span(shown).first(std::min<std::size_t>(100, shown.size()))));
  });
  json["list_after_a_change"] = Times(std::min(rounds, 10), [&](int round) {
    Must(library->SaveSearch({.name = "bench", .query = "iso:" + std::to_string(100 + round)}));
    (void)Must(gallery.List({}));
  });
  for (const std::size_t threads : {1U, 4U}) {
    json["thumbnails"].push_back(ThumbnailRate(gallery, shown, threads));
  }
  if (!photo.empty()) json["renditions"] = Renditions(gallery, photo, std::min(rounds, 10));
  std::printf("%s\n", json.dump(1).c_str());
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  if (count >= 2 && count <= 5) {
    return vitrine::Run(words[1], count > 2 ? std::strtoul(words[2], nullptr, 10) : 100'000,
                        count > 3 ? std::atoi(words[3]) : 50, count > 4 ? words[4] : "");
  }
  std::fprintf(stderr, "usage: gallery_bench FOLDER [PICTURES] [ROUNDS] [PHOTO]\n");
  return 2;
}
