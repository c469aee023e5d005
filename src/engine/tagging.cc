#include "engine/tagging.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/installation.h"
#include "engine/tag_changes.h"
#include "engine/tag_teaching.h"
#include "index/quantise.h"
#include "index/scan_pool.h"
#include "query/log_odds.h"
#include "query/tagging.h"
#include "query/vocabulary.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostSampled = 2000;
constexpr std::size_t kShare = 64;
constexpr int kMostTries = 8;

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

// Those that people or files decided, by picture.
using Decisions = std::map<AssetId, TagState>;

Decisions DecisionsIn(std::span<const MarkedAsset> marks) {
  Decisions decided;
  for (const MarkedAsset& marked : marks) {
    if (marked.mark.state != TagState::kSuggested) decided[marked.asset] = marked.mark.state;
  }
  return decided;
}

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
  struct Lesson;

  template <typename Work>
  Result<TagChange> Change(const Work& work);
  Result<std::shared_ptr<Embedder>> Model();
  Result<TagView> ViewWithTerms(const Vocabulary& vocabulary, const SuggestOptions& options,
                                VectorObserver* observer, Matrix& terms);
  Result<TagModels> ModelsFor(TagPictures& pictures, const Vocabulary& vocabulary, const Matrix& terms,
                              bool with_taught);
  static Result<std::vector<MarkedAsset>> CarriersOf(TagPictures& pictures, const LearntTag& tag);
  static Status Commit(Annotations& annotations, Lesson& lesson);
  Status Keep(Run& run);
  static Status JudgePictures(Run& run, const TagSubjects& subjects);
  Status JudgeFiles(Run& run, std::span<const PathBytes> files);
  static void Report(Run& run, PictureTags picture, std::span<const TagGuess> guesses);

  const TaggingHost host_;
};

KnownAt KnownTo(TagPictures& pictures) {
  return [&pictures](const PathBytes& path) { return pictures.At(path); };
}

// Tags by their words, and in their place those that were taught.
Result<TagModels> LibraryTagging::ModelsFor(TagPictures& pictures, const Vocabulary& vocabulary,
                                            const Matrix& terms, bool with_taught) {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, pictures.Model());
  const ScoreBackground background = model->text_background();
  VITRINE_TRY_ASSIGN(const Matrix sample, pictures.Sample(kMostSampled));
  TagModels models = ModelsOfWords(vocabulary, terms, MeanScores(terms, sample, background), background);
  if (!with_taught || sample.rows() == 0) return models;
  VITRINE_TRY_ASSIGN(TagSchool school, TagSchool::Open(pictures, host_.words.Of(model)));
  VITRINE_TRY_ASSIGN(const std::vector<LearntTag> learnt, school.LearnAll());
  return WithTaught(std::move(models), learnt);
}

struct LibraryTagging::Run {
  TagPictures& pictures;
  Embedder& model;
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
                                             .model = run.model.space().id}});
  }
  if (run.observer != nullptr) run.observer->OnPicture(picture);
}

Status LibraryTagging::JudgePictures(Run& run, const TagSubjects& subjects) {
  return run.pictures.ForEach(subjects, [&](const PictureBatch& batch) -> Result<bool> {
    run.report.stopped = run.stop.requested();
    if (run.report.stopped) return false;
    const auto guesses = run.judge.Guess(batch.table, batch.rows);
    VITRINE_TRY_ASSIGN(std::vector<PlacedPicture> pictures, batch.pictures(batch.rows));
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      if (pictures[i].paths.empty()) continue;  // Its last file went away meanwhile.
      Report(run, {.id = pictures[i].id, .paths = std::move(pictures[i].paths), .tags = {}}, guesses[i]);
    }
    return true;
  });
}

Status LibraryTagging::JudgeFiles(Run& run, std::span<const PathBytes> files) {
  for (const PathBytes& file : files) {
    if (run.stop.requested()) {
      run.report.stopped = true;
      return {};
    }
    const auto vector = host_.embed_file(file, run.model);
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
  return host_.say([&](Annotations& annotations) -> Status {
    VITRINE_TRY(KeepSuggestions(annotations, suggestions));
    return {};
  });
}

// The vectors of the terms, and the pictures of the same space. Searches and decisions go on while names are
// read; and whoever names a picture that is not there is told so before.
Result<TagView> LibraryTagging::ViewWithTerms(const Vocabulary& vocabulary, const SuggestOptions& options,
                                              VectorObserver* observer, Matrix& terms) {
  const std::vector<std::string> names = NamesOf(vocabulary);
  while (true) {
    VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, Model());
    TagWords& words = host_.words.Of(model);
    if (words.Unknown(names) > 0) {
      VITRINE_TRY_ASSIGN(const TagView view, host_.view(false));
      VITRINE_TRY(SubjectsAt(options.pictures, KnownTo(*view.pictures)));
    }
    VITRINE_TRY_ASSIGN(const Matrix vectors, words.Vectors(names, observer));
    terms = TermVectors(vocabulary, names, vectors);
    VITRINE_TRY_ASSIGN(TagView view, host_.view(true));
    VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> now, view.pictures->Model());
    if (now->space().id == model->space().id) return view;  // Else another was taken into use meanwhile.
  }
}

