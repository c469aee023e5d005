#include "engine/index_keeper.h"

#include <array>
#include <charconv>
#include <numeric>
#include <optional>

#include "base/human.h"
#include "base/try.h"
#include "engine/snapshot.h"
#include "query/sample_captions.h"

namespace vitrine {
namespace {

constexpr char kKindSetting[] = "index.kind";
constexpr char kMemorySetting[] = "index.memory_bytes";
constexpr char kRecallSetting[] = "index.recall";
constexpr char kBuildSetting[] = "index.build_seconds";

constexpr std::array kKinds = {IndexKind::kAuto, IndexKind::kExact, IndexKind::kCompressed, IndexKind::kIvf,
                               IndexKind::kHnsw};

bool IsRecall(double recall) { return recall > 0 && recall <= 1; }

template <typename Number>
std::optional<Number> Parsed(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string Text(double number) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), result.ptr};
}

Result<std::string> ReadSetting(Catalog& catalog, const char* name) {
  VITRINE_TRY_ASSIGN(const std::optional<std::string> value, catalog.Setting(name));
  return value.value_or("");
}

// The mean of the rows: the point that words lie around.
std::vector<float> MeanOf(const Matrix& vectors) {
  std::vector<float> mean(vectors.columns());
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    const std::span<const float> row = vectors.row(i);
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += row[j];
  }
  for (float& x : mean) x /= static_cast<float>(std::max<std::size_t>(1, vectors.rows()));
  return mean;
}

void Announce(VectorObserver* observer, const std::string& step) {
  if (observer != nullptr) observer->OnStep(step, 0, 0);
}

// One try, with the vector files checked as asked.
Result<VectorIndexState> TryToKeep(CatalogGate& writer, const std::string& library_folder, Embedder& embedder,
                                   bool force, Checking checking, VectorObserver* observer) {
  const Space& space = embedder.space();
  VITRINE_TRY_ASSIGN(const std::uint64_t generation, writer.With([&](Catalog& catalog) {
    return catalog.EnsureSpace(space.id, space.model, space.dimension);
  }));
  // Reading takes long in a large library; whoever writes meanwhile need not wait for it.
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Catalog> reader,
                     Catalog::Open(library_folder, CatalogMode::kRead));
  const SegmentIdentity identity = IdentityOf(library_folder, space, generation);
  VITRINE_TRY_ASSIGN(const std::unique_ptr<RowSource> source, reader->Vectors(space.id));
  Announce(observer, "writing the vector files");
  VITRINE_TRY(PublishSegments(identity, *source, checking));
  VITRINE_TRY_ASSIGN(const auto table, OpenSegments(identity, *source));
  VITRINE_TRY_ASSIGN(const RowSet live, reader->LiveRows(space.id));
  VITRINE_TRY_ASSIGN(const IndexPolicy policy, RememberedPolicy(*reader));

  // An exact scan has nothing to tune: the text tower need not be loaded.
  const IndexKind kind = ChooseKind(policy, table->row_count(), space.dimension);
  Matrix samples;
  std::vector<float> anchor;
  if (kind != IndexKind::kExact && table->row_count() > 0) {
    VITRINE_TRY_ASSIGN(samples, EmbedSampleCaptions(embedder));
    anchor = MeanOf(samples);
    Announce(observer, "building the " + std::string(NameOf(kind)) + " index over " +
                           Thousands(table->row_count()) + " vectors");
  }
  VITRINE_TRY_ASSIGN(const VectorIndexReport report,
                     PublishIndex(identity, table, live, policy, samples.values(), anchor, force));
  if (report.built) {
    VITRINE_TRY(writer.With(
        [&](Catalog& catalog) { return catalog.SetSetting(kBuildSetting, Text(report.build_seconds)); }));
  }
  return ToPublic(report);
}

}  // namespace

Result<IndexPolicy> RememberedPolicy(Catalog& catalog) {
  IndexPolicy policy;
  VITRINE_TRY_ASSIGN(const std::string kind, ReadSetting(catalog, kKindSetting));
  for (const IndexKind known : kKinds) {
    if (kind == NameOf(known)) policy.kind = known;
  }
  VITRINE_TRY_ASSIGN(const std::string memory, ReadSetting(catalog, kMemorySetting));
  policy.memory_bytes = Parsed<std::uint64_t>(memory).value_or(policy.memory_bytes);
  VITRINE_TRY_ASSIGN(const std::string recall, ReadSetting(catalog, kRecallSetting));
  if (const auto asked = Parsed<double>(recall); asked && IsRecall(*asked)) policy.recall = *asked;
  return policy;
}

Status RememberPolicy(Catalog& catalog, const IndexPolicy& policy) {
  if (!IsRecall(policy.recall)) {
    return Error(Code::kInvalidArgument, "the recall must lie above 0 and be at most 1; 0.99 is usual");
  }
  VITRINE_TRY(catalog.SetSetting(kKindSetting, std::string(NameOf(policy.kind))));
  VITRINE_TRY(catalog.SetSetting(kMemorySetting, std::to_string(policy.memory_bytes)));
  return catalog.SetSetting(kRecallSetting, Text(policy.recall));
}

Result<double> RememberedBuildSeconds(Catalog& catalog) {
  VITRINE_TRY_ASSIGN(const std::string seconds, ReadSetting(catalog, kBuildSetting));
  return Parsed<double>(seconds).value_or(0);
}

Result<Matrix> EmbedSampleCaptions(Embedder& embedder) { return embedder.EmbedTexts(SampleCaptions()); }

Status KeepSegments(Catalog& catalog, const std::string& library_folder, const Space& space) {
  VITRINE_TRY_ASSIGN(const std::uint64_t generation, catalog.Generation(space.id));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<RowSource> source, catalog.Vectors(space.id));
  return PublishSegments(IdentityOf(library_folder, space, generation), *source, Checking::kOnFirstUse);
}

Result<VectorIndexState> KeepIndex(CatalogGate& writer, const std::string& library_folder, Embedder& embedder,
                                   bool force, VectorObserver* observer) {
  const Checking checking = force ? Checking::kAll : Checking::kOnFirstUse;
  auto kept = TryToKeep(writer, library_folder, embedder, force, checking, observer);
  const bool damaged = !kept && kept.error().code() == Code::kCorrupt && checking != Checking::kAll;
  if (!damaged) return kept;
  return TryToKeep(writer, library_folder, embedder, force, Checking::kAll, observer);
}

VectorIndexState ToPublic(const VectorIndexReport& report) {
  return {.kind = report.kind,
          .rows = report.rows,
          .covered = report.covered,
          .tail = report.tail,
          .bytes = report.bytes,
          .build_seconds = report.build_seconds,
          .recall = report.recall,
          .built = report.built,
          .note = report.note};
}

}  // namespace vitrine
