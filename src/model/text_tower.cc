#include "model/text_tower.h"

#include <algorithm>
#include <sstream>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "model/tower_checks.h"

namespace vitrine {
namespace {

Status CheckGraph(const OrtSession& session, const TextTowerSpec& spec, std::size_t dimension) {
  const std::size_t inputs = spec.attention_mask.empty() ? 1 : 2;
  if (session.inputs().size() != inputs) {
    return Error(Code::kModel, "it has " + std::to_string(session.inputs().size()) + " inputs where " +
                                   (inputs == 1 ? "1 is right" : "2 are right"));
  }
  const std::int64_t length = spec.pad_to != 0 ? static_cast<std::int64_t>(spec.pad_to) : -1;
  const std::int64_t input[] = {-1, length};
  const ElementType type = spec.is_int32 ? ElementType::kInt32 : ElementType::kInt64;
  const std::int64_t output[] = {-1, static_cast<std::int64_t>(dimension)};
  VITRINE_TRY(CheckTensor(session.inputs(), spec.input_ids, type, input));
  if (inputs == 2) VITRINE_TRY(CheckTensor(session.inputs(), spec.attention_mask, type, input));
  return CheckTensor(session.outputs(), spec.output, ElementType::kFloat32, output);
}

std::string FillPrompt(const std::string& prompt, const std::string& text) {
  std::string filled = prompt;
  return filled.replace(filled.find("{}"), 2, text);
}

std::string Unusable(const ModelPack& pack) {
  return "the text tower " + Quoted(JoinPath(pack.folder(), pack.text().file.name)) + " cannot be used";
}

// A tensor of one text's ids, or of its mask, in the type that the graph takes.
class Row {
 public:
  Row(std::span<const std::int64_t> values, bool is_int32)
      : shape_{1, static_cast<std::int64_t>(values.size())},
        wide_(values.begin(), values.end()),
        is_int32_(is_int32) {
    if (is_int32) narrow_.assign(values.begin(), values.end());
  }

  TensorView View(const std::string& name) const {
    if (is_int32_) return {name.c_str(), ElementType::kInt32, shape_, std::as_bytes(std::span(narrow_))};
    return {name.c_str(), ElementType::kInt64, shape_, std::as_bytes(std::span(wide_))};
  }