// The one that the library is searched with now.
Result<std::shared_ptr<Embedder>> LibraryTagging::Model() {
  VITRINE_TRY_ASSIGN(const TagView view, host_.view(false));
  return view.pictures->Model();
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
  Matrix terms;
  VITRINE_TRY_ASSIGN(const TagView view, ViewWithTerms(vocabulary, options, observer, terms));
  TagPictures& pictures = *view.pictures;
  VITRINE_TRY_ASSIGN(const TagSubjects subjects, SubjectsAt(options.pictures, KnownTo(pictures)));
  VITRINE_TRY_ASSIGN(const TagModels models,
                     ModelsFor(pictures, vocabulary, terms, options.vocabulary_file.empty()));
  VITRINE_TRY_ASSIGN(const TagScan scan, TagScan::Make(models));
  VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, pictures.Model());
  const GuessLimits limits{.most = options.limit, .at_least = options.at_least};
  Run run{pictures, *model, models, Judge(models, scan, limits, host_.threads), observer, stop};
  run.report.terms = models.count();
  run.report.taught = static_cast<std::uint64_t>(std::ranges::count(models.origins, TagOrigin::kTaught));
  run.report.notes = vocabulary.notes;
  if (options.keep) run.marks.resize(models.count());
  VITRINE_TRY(JudgePictures(run, subjects));
  VITRINE_TRY(JudgeFiles(run, subjects.files));
  if (options.keep && !run.report.stopped) VITRINE_TRY(Keep(run));
  run.report.seconds = SecondsSince(start);
  return std::move(run.report);
}

template <typename Work>
Result<TagChange> LibraryTagging::Change(const Work& work) {
  TagChange done;
  VITRINE_TRY(host_.say([&](Annotations& annotations) -> Status {
    VITRINE_TRY_ASSIGN(done, work(annotations));
    return {};
  }));
  return done;
}

Result<TagChange> LibraryTagging::Decide(const DecideOptions& options) {
  std::vector<AssetId> pictures;
  if (!options.pictures.empty()) {
    VITRINE_TRY_ASSIGN(const TagView view, host_.view(false));
    VITRINE_TRY_ASSIGN(pictures, AssetsAt(options.pictures, KnownTo(*view.pictures)));
  }
  return Change([&](Annotations& annotations) { return DecideTags(annotations, options, pictures); });
}

// Every picture that a learnt tag may stand on.
Result<std::vector<MarkedAsset>> LibraryTagging::CarriersOf(TagPictures& pictures, const LearntTag& tag) {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, pictures.Model());
  TagModels models;
  models.weights = Matrix(0, tag.model.weights.size());
  Append(models, tag.path, TagOrigin::kTaught, tag.model.weights, tag.model.bias);
  VITRINE_TRY_ASSIGN(const TagScan scan, TagScan::Make(models));
  const auto least = static_cast<float>(LogOddsOf(kSuggestFrom));
  std::vector<MarkedAsset> carriers;
  VITRINE_TRY(pictures.ForEach({.all = true}, [&](const PictureBatch& batch) -> Result<bool> {
    std::vector<float> log_odds(batch.rows.size());
    scan.Judge(batch.table, batch.rows, log_odds);
    std::vector<RowId> likely;
    std::vector<float> odds;
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
      if (!(log_odds[i] >= least)) continue;
      likely.push_back(batch.rows[i]);
      odds.push_back(log_odds[i]);
    }
    VITRINE_TRY_ASSIGN(const std::vector<PlacedPicture> found, batch.pictures(likely));
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i].paths.empty()) continue;
      carriers.push_back({.asset = found[i].id,
                          .mark = {.state = TagState::kSuggested,
                                   .origin = TagOrigin::kTaught,
                                   .probability = ProbabilityOf(static_cast<double>(odds[i])),
                                   .model = model->space().id}});
    }
    return true;
  }));
  return carriers;
}

// What a tag is to be taught with, and what came of it.
struct LibraryTagging::Lesson {
  const std::string& tag;
  std::vector<AssetId> yes, no;
  std::vector<MarkedAsset> marks = {};     ///< That it is learnt from, beside `yes` and `no`.
  std::vector<MarkedAsset> carriers = {};  ///< As it was learnt.
  bool done = false;
  std::int64_t entry = 0;

