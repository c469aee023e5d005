// The teacher is asked for vectors that the library has already, so what is left to do is to look at the same
// pictures through the backbone, solve, and judge on pictures that took no part. Until the student has passed
// its own self-test, as any pack that is added must, nothing of the library has changed.
#include "engine/distilling.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/model_adding.h"
#include "engine/model_bench.h"
#include "engine/reader.h"
#include "engine/teaching_set.h"
#include "image/decoder.h"
#include "model/fit_projection.h"
#include "model/student_pack.h"
#include "model/tower_checks.h"
#include "query/sample_captions.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLeastPictures = 200;  // One run in five is held back: some 40 to judge on.
constexpr std::size_t kHeldOutRun = 16;      // Neighbouring rows are often one scene: they stay together.
constexpr std::size_t kOneRunIn = 5;
constexpr std::size_t kMostHeldOut = 2000;
constexpr std::size_t kMostNameBytes = 64;
constexpr std::size_t kMostLicenceBytes = 1900;  // Of the teacher's; a pack's has 4,096 at most.
constexpr std::size_t kMostOriginBytes = 1500;
constexpr double kPaceSeconds = 6;
constexpr char kKept[] = ".distilling";

// What the steps share.
struct Distillation {
  const DistillPlace& place;
  const Backbone& backbone;
  const ModelPack& teacher_pack;
  Embedder& teacher;
  VectorObserver* observer;
  const StopSignal& stop;
  std::string kept_file = {};
  DistillReport report = {};
};

void Announce(VectorObserver* observer, const char* step) {
  if (observer != nullptr) observer->OnStep(step, 0, 0);
}

Status TooFew(const Distillation& work, std::uint64_t pictures, const std::string& next) {
  return Error(Code::kInvalidArgument, "the library " + Quoted(work.place.options.folder) + " has " +
                                           std::to_string(pictures) + " pictures with a vector of " +
                                           work.place.teacher.id + ", and " + std::to_string(kLeastPictures) +
                                           " are the least to learn from" + next);
}

// Before anything is made: what is too little stays too little however long one looks.
Status CheckLibrary(Distillation& work, SharedReader& reader) {
  std::uint64_t pictures = 0;
  const Status asked = reader.With([&](Catalog& catalog) -> Status {
    VITRINE_TRY_ASSIGN(const RowSet live, catalog.LiveRows(work.teacher.space().id));
    pictures = live.Count();
    return {};
  });
  if (!asked && asked.error().code() != Code::kNotFound) return asked.error();
  if (pictures >= kLeastPictures) return {};
  return TooFew(
      work, pictures,
      "; index more (vitrine index PATH), or make its vectors: vitrine model use " + work.place.teacher.id);
}

Result<TeachingSet> Collect(Distillation& work) {
  const LibraryOptions& options = work.place.options;
  SharedReader reader(options.folder);
  VITRINE_TRY(CheckLibrary(work, reader));
  const std::string folder = JoinPath(work.place.packs.library_folder(), kKept);
  VITRINE_TRY(MakeFolders(folder));
  work.kept_file = JoinPath(folder, work.backbone.pack().image.file.sha256.substr(0, 16) + ".features");
  DecoderPoolOptions pool;
  pool.worker_program = options.worker_program;
  pool.workers = options.threads;
  pool.allow_svg = options.allow_svg;
  VITRINE_TRY_ASSIGN(const std::unique_ptr<DecoderPool> decoder, DecoderPool::Start(pool));
  TeachingOptions teaching;
  teaching.space = work.teacher.space().id;
  teaching.kept_file = work.kept_file;
  teaching.threads = options.threads;
  teaching.on_step = [&](std::uint64_t done, std::uint64_t total) {
    if (work.observer != nullptr) work.observer->OnStep("looking at pictures", done, total);
  };
  VITRINE_TRY_ASSIGN(TeachingSet set,
                     CollectTeachingSet(reader, *decoder, work.backbone, teaching, work.stop));
  if (set.features.rows() >= kLeastPictures) return set;
  const std::string next = set.failures.empty()
                               ? std::string("; index more")
                               : "; " + std::to_string(set.left_out) + " could not be had, the first " +
                                     Quoted(set.failures.front().path) + ": " + set.failures.front().reason;
  return TooFew(work, set.features.rows(), next).error();
}

