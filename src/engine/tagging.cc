#include "engine/tagging.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/installation.h"
#include "engine/tag_changes.h"
#include "engine/tag_subjects.h"
#include "engine/tag_teaching.h"
#include "index/quantise.h"
#include "index/scan_pool.h"
#include "query/log_odds.h"
#include "query/tagging.h"
#include "query/vocabulary.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostSampled = 2000;
constexpr std::size_t kChunk = 1024;
constexpr std::size_t kShare = 64;

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<Vocabulary> ReadVocabulary(const std::string& file) {
  const std::string path = file.empty() ? DefaultVocabularyFile() : file;
  VITRINE_TRY_ASSIGN(const std::string text, ReadFile(path));
  auto vocabulary = ParseVocabulary(text);
  if (!vocabulary) return std::move(vocabulary).error().Annotate("cannot use " + Quoted(path));
  const std::size_t amiss = vocabulary->merged + vocabulary->passed_over;
  if (amiss > vocabulary->notes.size()) {
    vocabulary->notes.push_back("and " + Thousands(amiss - vocabulary->notes.size()) + " more such lines");
  }
  return vocabulary;
}

void Append(TagModels& models, const std::string& path, TagOrigin origin, std::span<const float> weights,
            float bias) {
  Matrix grown(models.count() + 1, weights.size());
  std::ranges::copy(models.weights.values(), grown.values().begin());
  std::ranges::copy(weights, grown.row(models.count()).begin());
  models.weights = std::move(grown);
  models.paths.push_back(path);
  models.origins.push_back(origin);
  models.biases.push_back(bias);
}

// Taught tags take the place of those known by their words alone.
TagModels WithTaught(TagModels models, std::span<const LearntTag> learnt) {
  std::map<std::string, std::size_t> known;
  for (std::size_t t = 0; t < models.count(); ++t) known.emplace(TagPath::Folded(models.paths[t]), t);
  for (const LearntTag& tag : learnt) {
    const auto found = known.find(TagPath::Folded(tag.path));
    if (found == known.end()) {
      Append(models, tag.path, TagOrigin::kTaught, tag.model.weights, tag.model.bias);
      continue;
    }
    models.origins[found->second] = TagOrigin::kTaught;
    models.biases[found->second] = tag.model.bias;
    std::ranges::copy(tag.model.weights, models.weights.row(found->second).begin());
  }
  return models;
}

// Judges many pictures on several threads, a chunk at a time, in order.
class Judge {
 public:
  Judge(const TagModels& models, const TagScan& scan, const GuessLimits& limits, std::size_t threads)
      : scan_(scan), picker_(models.paths), limits_(limits), pool_(threads - 1) {}

  std::vector<std::vector<TagGuess>> Guess(const RowTable& table, std::span<const RowId> rows) {
    std::vector<std::vector<TagGuess>> guesses(rows.size());
    std::atomic<std::size_t> next = 0;
    pool_.Run([&](std::size_t) {
      std::vector<float> log_odds(kShare * scan_.tags());
      for (std::size_t first; (first = next.fetch_add(kShare)) < rows.size();) {
        const auto share = rows.subspan(first, std::min(kShare, rows.size() - first));
        scan_.Judge(table, share, log_odds);
        for (std::size_t i = 0; i < share.size(); ++i) {
          guesses[first + i] =
              picker_.Pick(std::span(log_odds).subspan(i * scan_.tags(), scan_.tags()), limits_);
        }
      }
    });
    return guesses;
  }

 private:
  const TagScan& scan_;
  const TagPicker picker_;
  const GuessLimits limits_;
  ScanPool pool_;
};

class LibraryTagging final : public Tagging {
 public:
  explicit LibraryTagging(TaggingHost host) : host_(std::move(host)) {}

