// The models of a library: a picture may have a vector of each, side by side, and one of them answers
// searches, or two whose answers are mixed into one list.
//
//   auto models = vitrine::Models::Open({.folder = "/home/ada/.local/share/vitrine/default"});
//   if (!models) return Report(models.error());
//   vitrine::StopSignal stop;
//   auto added = (*models)->Add("/home/ada/Downloads/clip-vit-b32");
//   auto used = (*models)->Use("clip-vit-b32", {}, nullptr, stop);
//
// Another model needs a vector of every picture before it can answer. Use() makes those that are missing
// while searches go on with the old one, and swaps when it is done: every process that has the library open
// notices at its next search. Vectors stay until Remove(), so going back costs no inference. Of two models
// that are mixed each searches its own space, and the lists are fused by rank; tags, boards and what is not a
// search are the first one's. New pictures get a vector of both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vitrine/index_report.h"
#include "vitrine/library.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// Vectors of a model in another precision of its image tower than it is opened in.
struct OtherPrecision {
  std::string precision;       ///< "int8", "fp32", ...
  std::string space;           ///< Remove() takes it.
  std::uint64_t pictures = 0;  ///< Living pictures that have such a vector.
};

/// A model that a library may use, or has vectors of.
struct ModelInfo {
  std::string id;    ///< What commands call it: the name of its folder; of vectors without a pack, the space.
  std::string name;  ///< As its maker calls it.
  std::string version;
  std::string licence;  ///< For people, in full.
  std::string origin;
  std::string folder;  ///< Empty for vectors whose pack is not here.
  std::string space;   ///< 16 hex digits; vectors of two spaces are never compared. Empty where not known.
  std::size_t dimension = 0;
  std::string image_precision;  ///< That it is opened in: "int8", "fp32", ...
  std::string text_precision;
  bool in_library = false;  ///< Lies in the library's folder; Remove() deletes it. Else beside the program.
  bool answers = false;     ///< Searches are answered by it, alone or with another.
  bool mixed_in = false;    ///< It is the second of two that answer.
  std::uint64_t pictures = 0;          ///< Living pictures that have a vector of it, in the precision named.
  std::vector<OtherPrecision> others;  ///< Vectors that an index run in another precision left.
  std::string problem;                 ///< Why it cannot be used, in words; else empty.
};

struct ModelList {
  std::vector<ModelInfo>
      models;                  ///< Those beside the program, of the library, and without a pack, by id each.
  std::uint64_t pictures = 0;  ///< Living pictures of the library.
};

struct UseOptions {
  std::string with;  ///< A second model whose answers are mixed in. Empty: the first answers alone.
  bool now = false;  ///< Swap before the missing vectors are made; until then searches find what has one.
};

/// What Use() did.
struct UseReport {
  std::string id;                    ///< Of the model.
  std::string with;                  ///< Of the second one; empty for none.
  std::string before;                ///< Of the model that answered before,
  std::string before_with;           ///< and of the one that was mixed in.
  std::uint64_t embedded = 0;        ///< Vectors made by this call.
  std::uint64_t pictures = 0;        ///< Living pictures with a vector of the model now.
  std::uint64_t left_out = 0;        ///< Pictures that could not be had: offline, changed, damaged. Of two
                                     ///< models, those of the one that lacks more.
  std::vector<FileRecord> failures;  ///< The first of them, with reasons.
  bool answers = false;              ///< Searches are answered by it now.
  bool stopped = false;              ///< Ended early; the next call goes on from here.
  double seconds = 0;
};

/// What Remove() did.
struct ModelRemoval {
  std::string id;
  std::uint64_t vectors = 0;  ///< Deleted.
  bool pack_removed = false;  ///< The pack lay in the library and is gone.
};

/// A way to drive the image tower, tried on this machine.
struct BenchWay {
  int threads = 1;        ///< Of inference.
  std::size_t batch = 8;  ///< Pictures that go through it together.
  double picture_ms = 0;  ///< Time that a picture takes so,
  double cpu_ms = 0;      ///< and processor time.
  bool chosen = false;    ///< Index runs do it so from now on.
};

/// What Bench() measured on this machine.
struct ModelBench {
  std::string id;
  std::string runtime;         ///< "ONNX Runtime 1.24.1".
  std::string image_provider;  ///< Where the towers ran.
  std::string text_provider;
  double picture_cosine = 0;       ///< Of the pack's self-test: with the expected vector,
  double sentence_cosine = 0;      ///< and the worst sentence's.
  double load_seconds = 0;         ///< Reading, checking and loading both towers, and their self-test.
  double picture_ms = 0;           ///< One picture alone, decoded and at hand; the median.
  double pictures_per_second = 0;  ///< In batches of eight, without decoding.
  double text_ms = 0;              ///< One sentence alone; the median.
  double texts_per_second = 0;     ///< In batches of 32.
  std::vector<BenchWay> ways;      ///< The usual one first; none where it runs on an accelerator.
  std::vector<std::string> notes;
};