Matrix Rows(const Matrix& matrix, const std::vector<std::size_t>& rows) {
  Matrix out(rows.size(), matrix.columns());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(matrix.row(rows[i]), out.row(i).begin());
  return out;
}

// The parts of a teaching set.
struct Split {
  std::vector<std::size_t> fitted;
  std::vector<std::size_t> held_out;
};

Split SplitOf(std::size_t count) {
  Split split;
  for (std::size_t row = 0; row < count; ++row) {
    const bool held = row / kHeldOutRun % kOneRunIn == kOneRunIn - 1 && split.held_out.size() < kMostHeldOut;
    (held ? split.held_out : split.fitted).push_back(row);
  }
  return split;
}

// How sentences of our own meet the student's pictures.
struct SentenceFit {
  ScoreBackground background;
  double recall_at_10 = 0;
};

Result<SentenceFit> MeetSentences(Embedder& teacher, const Matrix& by_teacher, const Matrix& by_student) {
  VITRINE_TRY_ASSIGN(const Matrix sentences, teacher.EmbedTexts(SampleCaptions()));
  double sum = 0;
  double squares = 0;
  for (std::size_t q = 0; q < sentences.rows(); ++q) {
    for (std::size_t i = 0; i < by_student.rows(); ++i) {
      const double score = Cosine(sentences.row(q), by_student.row(i));
      sum += score;
      squares += score * score;
    }
  }
  const double count = static_cast<double>(sentences.rows() * by_student.rows());
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(squares / count - mean * mean, 1e-12));
  return SentenceFit{.background = {.mean = mean, .deviation = deviation},
                     .recall_at_10 = FirstAmongTen(sentences, by_teacher, by_student)};
}

// The teacher's self-test picture as the student sees it.
Result<std::vector<float>> PictureVector(const Distillation& work, const Projection& projection) {
  const SelfTestSpec& test = work.teacher_pack.self_test();
  VITRINE_TRY_ASSIGN(const std::string pixels, work.teacher_pack.Read(test.picture));
  const RgbImage picture{test.width_px, test.height_px, {pixels.begin(), pixels.end()}};
  VITRINE_TRY_ASSIGN(const Matrix features, work.backbone.Features({&picture, 1}));
  const Matrix vector = ProjectedVectors(projection, features);
  return std::vector<float>(vector.row(0).begin(), vector.row(0).end());
}

// Of what the teacher says, so much as leaves room for what the backbone says.
std::string Both(const std::string& teacher, const std::string& backbone, std::size_t most) {
  const std::string of_teacher(CutUtf8(teacher, most));
  return of_teacher == backbone ? of_teacher : of_teacher + "; image tower: " + backbone;
}

// After teacher and backbone, as much of the teacher's name as there is room for.
std::string StudentName(const Distillation& work) {
  const std::string tail = "-" + work.backbone.pack().name;
  const std::size_t room = kMostNameBytes - std::min(tail.size(), kMostNameBytes);
  const std::string name = std::string(CutUtf8(work.teacher_pack.name(), room)) + tail;
  return std::string(CutUtf8(name, kMostNameBytes));
}

// Before anything is looked at: AddPack() would refuse it at the end.
Status CheckName(const Distillation& work) {
  VITRINE_TRY(IdOf(StudentName(work), "1",
                   "it is made of \"name\" in " + Quoted(JoinPath(work.teacher_pack.folder(), "pack.json")) +
                       " and in " + Quoted(JoinPath(work.backbone.pack().place.folder, "backbone.json")) +
                       ": correct it there"));
  return {};
}

// The version is the projection's hash: another library gives another student, with vectors of its own.
StudentParts PartsOf(const Distillation& work, const Projection& projection,
                     const ScoreBackground& background, std::vector<float> picture_vector) {
  const ModelPack& teacher = work.teacher_pack;
  const BackbonePack& backbone = work.backbone.pack();
  return {.name = StudentName(work),
          .version = Hex(Sha256(ProjectionBytes(projection))).substr(0, 8),
          .licence = Both(teacher.licence(), backbone.licence, kMostLicenceBytes),
          .origin = "distilled by vitrine from " + teacher.name() + " " + teacher.version() + " on " +
                    std::to_string(work.report.fitted) + " pictures of a library; " +
                    Both(teacher.origin(), backbone.origin, kMostOriginBytes),
          .projection = projection,
          .picture_vector = std::move(picture_vector),
          .background = background};
}