  Result<SuggestReport> Suggest(const SuggestOptions& options, SuggestObserver* observer,
                                const StopSignal& stop) override;
  Result<TagChange> Decide(const DecideOptions& options) override;
  Result<TeachReport> Teach(const TeachOptions& options) override;
  Result<TagChange> Rename(const std::string& from, const std::string& to) override;
  Result<TagChange> Delete(const std::string& tag) override;
  Result<std::vector<TagFacet>> List() override;
  Result<std::size_t> NamesToLearn() override;
  Result<NamesReport> LearnNames(VectorObserver* observer, const StopSignal& stop) override;

 private:
  struct Run;

  Result<std::shared_ptr<Embedder>> Model();
  Result<const Snapshot*> VerifiedSnapshot();
  Result<std::vector<TagSubject>> SubjectsOf(const Snapshot& snapshot, const SuggestOptions& options) const;
  Result<Matrix> TermsOf(TagWords& words, const Vocabulary& vocabulary, const SuggestOptions& options,
                         VectorObserver* observer);
  TagModels ModelsFor(const Snapshot& snapshot, const Vocabulary& vocabulary, const Matrix& terms) const;
  Result<TeachReport> TeachWith(Catalog& catalog, const Snapshot& snapshot, const std::string& tag,
                                std::span<const AssetId> yes, std::span<const AssetId> no);
  Result<std::vector<MarkedAsset>> CarriersOf(const Snapshot& snapshot, const LearntTag& tag);
  Status Keep(Run& run);
  Status JudgeLibrary(Run& run, std::span<const RowId> rows);
  Status JudgeFiles(Run& run, std::span<const PathBytes> files);
  void Report(Run& run, PictureTags picture, std::span<const TagGuess> guesses);

  const TaggingHost host_;
};

// Everything that a scan will read is known to be what was written.
Result<const Snapshot*> LibraryTagging::VerifiedSnapshot() {
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
  if (snapshot->rows->Verify(0, snapshot->rows->row_count())) return snapshot;
  return host_.snapshot(Checking::kAll);
}

TagModels LibraryTagging::ModelsFor(const Snapshot& snapshot, const Vocabulary& vocabulary,
                                    const Matrix& terms) const {
  const ScoreBackground background = snapshot.model->text_background();
  const Matrix sample = SampleVectors(*snapshot.rows, snapshot.live, kMostSampled);
  return ModelsOfWords(vocabulary, terms, MeanScores(terms, sample, background), background);
}

struct LibraryTagging::Run {
  const Snapshot& snapshot;
  const TagModels& models;
  Judge judge;
  SuggestObserver* observer;
  const StopSignal& stop;
  SuggestReport report = {};
  std::vector<std::vector<MarkedAsset>> marks = {};  ///< By tag, when they are to be kept.
};

void LibraryTagging::Report(Run& run, PictureTags picture, std::span<const TagGuess> guesses) {
  ++run.report.pictures;
  run.report.suggestions += guesses.size();
  for (const TagGuess& guess : guesses) {
    picture.tags.push_back({.tag = run.models.paths[guess.tag],
                            .probability = guess.probability,
                            .taught = run.models.origins[guess.tag] == TagOrigin::kTaught});
    if (run.marks.empty() || picture.id == AssetId{}) continue;
    run.marks[guess.tag].push_back({.asset = picture.id,
                                    .mark = {.state = TagState::kSuggested,
                                             .origin = run.models.origins[guess.tag],
                                             .probability = guess.probability,
                                             .model = run.snapshot.space().id}});
  }
  if (run.observer != nullptr) run.observer->OnPicture(picture);
}

Status LibraryTagging::JudgeLibrary(Run& run, std::span<const RowId> rows) {
  for (std::size_t first = 0; first < rows.size(); first += kChunk) {
    if (run.stop.requested()) {
      run.report.stopped = true;
      return {};
    }
    const auto chunk = rows.subspan(first, std::min(kChunk, rows.size() - first));
    const auto guesses = run.judge.Guess(*run.snapshot.rows, chunk);
    VITRINE_TRY_ASSIGN(const auto assets, run.snapshot.catalog->AssetsOfRows(run.snapshot.space().id, chunk));
    std::size_t next = 0;
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      // A picture whose last file went away meanwhile is not among the assets.
      if (next == assets.size() || assets[next].first != chunk[i]) continue;
      const AssetRecord& asset = assets[next++].second;
      Report(run, {.id = asset.id, .paths = asset.paths, .tags = {}}, guesses[i]);
    }
  }
  return {};
}

