// How well tags are judged by their words and after a few examples, and how long a library takes.
//
// usage: tags_bench LIBRARY TASKS [DRAWS]
//
// TASKS has a line for each tag: its name, a tab, the files that carry it, a tab, files that neither do nor
// do not (left out); files as absolute paths joined with '|'. For each tag and draw, examples are taken at
// random (fixed seed) and all other files are ranked; average precision is the mean over the draws, with the
// same files ranked by the words alone. "near" draws the rejected ones among the fifteen that words rank
// highest, as a person does who rejects suggestions. Prints JSON.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "engine/installation.h"
#include "engine/snapshot.h"
#include "engine/tag_pictures.h"
#include "model/open.h"
#include "must.h"
#include "query/log_odds.h"
#include "query/tagging.h"
#include "query/taught_tag.h"
#include "vitrine/tags.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned kSeed = 20261125;
constexpr std::size_t kBackground = 1000;

struct Pictures {
  Matrix vectors;
  std::map<std::string, std::size_t> by_path;
};

struct Task {
  std::string name;
  std::vector<bool> carries, left_out;
};

/// One way to draw examples.
struct Lesson {
  const char* name;
  std::size_t yes, no;
  bool near;
};
constexpr Lesson kLessons[] = {
    {"1+0", 1, 0, false}, {"1+1", 1, 1, false}, {"5+5", 5, 5, false}, {"5+5 near", 5, 5, true}};

Pictures ReadPictures(const Snapshot& snapshot, const std::string& space) {
  const std::vector<RowId> rows = RowsOf(snapshot.live, snapshot.rows->row_count());
  const auto assets = Must(snapshot.catalog->AssetsOfRows(space, rows));
  Pictures pictures{.vectors = Matrix(assets.size(), snapshot.rows->dimension())};
  for (std::size_t i = 0; i < assets.size(); ++i) {
    std::ranges::copy(snapshot.rows->Vector(assets[i].first), pictures.vectors.row(i).begin());
    for (const PathBytes& path : assets[i].second.paths) pictures.by_path.emplace(path, i);
  }
  return pictures;
}

std::vector<bool> Flags(const std::string& files, const Pictures& pictures) {
  std::vector<bool> flags(pictures.vectors.rows());
  std::istringstream stream(files);
  for (std::string file; std::getline(stream, file, '|');) {
    if (const auto found = pictures.by_path.find(file); found != pictures.by_path.end()) {
      flags[found->second] = true;
    }
  }
  return flags;
}

std::vector<Task> ReadTasks(const std::string& path, const Pictures& pictures) {
  std::vector<Task> tasks;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    Task task;
    std::string yes;
    std::string out;
    std::getline(fields, task.name, '\t');
    std::getline(fields, yes, '\t');
    std::getline(fields, out, '\t');
    task.carries = Flags(yes, pictures);
    task.left_out = Flags(out, pictures);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

std::vector<double> Scores(const Matrix& vectors, std::span<const float> weights, float bias) {
  std::vector<double> scores(vectors.rows());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = std::inner_product(
        weights.begin(), weights.end(), vectors.row(i).begin(), static_cast<double>(bias), std::plus<>(),
        [](float a, float b) { return static_cast<double>(a) * static_cast<double>(b); });
  }
  return scores;
}

double AveragePrecision(const Task& task, std::span<const double> scores,
                        const std::set<std::size_t>& skipped) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!task.left_out[i] && !skipped.contains(i)) order.push_back(i);
  }
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return scores[i]; });
  double sum = 0;
  std::size_t hits = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    if (!task.carries[order[rank]]) continue;
    sum += static_cast<double>(++hits) / static_cast<double>(rank + 1);
  }
  return hits == 0 ? 0 : sum / static_cast<double>(hits);
}

Matrix RowsOf(const Matrix& vectors, std::span<const std::size_t> which) {
  Matrix rows(which.size(), vectors.columns());
  for (std::size_t i = 0; i < which.size(); ++i) {
    std::ranges::copy(vectors.row(which[i]), rows.row(i).begin());
  }
  return rows;
}

/// Probabilities beside what was true, in ten bins.
class Reliability {
 public:
  void Add(double probability, bool carries) {
    const auto bin = static_cast<std::size_t>(std::min(9.0, probability * 10));
    sums_[bin] += probability;
    right_[bin] += carries ? 1 : 0;
    counts_[bin] += 1;
    suggested_ += probability >= kSuggestFrom ? 1 : 0;
    suggested_right_ += probability >= kSuggestFrom && carries ? 1 : 0;
    carriers_ += carries ? 1 : 0;
  }
  Json AsJson() const {
    double error = 0;
    const double all = std::accumulate(std::begin(counts_), std::end(counts_), 0.0);
    Json bins = Json::array();
    for (std::size_t i = 0; i < 10; ++i) {
      error += std::abs(sums_[i] - right_[i]) / all;
      if (counts_[i] > 0) {
        bins.push_back(
            {{"judged", counts_[i]}, {"said", sums_[i] / counts_[i]}, {"true", right_[i] / counts_[i]}});
      }
    }
    return {{"expected_calibration_error", error},
            {"precision_of_suggestions", suggested_right_ / std::max(1.0, suggested_)},
            {"recall_of_suggestions", suggested_right_ / std::max(1.0, carriers_)},
            {"bins", bins}};
  }

 private:
  double sums_[10] = {}, right_[10] = {}, counts_[10] = {};
  double suggested_ = 0, suggested_right_ = 0, carriers_ = 0;
};

std::vector<std::size_t> Draw(std::vector<std::size_t> from, std::size_t count, std::mt19937& random) {
  std::ranges::shuffle(from, random);
  from.resize(std::min(count, from.size()));
  return from;
}