// A student has its backbone's precision, whatever the teacher was asked for in.
EmbedderOptions StudentOptions(const Distillation& work, const std::string& folder) {
  EmbedderOptions embedding = work.place.embedding;
  embedding.pack_folder = folder;
  embedding.precision = Precision::kAuto;
  return embedding;
}

Status MeasurePace(Distillation& work, const std::string& student_folder) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Embedder> student,
                     OpenEmbedder(StudentOptions(work, student_folder)));
  VITRINE_TRY_ASSIGN(const Pace pace, ComparePace(work.teacher, *student, kPaceSeconds, work.stop));
  work.report.teacher_per_second = pace.first;
  work.report.student_per_second = pace.second;
  return {};
}

Result<KnownPack> AddStudent(Distillation& work, const StudentParts& parts) {
  VITRINE_TRY_ASSIGN(const ScratchFolder scratch, FolderForAdding(work.place.packs));
  VITRINE_TRY(WriteStudentPack(work.teacher_pack, work.backbone.pack(), parts, scratch.path()));
  Announce(work.observer, "measuring teacher and student in turns");
  VITRINE_TRY(MeasurePace(work, scratch.path()));
  const auto trial = [&](const std::string& copy) -> Status {
    VITRINE_TRY(InspectModel(StudentOptions(work, copy)));
    return {};
  };
  return AddPack(work.place.packs, scratch.path(), trial);
}

void Judge(Distillation& work, const Matrix& by_teacher, const Matrix& by_student, const ProjectionFit& fit) {
  const Fidelity fidelity = Compare(by_teacher, by_student);
  work.report.method = fit.power == 1 ? "ridge" : "cca";
  work.report.strength = fit.strength;
  work.report.power = fit.power;
  work.report.cosine_mean = fidelity.cosine_mean;
  work.report.cosine_p1 = fidelity.cosine_p1;
  work.report.overlap_at_10 = fidelity.overlap;
}

Result<KnownPack> Distil(Distillation& work) {
  VITRINE_TRY_ASSIGN(TeachingSet set, Collect(work));
  work.report.left_out = set.left_out;
  work.report.failures = std::move(set.failures);
  const Split split = SplitOf(set.features.rows());
  work.report.fitted = split.fitted.size();
  work.report.held_out = split.held_out.size();
  Announce(work.observer, "solving");
  VITRINE_TRY_ASSIGN(const ProjectionFit fit, FitProjection(Rows(set.features, split.fitted),
                                                            Rows(set.vectors, split.fitted), work.stop));
  const Matrix by_teacher = Rows(set.vectors, split.held_out);
  const Matrix by_student = ProjectedVectors(fit.projection, Rows(set.features, split.held_out));
  Judge(work, by_teacher, by_student, fit);
  VITRINE_TRY_ASSIGN(const SentenceFit sentences, MeetSentences(work.teacher, by_teacher, by_student));
  work.report.recall_at_10 = sentences.recall_at_10;
  VITRINE_TRY_ASSIGN(std::vector<float> picture_vector, PictureVector(work, fit.projection));
  return AddStudent(work, PartsOf(work, fit.projection, sentences.background, std::move(picture_vector)));
}

}  // namespace

Result<Distilled> DistillModel(const DistillPlace& place, const std::string& backbone_folder,
                               VectorObserver* observer, const StopSignal& stop) {
  const Clock::time_point start = Clock::now();
  Announce(observer, "trying teacher and backbone");
  VITRINE_TRY_ASSIGN(const Backbone backbone, Backbone::Open(backbone_folder, place.embedding.image_threads));
  VITRINE_TRY_ASSIGN(const ModelPack teacher_pack, ModelPack::Load(place.teacher.folder));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Embedder> teacher, OpenEmbedder(place.embedding));
  Distillation work{place, backbone, teacher_pack, *teacher, observer, stop};
  VITRINE_TRY(CheckName(work));
  work.report.teacher = place.teacher.id;
  work.report.backbone = backbone.pack().name + " " + backbone.pack().version;
  VITRINE_TRY_ASSIGN(KnownPack student, Distil(work));
  std::error_code ignored;
  std::filesystem::remove(work.kept_file, ignored);  // It has served.
  work.report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return Distilled{.student = std::move(student), .report = std::move(work.report)};
}

}  // namespace vitrine