Status LibraryTagging::JudgeFiles(Run& run, std::span<const PathBytes> files) {
  for (const PathBytes& file : files) {
    if (run.stop.requested()) {
      run.report.stopped = true;
      return {};
    }
    const auto vector = host_.embed_file(file, run.snapshot);
    if (!vector) {
      if (vector.error().code() == Code::kModel) return vector.error();
      run.report.unreadable.push_back(file);
      run.report.notes.push_back(vector.error().message());
      continue;
    }
    Matrix row(1, vector->size());
    std::ranges::copy(*vector, row.row(0).begin());
    const RowId only = 0;
    const auto guesses = run.judge.Guess(*TableInMemory(Encode(row)), std::span(&only, 1));
    Report(run, {.id = {}, .paths = {file}, .tags = {}}, guesses.front());
  }
  return {};
}

Status LibraryTagging::Keep(Run& run) {
  std::vector<SuggestedMarks> suggestions;
  for (std::size_t t = 0; t < run.marks.size(); ++t) {
    suggestions.push_back({.path = run.models.paths[t], .marks = std::move(run.marks[t])});
  }
  VITRINE_TRY(host_.writer.With(
      [&](Catalog& catalog) { return KeepSuggestions(catalog.annotations(), suggestions); }));
  return {};
}

Result<std::vector<TagSubject>> LibraryTagging::SubjectsOf(const Snapshot& snapshot,
                                                           const SuggestOptions& options) const {
  if (options.pictures.empty()) return AllSubjects(snapshot);
  return SubjectsAt(snapshot, snapshot.space().id, options.pictures);
}

// The vectors of the terms. Searches and decisions go on meanwhile; and whoever names a picture that is not
// there is told so before the vocabulary is read.
Result<Matrix> LibraryTagging::TermsOf(TagWords& words, const Vocabulary& vocabulary,
                                       const SuggestOptions& options, VectorObserver* observer) {
  const std::vector<std::string> names = NamesOf(vocabulary);
  if (words.Unknown(names) > 0) {
    const std::lock_guard lock(host_.mutex);
    VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
    VITRINE_TRY(SubjectsOf(*snapshot, options));
  }
  VITRINE_TRY_ASSIGN(const Matrix vectors, words.Vectors(names, observer));
  return TermVectors(vocabulary, names, vectors);
}

// The one that the library is searched with now.
Result<std::shared_ptr<Embedder>> LibraryTagging::Model() {
  const std::lock_guard lock(host_.mutex);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
  return snapshot->model;
}

Result<NamesReport> LibraryTagging::LearnNames(VectorObserver* observer, const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, Model());
  TagWords& words = host_.words.Of(model);
  VITRINE_TRY_ASSIGN(const Vocabulary vocabulary, ReadVocabulary({}));
  const std::vector<std::string> names = NamesOf(vocabulary);
  NamesReport report{.names = names.size(), .learnt = words.Unknown(names)};
  if (report.learnt > 0) VITRINE_TRY(words.Vectors(names, observer, &stop));
  return report;
}

Result<std::size_t> LibraryTagging::NamesToLearn() {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, Model());
  VITRINE_TRY_ASSIGN(const Vocabulary vocabulary, ReadVocabulary({}));
  return host_.words.Of(model).Unknown(NamesOf(vocabulary));
}