Json Measure(const Task& task, const Lesson& lesson, const Matrix& vectors, const TagTeacher& teacher,
             std::span<const float> words, std::size_t draws, Reliability& reliability) {
  const std::vector<double> by_words = Scores(vectors, words, 0);
  std::vector<std::size_t> yes;
  std::vector<std::size_t> no;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    if (!task.left_out[i]) (task.carries[i] ? yes : no).push_back(i);
  }
  if (lesson.near) {
    std::ranges::stable_sort(no, std::greater<>(), [&](std::size_t i) { return by_words[i]; });
    no.resize(std::min<std::size_t>(no.size(), 3 * lesson.no));
  }
  std::mt19937 random(kSeed);
  double before = 0;
  double after = 0;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    const std::vector<std::size_t> accepted = Draw(yes, lesson.yes, random);
    const std::vector<std::size_t> rejected = Draw(no, lesson.no, random);
    const TaughtTag taught = teacher.Teach({.accepted = RowsOf(vectors, accepted),
                                            .rejected = RowsOf(vectors, rejected),
                                            .words = {words.begin(), words.end()}});
    std::set<std::size_t> examples(accepted.begin(), accepted.end());
    examples.insert(rejected.begin(), rejected.end());
    const std::vector<double> judged = Scores(vectors, taught.weights, taught.bias);
    before += AveragePrecision(task, by_words, examples) / static_cast<double>(draws);
    after += AveragePrecision(task, judged, examples) / static_cast<double>(draws);
    for (std::size_t i = 0; i < judged.size(); ++i) {
      if (!task.left_out[i] && !examples.contains(i))
        reliability.Add(ProbabilityOf(judged[i]), task.carries[i]);
    }
  }
  return {{"words", before}, {"taught", after}};
}

double MedianMs(const std::function<void()>& work) {
  std::vector<double> times;
  for (int round = 0; round < 7; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::nth_element(times, times.begin() + 3);
  return times[3];
}

// One thread: 100,000 pictures (these, repeated) for one tag and for 1,900; teaching one tag anew.
Json Speed(const Matrix& vectors, const TagTeacher& teacher) {
  constexpr std::size_t kPictures = 100'000;
  constexpr std::size_t kTags = 1900;
  Matrix many(kPictures, vectors.columns());
  std::vector<RowId> rows(kPictures);
  for (std::size_t i = 0; i < kPictures; ++i) {
    std::ranges::copy(vectors.row(i % vectors.rows()), many.row(i).begin());
    rows[i] = static_cast<RowId>(i);
  }
  const auto table = TableInMemory(Encode(many));
  const auto scan_of = [&](std::size_t tags) {
    TagModels models;
    models.weights = Matrix(tags, vectors.columns());
    for (std::size_t t = 0; t < tags; ++t) {
      std::ranges::copy(vectors.row(t % vectors.rows()), models.weights.row(t).begin());
    }
    models.biases.resize(tags);
    models.paths.resize(tags);
    return Must(TagScan::Make(models));
  };
  const TagScan one = scan_of(1);
  const TagScan all = scan_of(kTags);
  std::vector<float> odds(std::max(kPictures, 1024 * kTags));
  const auto piece = std::span(rows).first(1024);
  const Matrix five = RowsOf(vectors, std::vector<std::size_t>{0, 1, 2, 3, 4});
  const std::vector<float> words(vectors.columns(), 0.05F);
  return {{"pictures", kPictures},
          {"one_tag_ms", MedianMs([&] { one.Judge(*table, rows, odds); })},
          {"all_tags", kTags},
          {"all_tags_s", MedianMs([&] { all.Judge(*table, piece, odds); }) * kPictures / 1024 / 1000},
          {"teach_5_and_5_ms",
           MedianMs([&] { teacher.Teach({.accepted = five, .rejected = five, .words = words}); })}};
}

int Run(const std::string& library, const std::string& tasks_file, std::size_t draws) {
  EmbedderOptions options;
  options.pack_folder = DefaultModelsFolder() + "/starter";
  const auto embedder = Must(OpenEmbedder(options));
  const auto snapshot = Must(OpenSnapshot(library, embedder->space()));
  const Pictures pictures = ReadPictures(*snapshot, embedder->space().id);
  const std::vector<Task> tasks = ReadTasks(tasks_file, pictures);
  const TagTeacher teacher(SampleVectors(*snapshot->rows, snapshot->live, kBackground));
  Json out = {{"model", embedder->space().model}, {"pictures", pictures.vectors.rows()}, {"draws", draws}};
  std::vector<Reliability> reliability(std::size(kLessons));
  for (const Task& task : tasks) {
    const Matrix words = Must(EmbedNames(*embedder, std::span(&task.name, 1), Phrasing::kFull));
    Json one = {{"tag", task.name}, {"carriers", std::ranges::count(task.carries, true)}};
    for (std::size_t l = 0; l < std::size(kLessons); ++l) {
      one[kLessons[l].name] =
          Measure(task, kLessons[l], pictures.vectors, teacher, words.row(0), draws, reliability[l]);
    }
    out["tags"].push_back(std::move(one));
  }
  for (std::size_t l = 0; l < std::size(kLessons); ++l)
    out["probability"][kLessons[l].name] = reliability[l].AsJson();
  out["speed"] = Speed(pictures.vectors, teacher);
  std::cout << out.dump(1) << "\n";
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: tags_bench LIBRARY TASKS [DRAWS]\n");
    return 2;
  }
  return vitrine::Run(words[1], words[2], count > 3 ? std::strtoull(words[3], nullptr, 10) : 10);
}