 private:
  const std::vector<std::int64_t> shape_;
  const std::vector<std::int64_t> wide_;
  std::vector<std::int32_t> narrow_;
  const bool is_int32_;
};

}  // namespace

Result<TextTower> TextTower::Load(const ModelPack& pack, const SessionSettings& settings,
                                  const SessionOpener& open, const KeptGraph& kept) {
  TextTower tower;
  tower.spec_ = pack.text();
  tower.dimension_ = pack.space().dimension;
  tower.provider_ = settings.provider;
  Status tokenizer;
  Status session;
  {
    const std::jthread beside([&] { tokenizer = tower.LoadTokenizer(pack); });
    session = tower.OpenSession(pack, settings, open, kept);
  }
  VITRINE_TRY(tokenizer);
  VITRINE_TRY(session);
  const auto sentences = std::span(pack.self_test().sentences).first(1);
  const auto cosines = tower.SelfTest(sentences, tower.spec_.least_cosine);
  if (!cosines) return pack.Refuse(Unusable(pack), cosines.error());
  if (tower.made_)
    (void)tower.PutAside(settings, kept, sentences.front().text);  // A cache: all goes on without.
  return tower;
}

Status TextTower::LoadTokenizer(const ModelPack& pack) {
  VITRINE_TRY_ASSIGN(const std::string description, pack.Read(spec_.tokenizer_file));
  Result<std::unique_ptr<const Tokenizer>> tokenizer = MakeTokenizer(spec_.tokenizer, description);
  if (!tokenizer) return pack.Refuse(Unusable(pack), tokenizer.error());
  tokenizer_ = *std::move(tokenizer);
  return {};
}

Status TextTower::OpenSession(const ModelPack& pack, const SessionSettings& settings,
                              const SessionOpener& open, const KeptGraph& kept) {
  const bool may_keep = settings.provider == Provider::kCpu;
  const Result<std::string> entry = may_keep ? kept.shelf.Find(kept.key) : Error(Code::kNotFound, "none");
  Result<std::unique_ptr<OrtSession>> session =
      entry ? OrtSession::OpenKept(*entry, settings) : Result<std::unique_ptr<OrtSession>>(entry.error());
  if (!session) session = OpenFromPack(pack, settings, open, may_keep ? kept.shelf : GraphShelf({}));
  if (!session) return session.error();
  session_ = *std::move(session);
  const Status checked = CheckGraph(*session_, spec_, dimension_);
  return checked ? Status() : pack.Refuse(Unusable(pack), checked.error());
}

// When the disk fills up meanwhile, it is opened without being kept.
Result<std::unique_ptr<OrtSession>> TextTower::OpenFromPack(const ModelPack& pack,
                                                            const SessionSettings& settings,
                                                            const SessionOpener& open,
                                                            const GraphShelf& shelf) {
  VITRINE_TRY_ASSIGN(std::string bytes, pack.Read(spec_.file));
  if (std::optional<ScratchFolder> folder = shelf.Begin(bytes.size())) {
    SessionSettings keeping = settings;
    keeping.keep_in = folder->path();
    Result<std::unique_ptr<OrtSession>> session = open(std::move(bytes), keeping);
    if (session) made_.emplace(*std::move(folder));
    if (session) return session;
    VITRINE_TRY_ASSIGN(bytes, pack.Read(spec_.file));
  }
  Result<std::unique_ptr<OrtSession>> session = open(std::move(bytes), settings);
  if (!session) return pack.Refuse(Unusable(pack), session.error());
  return session;
}

// What was left is believed once it gives the same bits.
Status TextTower::PutAside(const SessionSettings& settings, const KeptGraph& kept,
                           const std::string& sentence) {
  const ScratchFolder made = *std::move(made_);
  made_.reset();
  VITRINE_TRY_ASSIGN(const std::unique_ptr<OrtSession> again, OrtSession::OpenKept(made.path(), settings));
  std::vector<float> vectors[2];
  for (std::vector<float>& vector : vectors) {
    vector.resize(dimension_);
    VITRINE_TRY(EmbedOne(&vector == vectors ? *session_ : *again, sentence, vector));
  }
  if (vectors[0] != vectors[1]) return Error(Code::kModel, "the kept graph gives another vector");
  return kept.shelf.Put(kept.key, made);
}

Result<std::vector<double>> TextTower::SelfTest(std::span<const SelfTestSpec::Sentence> sentences,
                                                double min_cosine) const {
  std::vector<double> cosines;
  for (const SelfTestSpec::Sentence& sentence : sentences) {
    VITRINE_TRY_ASSIGN(const Matrix vectors, Embed({&sentence.text, 1}));
    cosines.push_back(Cosine(vectors.row(0), sentence.vector));
    if (cosines.back() >= min_cosine) continue;
    std::ostringstream message;
    message
        << "on " << ProviderName(provider_) << " its vector of " << Quoted(sentence.text)
        << " has a cosine of " << cosines.back() << " with the expected one, and " << min_cosine
        << " is the least; the pack's files do not belong together, or this provider computes wrongly here";
    return Error(Code::kModel, message.str());
  }
  return cosines;
}

// One text a run: int8 towers scale activations by the largest value of the whole batch, so a text's vector
// would depend on its neighbours.
Result<Matrix> TextTower::Embed(std::span<const std::string> texts) const {
  Matrix vectors(texts.size(), dimension_);
  for (std::size_t i = 0; i < texts.size(); ++i) VITRINE_TRY(EmbedOne(*session_, texts[i], vectors.row(i)));
  return vectors;
}

Status TextTower::EmbedOne(const OrtSession& session, const std::string& text,
                           std::span<float> vector) const {
  std::vector<std::int64_t> ids = tokenizer_->Encode(FillPrompt(spec_.prompt, text));
  std::vector<std::int64_t> mask(ids.size(), 1);
  if (spec_.pad_to != 0) {
    ids.resize(spec_.pad_to, spec_.pad_id);
    mask.resize(spec_.pad_to, 0);
  }
  const Row id_row(ids, spec_.is_int32);
  const Row mask_row(mask, spec_.is_int32);
  std::vector<TensorView> inputs = {id_row.View(spec_.input_ids)};
  if (!spec_.attention_mask.empty()) inputs.push_back(mask_row.View(spec_.attention_mask));
  VITRINE_TRY_ASSIGN(Matrix vectors, session.Run(inputs, spec_.output.c_str(), 1, dimension_));
  VITRINE_TRY(NormaliseRows(vectors));
  std::copy(vectors.row(0).begin(), vectors.row(0).end(), vector.begin());
  return {};
}

}  // namespace vitrine