Result<SuggestReport> LibraryTagging::Suggest(const SuggestOptions& options, SuggestObserver* observer,
                                              const StopSignal& stop) {
  const auto start = std::chrono::steady_clock::now();
  VITRINE_TRY_ASSIGN(const Vocabulary vocabulary, ReadVocabulary(options.vocabulary_file));
  std::unique_lock lock(host_.mutex, std::defer_lock);
  const Snapshot* snapshot = nullptr;
  Matrix terms;
  for (std::string space; snapshot == nullptr || snapshot->space().id != space;) {
    if (lock.owns_lock()) lock.unlock();  // Another model was taken into use while names were read.
    VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, Model());
    space = model->space().id;
    VITRINE_TRY_ASSIGN(terms, TermsOf(host_.words.Of(model), vocabulary, options, observer));
    lock.lock();
    VITRINE_TRY_ASSIGN(snapshot, VerifiedSnapshot());
  }
  VITRINE_TRY_ASSIGN(const std::vector<TagSubject> subjects, SubjectsOf(*snapshot, options));
  std::vector<RowId> rows;
  std::vector<PathBytes> files;
  for (const TagSubject& subject : subjects) {
    if (subject.file.empty()) {
      rows.push_back(subject.row);
    } else {
      files.push_back(subject.file);
    }
  }
  TagModels models = ModelsFor(*snapshot, vocabulary, terms);
  if (options.vocabulary_file.empty() && snapshot->live.Count() > 0) {
    TagSchool school(*snapshot, host_.words.Of(snapshot->model), snapshot->space().id);
    VITRINE_TRY_ASSIGN(const std::vector<LearntTag> learnt,
                       school.LearnAll(snapshot->catalog->annotations()));
    models = WithTaught(std::move(models), learnt);
  }
  VITRINE_TRY_ASSIGN(const TagScan scan, TagScan::Make(models));
  const GuessLimits limits{.most = options.limit, .at_least = options.at_least};
  Run run{*snapshot, models, Judge(models, scan, limits, host_.threads), observer, stop};
  run.report.terms = models.count();
  run.report.taught = static_cast<std::uint64_t>(std::ranges::count(models.origins, TagOrigin::kTaught));
  run.report.notes = vocabulary.notes;
  if (options.keep) run.marks.resize(models.count());
  VITRINE_TRY(JudgeLibrary(run, rows));
  VITRINE_TRY(JudgeFiles(run, files));
  if (options.keep && !run.report.stopped) VITRINE_TRY(Keep(run));
  run.report.seconds = SecondsSince(start);
  return std::move(run.report);
}

Result<TagChange> LibraryTagging::Decide(const DecideOptions& options) {
  std::vector<AssetId> pictures;
  {
    const std::lock_guard lock(host_.mutex);
    VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
    VITRINE_TRY_ASSIGN(pictures, AssetsAt(*snapshot, snapshot->space().id, options.pictures));
  }
  return host_.writer.With(
      [&](Catalog& catalog) { return DecideTags(catalog.annotations(), options, pictures); });
}

// Every living picture that a learnt tag may stand on.
Result<std::vector<MarkedAsset>> LibraryTagging::CarriersOf(const Snapshot& snapshot, const LearntTag& tag) {
  TagModels models;
  models.weights = Matrix(0, tag.model.weights.size());
  Append(models, tag.path, TagOrigin::kTaught, tag.model.weights, tag.model.bias);
  VITRINE_TRY_ASSIGN(const TagScan scan, TagScan::Make(models));
  std::vector<RowId> rows;
  for (const TagSubject& subject : AllSubjects(snapshot)) rows.push_back(subject.row);
  std::vector<float> log_odds(rows.size());
  scan.Judge(*snapshot.rows, rows, log_odds);
  const auto least = static_cast<float>(LogOddsOf(kSuggestFrom));
  std::vector<RowId> likely;
  std::vector<float> odds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!(log_odds[i] >= least)) continue;
    likely.push_back(rows[i]);
    odds.push_back(log_odds[i]);
  }
  VITRINE_TRY_ASSIGN(const auto assets, snapshot.catalog->AssetsOfRows(snapshot.space().id, likely));
  std::vector<MarkedAsset> carriers;
  std::size_t next = 0;
  for (std::size_t i = 0; i < likely.size(); ++i) {
    if (next == assets.size() || assets[next].first != likely[i]) continue;
    carriers.push_back({.asset = assets[next++].second.id,
                        .mark = {.state = TagState::kSuggested,
                                 .origin = TagOrigin::kTaught,
                                 .probability = ProbabilityOf(static_cast<double>(odds[i])),
                                 .model = snapshot.space().id}});
  }
  return carriers;
}