  std::vector<MarkedAsset> Examples() const {
    Decisions decided = DecisionsIn(marks);
    for (const AssetId asset : yes) decided[asset] = TagState::kAccepted;
    for (const AssetId asset : no) decided[asset] = TagState::kRejected;
    std::vector<MarkedAsset> examples;
    for (const auto& [asset, state] : decided) examples.push_back({.asset = asset, .mark = {.state = state}});
    return examples;
  }
};

// Writes a lesson down, if what people said of the tag is still what it was learnt from; else remembers what
// they say now.
Status LibraryTagging::Commit(Annotations& annotations, Lesson& lesson) {
  const std::size_t count = lesson.yes.size() + lesson.no.size();
  VITRINE_TRY_ASSIGN(const auto change,
                     annotations.Begin("teach " + Quoted(lesson.tag) + " with " + PicturesText(count)));
  VITRINE_TRY_ASSIGN(std::vector<MarkedAsset> marks, annotations.MarksOf(lesson.tag));
  const bool same = DecisionsIn(marks) == DecisionsIn(lesson.marks);
  lesson.marks = std::move(marks);
  if (!same) return {};
  if (!lesson.yes.empty()) VITRINE_TRY(change->Mark(lesson.tag, lesson.yes, {.state = TagState::kAccepted}));
  if (!lesson.no.empty()) VITRINE_TRY(change->Mark(lesson.tag, lesson.no, {.state = TagState::kRejected}));
  const SuggestedMarks suggestions = {.path = lesson.tag, .marks = lesson.carriers};
  VITRINE_TRY(change->ReplaceSuggestions(std::span(&suggestions, 1)));
  VITRINE_TRY_ASSIGN(lesson.entry, change->Commit());
  lesson.done = true;
  return {};
}

// Nobody waits while it learns; so what people said of the tag meanwhile makes it learn again.
Result<TeachReport> LibraryTagging::Teach(const TeachOptions& options) {
  VITRINE_TRY(TagPath::Levels(options.tag));
  VITRINE_TRY_ASSIGN(const TagView view, host_.view(true));
  TagPictures& pictures = *view.pictures;
  Lesson lesson{.tag = options.tag, .yes = {}, .no = {}};
  VITRINE_TRY_ASSIGN(lesson.yes, AssetsAt(options.yes, KnownTo(pictures)));
  VITRINE_TRY_ASSIGN(lesson.no, AssetsAt(options.no, KnownTo(pictures)));
  for (const AssetId asset : lesson.yes) {
    if (std::ranges::binary_search(lesson.no, asset)) {
      return Error(Code::kInvalidArgument, "a picture is named with --yes and with --no");
    }
  }
  VITRINE_TRY_ASSIGN(lesson.marks, pictures.said().MarksOf(options.tag));
  VITRINE_TRY_ASSIGN(const std::shared_ptr<Embedder> model, pictures.Model());
  VITRINE_TRY_ASSIGN(TagSchool school, TagSchool::Open(pictures, host_.words.Of(model)));
  for (int tries = 0; tries < kMostTries; ++tries) {
    const std::vector<MarkedAsset> examples = lesson.Examples();
    VITRINE_TRY_ASSIGN(const LearntTag learnt, school.Learn(options.tag, examples));
    VITRINE_TRY_ASSIGN(lesson.carriers, CarriersOf(pictures, learnt));
    const Decisions decided = DecisionsIn(examples);
    std::erase_if(lesson.carriers, [&](const MarkedAsset& one) { return decided.contains(one.asset); });
    VITRINE_TRY(host_.say([&](Annotations& annotations) { return Commit(annotations, lesson); }));
    if (!lesson.done) continue;
    return TeachReport{.accepted = learnt.accepted,
                       .rejected = learnt.rejected,
                       .suggested = lesson.carriers.size(),
                       .accuracy = learnt.model.accuracy,
                       .entry = lesson.entry};
  }
  return Error(Code::kLocked, "others decide over " + Quoted(options.tag) + " again and again; try it later");
}

Result<TagChange> LibraryTagging::Rename(const std::string& from, const std::string& to) {
  return Change([&](Annotations& annotations) { return RenameTag(annotations, from, to); });
}

Result<TagChange> LibraryTagging::Delete(const std::string& tag) {
  return Change([&](Annotations& annotations) { return DeleteTag(annotations, tag); });
}

Result<std::vector<TagFacet>> LibraryTagging::List() {
  VITRINE_TRY_ASSIGN(const TagView view, host_.view(false));
  return ListTags(view.pictures->said());
}

}  // namespace

std::unique_ptr<Tagging> MakeTagging(TaggingHost host) {
  return std::make_unique<LibraryTagging>(std::move(host));
}

}  // namespace vitrine