struct DistillOptions {
  std::string teacher;  ///< As for Use(); the library has vectors of it.
  std::string student;  ///< The folder of a backbone (docs/formats/backbone.md).
};

/// What Distill() did, and how near the student comes to its teacher. The figures are taken on pictures that
/// the projection was not fitted on.
struct DistillReport {
  ModelInfo model;                   ///< The student, in the library; Use() takes it into use.
  std::string teacher;               ///< Its id.
  std::string backbone;              ///< "efficientnet-lite0 1".
  std::uint64_t fitted = 0;          ///< Pictures that the projection was fitted on.
  std::uint64_t held_out = 0;        ///< Pictures that it was judged on.
  std::uint64_t left_out = 0;        ///< Pictures that could not be had.
  std::vector<FileRecord> failures;  ///< The first of them, with reasons.
  std::string method;                ///< "ridge", or "cca": ridge with its answers rescaled by CCA.
  double strength = 0;               ///< Of the ridge, in variances of a feature; by cross-validation.
  double power = 1;                  ///< Of the canonical correlations; 1 is ridge; by cross-validation.
  double cosine_mean = 0;            ///< Between a picture's vectors by teacher and student.
  double cosine_p1 = 0;              ///< The 1st percentile.
  double overlap_at_10 = 0;          ///< Share of a picture's ten neighbours that both name.
  /// Of our own sentences: how often the teacher's best picture is among the student's ten best. No caption
  /// of the library's pictures is needed.
  double recall_at_10 = 0;
  double teacher_per_second = 0;  ///< Pictures, decoded and at hand; both in turns on this machine.
  double student_per_second = 0;
  double seconds = 0;
};

/// The models of one library. Thread-safe. Library::Open() with another model than the one in use is not
/// needed here, and LibraryOptions::model is of no account: a library whose model is damaged gets another one
/// this way.
class Models {
 public:
  /// Touches nothing. The library's folder need not exist yet. Errors: kInvalidArgument (no folder).
  static Result<std::unique_ptr<Models>> Open(const LibraryOptions& options);
  virtual ~Models() = default;

  /// Never writes. Errors: those of reading a library that is there.
  virtual Result<ModelList> List() = 0;

  /// Copies a pack into the library as "models/NAME-VERSION", where it appears whole or not at all, after
  /// each of its files was found right and both towers passed the pack's self-test. Vectors are made by
  /// Use(). Errors: kModel (no pack, a damaged one, one that fails its self-test), kInvalidArgument (its
  /// space is that of a model which is here already), kNoSpace, kIo.
  virtual Result<ModelInfo> Add(const std::string& folder) = 0;

  /// Makes the vectors that are missing in the model's space, step by step, each durable, then has it answer
  /// searches. The library is locked for writing only for moments, so others may change it meanwhile; while
  /// another process indexes it, this waits. Pictures that came meanwhile are taken in before the swap. Where
  /// some pictures cannot be had there is no swap, unless `now` asks for it. A library that is not there yet
  /// is made, for its model to be known before the first Index(). With a second model, all of this holds for
  /// both; without, one that was mixed in is so no longer.
  /// @param name  an id, or a name that only one model has. @param observer  may be null.
  /// Errors: kModel (no such model, or it fails its self-test), kInvalidArgument (twice the same model),
  /// kNoSpace, kIo, kCorrupt, kUnsupported. After any of them what answered before still does.
  virtual Result<UseReport> Use(const std::string& name, const UseOptions& options, VectorObserver* observer,
                                const StopSignal& stop) = 0;

  /// Deletes all vectors of a model, in every precision, and its pack where that lies in the library; or one
  /// precision's vectors alone.
  /// @param name  as for Use(); also the space of vectors whose pack is not here, or of ModelInfo::others.
  /// Errors: kInvalidArgument (one that answers searches; nothing to remove), kModel (no such model),
  /// kLocked, kNoSpace, kIo.
  virtual Result<ModelRemoval> Remove(const std::string& name) = 0;

  /// Makes a faster model in the space of one that is here: from the teacher's vectors in the library, solves
  /// in closed form what takes a backbone's features there, and adds the pack of backbone, projection and the
  /// teacher's text tower to the library. At most some 20,000 pictures are looked at. The library is only
  /// read. Ended early, the next call goes on from the features that are there.
  /// @param observer  may be null.
  /// Errors: kModel (no such teacher or backbone, or a damaged one), kInvalidArgument (too few pictures with
  /// vectors; the same student is here already), kCancelled (stopped), kLocked (another call does the same),
  /// kNoSpace, kIo.
  virtual Result<DistillReport> Distill(const DistillOptions& options, VectorObserver* observer,
                                        const StopSignal& stop) = 0;

  /// Runs the self-test, tries on how many threads and in what batches the image tower is driven best here,
  /// which is remembered for index runs, and measures for some seconds; asks nothing of the library.
  /// Errors: kModel (no such model, or it fails its self-test), kCancelled (stopped).
  virtual Result<ModelBench> Bench(const std::string& name, const StopSignal& stop) = 0;
};

}  // namespace vitrine