Result<TeachReport> LibraryTagging::Teach(const TeachOptions& options) {
  const std::lock_guard lock(host_.mutex);
  VITRINE_TRY(TagPath::Levels(options.tag));
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, VerifiedSnapshot());
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> yes, AssetsAt(*snapshot, snapshot->space().id, options.yes));
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> no, AssetsAt(*snapshot, snapshot->space().id, options.no));
  for (const AssetId asset : yes) {
    if (std::ranges::binary_search(no, asset)) {
      return Error(Code::kInvalidArgument, "a picture is named with --yes and with --no");
    }
  }
  return host_.writer.With(
      [&](Catalog& catalog) { return TeachWith(catalog, *snapshot, options.tag, yes, no); });
}

// One step, so that nothing that was marked meanwhile is overlooked.
Result<TeachReport> LibraryTagging::TeachWith(Catalog& catalog, const Snapshot& snapshot,
                                              const std::string& tag, std::span<const AssetId> yes,
                                              std::span<const AssetId> no) {
  Annotations& annotations = catalog.annotations();
  VITRINE_TRY_ASSIGN(const bool had_suggestions, HasSuggestions(annotations, tag));
  VITRINE_TRY_ASSIGN(
      const std::unique_ptr<Change> change,
      annotations.Begin("teach " + Quoted(tag) + " with " + PicturesText(yes.size() + no.size())));
  if (!yes.empty()) VITRINE_TRY(change->Mark(tag, yes, {.state = TagState::kAccepted}));
  if (!no.empty()) VITRINE_TRY(change->Mark(tag, no, {.state = TagState::kRejected}));
  TagSchool school(snapshot, host_.words.Of(snapshot.model), snapshot.space().id);
  VITRINE_TRY_ASSIGN(const LearntTag learnt, school.Learn(annotations, tag));
  VITRINE_TRY_ASSIGN(std::vector<MarkedAsset> carriers, CarriersOf(snapshot, learnt));
  VITRINE_TRY_ASSIGN(const std::vector<MarkedAsset> marks, annotations.MarksOf(tag));
  std::set<AssetId> decided;
  for (const MarkedAsset& marked : marks) {
    if (marked.mark.state != TagState::kSuggested) decided.insert(marked.asset);
  }
  std::erase_if(carriers, [&](const MarkedAsset& carrier) { return decided.contains(carrier.asset); });
  TeachReport report{.accepted = learnt.accepted,
                     .rejected = learnt.rejected,
                     .suggested = carriers.size(),
                     .accuracy = learnt.model.accuracy};
  VITRINE_TRY(ReplaceSuggestions(*change, had_suggestions, {.path = tag, .marks = std::move(carriers)}));
  VITRINE_TRY_ASSIGN(report.entry, change->Commit());
  return report;
}

Result<TagChange> LibraryTagging::Rename(const std::string& from, const std::string& to) {
  return host_.writer.With([&](Catalog& catalog) { return RenameTag(catalog.annotations(), from, to); });
}

Result<TagChange> LibraryTagging::Delete(const std::string& tag) {
  return host_.writer.With([&](Catalog& catalog) { return DeleteTag(catalog.annotations(), tag); });
}

Result<std::vector<TagFacet>> LibraryTagging::List() {
  const std::lock_guard lock(host_.mutex);
  VITRINE_TRY_ASSIGN(const Snapshot* snapshot, host_.snapshot(Checking::kOnFirstUse));
  return ListTags(snapshot->catalog->annotations());
}

}  // namespace

std::unique_ptr<Tagging> MakeTagging(TaggingHost host) {
  return std::make_unique<LibraryTagging>(std::move(host));
}

}  // namespace vitrine
