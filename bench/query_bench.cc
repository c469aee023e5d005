// Whether one ranked list is better than meaning alone, and what it costs.
//
// usage: query_bench fusion FLICKR8K SET.json FOLDER     recall of 500 queries of mixed kind, fused and by
// meaning
//        query_bench speed FOLDER [PICTURES] [ROUNDS]    filters of 0.01 to 50 % and whole queries on a made
//        library
//
// Prints JSON. Both make a library in FOLDER, kept for the next run. In the first, the photos of Flickr8k's
// dev split lie under the made-up names, folders, cameras and tags of the set; in the second, vectors are
// drawn at random and facts are dealt so that each filter passes its share.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "catalog/catalog.h"
#include "engine/installation.h"
#include "engine/snapshot.h"
#include "image/decoder.h"
#include "index/quantise.h"
#include "model/open.h"
#include "must.h"
#include "vitrine/library.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t kSeed = 20261125;
constexpr std::size_t kBatch = 1000;

Json ReadJson(const std::string& path) {
  std::ifstream file(path);
  Json json = Json::parse(file, nullptr, false);
  if (json.is_discarded()) Stop(Error(Code::kCorrupt, path + " is no JSON"));
  return json;
}

Json Head(const char* stage, const Space& space) {
  return {{"bench", stage},       {"cpu", Processor()},           {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
          {"model", space.model}, {"dimension", space.dimension}, {"seed", kSeed}};
}

std::unique_ptr<Embedder> OpenStarter() {
  EmbedderOptions embedding;
  embedding.pack_folder = DefaultModelsFolder() + "/starter";
  return Must(OpenEmbedder(embedding));
}

std::unique_ptr<Library> OpenLibraryAt(const std::string& folder) {
  LibraryOptions options;
  options.folder = folder;
  return Must(Library::Open(options));
}

// ---- fusion

void MakeFusionLibrary(const std::string& data, const Json& set, const std::string& folder,
                       Embedder& embedder) {
  const auto catalog = Must(Catalog::Open(folder, CatalogMode::kWrite));
  const Space& space = embedder.space();
  const std::uint64_t generation = Must(catalog->EnsureSpace(space.id, space.model, space.dimension));
  if (Must(catalog->Counts()).assets == set["photos"].size()) return;
  DecoderPoolOptions pool;
  pool.worker_program = DefaultWorkerProgram();
  pool.workers = 2;
  const auto decoder = Must(DecoderPool::Start(pool));
  const std::int64_t run = Must(catalog->BeginRun("/dev-photos"));
  for (const Json& photo : set["photos"]) {
    auto fd = Must(OpenRegularFile(data + "/images/" + photo["file"].get<std::string>()));
    auto decoded = Must(
        decoder->Decode(std::move(fd), {.min_edge_px = embedder.picture_edge_px(), .thumbnail_edge_px = 0}));
    FileOutcome outcome;
    outcome.path =
        "/dev-photos/" + photo["folder"].get<std::string>() + "/" + photo["name"].get<std::string>() + ".jpg";
    outcome.new_asset =
        NewAsset{.content = Sha256(photo["file"].get<std::string>()), .info = {224, 224, "jpeg", {}}};
    outcome.new_asset->info.facts.camera = photo["camera"];
    if (const std::string tag = photo["tag"]; !tag.empty()) outcome.new_asset->embedded.tags = {tag};
    const Matrix vector = Must(embedder.EmbedPictures(std::span(&decoded.picture, 1)));
    Must(catalog->RecordBatch(run, space.id, std::span(&outcome, 1), Encode(vector)));
  }
  const auto source = Must(catalog->Vectors(space.id));
  Must(PublishSegments(IdentityOf(folder, space, generation), *source));
}

bool FoundIn(const std::vector<PathBytes>& names, const std::vector<PathBytes>& wanted, std::size_t ranks) {
  for (std::size_t i = 0; i < std::min(ranks, names.size()); ++i) {
    if (std::find(wanted.begin(), wanted.end(), names[i]) != wanted.end()) return true;
  }
  return false;
}

struct Tally {
  int queries = 0, fused_1 = 0, fused_10 = 0, meaning_1 = 0, meaning_10 = 0;
};

Json Rates(const Tally& tally) {
  const auto percent = [&](int count) { return std::round(1000.0 * count / tally.queries) / 10; };
  return {{"queries", tally.queries},
          {"fused_R@1", percent(tally.fused_1)},
          {"fused_R@10", percent(tally.fused_10)},
          {"meaning_R@1", percent(tally.meaning_1)},
          {"meaning_R@10", percent(tally.meaning_10)}};
}

// A query's text without its facts, in words alone: what a search by meaning can use.
std::string WordsAlone(const std::string& query) {
  std::string words = query.substr(0, std::min(query.find(" camera:"), query.find(" tag:")));
  std::erase(words, '"');
  return words;
}

int Fusion(const std::string& data, const std::string& set_file, const std::string& folder) {
  const auto embedder = OpenStarter();
  const Json set = ReadJson(set_file);
  MakeFusionLibrary(data, set, folder, *embedder);
  std::map<std::string, PathBytes> path_of;
  for (const Json& photo : set["photos"]) {
    path_of[photo["file"]] =
        "/dev-photos/" + photo["folder"].get<std::string>() + "/" + photo["name"].get<std::string>() + ".jpg";
  }
  const auto library = OpenLibraryAt(folder);
  const auto snapshot = Must(OpenSnapshot(folder, embedder->space()));
  std::map<std::string, Tally> kinds;
  for (const Json& asked : set["queries"]) {
    const std::string query = asked["query"];
    std::vector<PathBytes> wanted;
    for (const Json& file : asked["find"]) wanted.push_back(path_of[file]);
    std::vector<PathBytes> fused;
    const SearchResult result = Must(library->Search({.text = query}, {.limit = 10}));
    for (const Hit& hit : result.hits) fused.push_back(hit.paths.front());
    const std::string words = WordsAlone(query);
    const Matrix vector = Must(embedder->EmbedTexts(std::span(&words, 1)));
    std::vector<PathBytes> nearest;
    const auto near_rows = Must(snapshot->index->Search(vector.values(), 10, &snapshot->live));
    for (const Neighbour& near : near_rows.front()) {
      const auto asset = Must(snapshot->catalog->AssetsOfRows(embedder->space().id, std::span(&near.row, 1)));
      nearest.push_back(asset.front().second.paths.front());
    }
    for (Tally* tally : {&kinds[asked["kind"]], &kinds["all"]}) {
      ++tally->queries;
      tally->fused_1 += FoundIn(fused, wanted, 1);
      tally->fused_10 += FoundIn(fused, wanted, 10);
      tally->meaning_1 += FoundIn(nearest, wanted, 1);
      tally->meaning_10 += FoundIn(nearest, wanted, 10);
    }
  }
  Json json = Head("fusion", embedder->space());
  for (const auto& [kind, tally] : kinds) json["kinds"][kind] = Rates(tally);
  std::printf("%s\n", json.dump(1).c_str());
  return 0;
}

// ---- speed

constexpr double kShares[] = {0.0001, 0.001, 0.01, 0.1, 0.5};

// The ISO of a picture says which filters pass it: picture i of n passes share s when i * large prime mod n
// is below s n.
FileOutcome MadePicture(std::size_t i, std::size_t pictures, std::mt19937& dice) {
  FileOutcome outcome;
  outcome.path = "/archive/" + std::to_string(2000 + i % 25) + " trip " + std::to_string(i / 500) + "/img_" +
                 std::to_string(i) + ".jpg";
  outcome.new_asset = NewAsset{.content = Sha256(outcome.path), .info = {4032, 3024, "jpeg", {}}};
  Facts& facts = outcome.new_asset->info.facts;
  facts.iso = static_cast<std::int64_t>(i * 7'368'787 % pictures + 1);
  facts.taken_at = std::to_string(2000 + i % 25) + "-06-01T12:00:00";
  facts.camera = i % 3 == 0 ? "FUJIFILM X-T5" : "LEICA Q3";
  for (int k = 0; k < 5; ++k) {
    outcome.new_asset->sketch.palette.push_back({static_cast<std::uint8_t>(dice()),
                                                 static_cast<std::uint8_t>(dice()),
                                                 static_cast<std::uint8_t>(dice()), 0.2F});
  }
  return outcome;
}

void MakeSpeedLibrary(const std::string& folder, const Space& space, std::size_t pictures) {
  const auto catalog = Must(Catalog::Open(folder, CatalogMode::kWrite));
  const std::uint64_t generation = Must(catalog->EnsureSpace(space.id, space.model, space.dimension));
  if (Must(catalog->Counts()).assets == pictures) return;
  const std::int64_t run = Must(catalog->BeginRun("/archive"));
  std::mt19937 dice(kSeed);
  std::normal_distribution<float> normal;
  for (std::size_t first = 0; first < pictures; first += kBatch) {
    std::vector<FileOutcome> outcomes;
    Matrix vectors(std::min(kBatch, pictures - first), space.dimension);
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      outcomes.push_back(MadePicture(first + i, pictures, dice));
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

Json TimesOf(Library& library, const std::vector<std::string>& queries, int rounds) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    (void)Must(library.Search({.text = queries[static_cast<std::size_t>(round) % queries.size()]}, {}));
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return {{"p50_ms", std::round(1000 * times[times.size() / 2]) / 1000},
          {"p95_ms", std::round(1000 * times[times.size() * 95 / 100]) / 1000},
          {"rounds", rounds}};
}

int Speed(const std::string& folder, std::size_t pictures, int rounds) {
  const auto embedder = OpenStarter();
  MakeSpeedLibrary(folder, embedder->space(), pictures);
  const auto library = OpenLibraryAt(folder);
  const std::vector<std::string> words = {"two dogs running through deep snow", "a red kayak at dusk",
                                          "children playing football", "an old house with a green door"};
  (void)Must(library->Search({.text = "warm iso:>1"}, {}));
  Json json = Head("query_speed", embedder->space());
  json["pictures"] = pictures;
  json["unfiltered"] = TimesOf(*library, words, rounds);
  for (const double share : kShares) {
    const auto passing = static_cast<std::size_t>(share * static_cast<double>(pictures));
    std::vector<std::string> queries;
    for (const std::string& text : words) queries.push_back(text + " iso:<=" + std::to_string(passing));
    const SearchResult one = Must(library->Search({.text = queries[0]}, {}));
    Json& row = json["filters"].emplace_back(TimesOf(*library, queries, rounds));
    row["share"] = share;
    row["passed"] = one.total;
    row["exact"] = one.total == passing;
  }
  std::vector<std::string> whole;
  for (std::size_t i = 0; i < words.size(); ++i) {
    whole.push_back(words[i] + " trip " + std::to_string(17 * i + 3) +
                    " camera:fuji date:2003..2019 color:#3366cc~20%");
  }
  json["words_filters_colour"] = TimesOf(*library, whole, rounds);
  json["plan_of_one"] = Must(library->Search({.text = whole[0]}, {.explain = true})).plan;
  std::printf("%s\n", json.dump(1).c_str());
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  const std::string stage = count > 1 ? words[1] : "";
  if (stage == "fusion" && count == 5) return vitrine::Fusion(words[2], words[3], words[4]);
  if (stage == "speed" && count >= 3) {
    return vitrine::Speed(words[2], count > 3 ? std::strtoul(words[3], nullptr, 10) : 100'000,
                          count > 4 ? std::atoi(words[4]) : 100);
  }
  std::fprintf(stderr,
               "usage: query_bench fusion FLICKR8K SET.json FOLDER | speed FOLDER [PICTURES] [ROUNDS]\n");
  return 2;
}
