#include "model/pack_embedder.h"

#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "model/int8_dot.h"

namespace vitrine {
namespace {

// Where OpenVINO is faster at all, it saves about a millisecond a picture and costs some 0.7 s to compile.
constexpr std::size_t kWorthCompiling = 1024;
constexpr double kTuningSeconds = 1.5;

Status CheckOptions(const EmbedderOptions& options) {
  const auto sensible = [](int threads) { return threads >= 1 && threads <= 1024; };
  if (sensible(options.image_threads) && sensible(options.text_threads)) return {};
  return Error(Code::kInvalidArgument, "the number of inference threads must lie in 1..1024");
}

// The folder, made if need be; empty where it cannot be, since a graph can be compiled at every start as
// well.
std::string CacheFolder(const std::string& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return folder;
  return std::filesystem::create_directories(folder, error) ? folder : "";
}

std::string NotUsed(const ProviderEntry& entry, const std::string& why) {
  return std::string(entry.name) + " is not used: " + why;
}

// As large as the decoder gives them.
std::vector<RgbImage> NoisePicturesOf(std::int32_t edge_px) {
  return NoisePictures(edge_px + edge_px / 2, edge_px);
}

// Both outlive it.
TowerRun RunOf(const ImageTower& tower, std::span<const RgbImage> pictures) {
  return [&tower, pictures](std::size_t count, std::size_t batch) -> Status {
    VITRINE_TRY(tower.Embed(pictures.first(count), batch));
    return {};
  };
}

GraphKey KeyOfText(const ModelPack& pack, const Machine& machine) {
  return {.file = JoinPath(pack.folder(), pack.text().file.name),
          .sha256 = pack.text().file.sha256,
          .processor = machine.processor + "\n" + machine.features};
}

Result<std::unique_ptr<PackEmbedder>> Open(const EmbedderOptions& options) {
  VITRINE_TRY(CheckOptions(options));
  VITRINE_TRY_ASSIGN(ModelPack pack, ModelPack::Load(options.pack_folder));
  VITRINE_TRY(pack.Choose(WishOf(options)));
  return std::make_unique<PackEmbedder>(std::move(pack), options);
}

}  // namespace

PrecisionWish WishOf(const EmbedderOptions& options) {
  return {.precision = options.precision,
          .device = options.device,
          .int8_dot = HasInt8DotProduct(),
          .in_use = options.space_in_use};
}

PackEmbedder::PackEmbedder(ModelPack pack, EmbedderOptions options, Machine machine)
    : pack_(std::move(pack)),
      options_(std::move(options)),
      machine_(std::move(machine)),
      shelf_(options_.tuning_folder),
      kept_graph_{GraphShelf(options_.graph_folder), KeyOfText(pack_, machine_)} {
  tuning_ = Remembered(Provider::kOpenVino, MayUseBf16());
  if (!tuning_) tuning_ = Remembered(Provider::kCpu, false);
}

std::size_t PackEmbedder::picture_batch() const { return tuning_ ? tuning_->batch : kPictureBatch; }

Result<Matrix> PackEmbedder::EmbedPictures(std::span<const RgbImage> pictures) {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<const ImageTower> tower, image_tower(pictures.size()));
  return tower->Embed(pictures, picture_batch());
}

Result<Matrix> PackEmbedder::EmbedTexts(std::span<const std::string> texts) {
  VITRINE_TRY_ASSIGN(const TextTower* tower, text_tower());
  return tower->Embed(texts);
}

Result<std::shared_ptr<const ImageTower>> PackEmbedder::image_tower(std::size_t pictures) {
  const std::lock_guard lock(mutex_);
  if (!image_state_) image_state_.emplace(LoadFirstImageTower());
  if (!*image_state_) return image_state_->error();
  pictures_asked_ += pictures;
  if (!tried_faster_ && pictures_asked_ >= kWorthCompiling) {
    tried_faster_ = true;
    TryFasterImageTower();
  }
  return image_tower_;
}

Result<const TextTower*> PackEmbedder::text_tower() {
  return text_tower_.Get([this] {
    std::vector<std::string> notes;
    Result<TextTower> tower = LoadOnDevice<TextTower>(options_.text_threads, notes);
    const std::lock_guard lock(mutex_);
    for (std::string& note : notes) notes_.push_back("words: " + std::move(note));
    return tower;
  });
}

std::vector<std::string> PackEmbedder::notes() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

template <typename Tower>
Result<Tower> PackEmbedder::Load(Provider provider, int threads, bool bf16) const {
  SessionSettings settings = {.provider = provider, .threads = threads, .bf16 = bf16};
  if (EntryOf(provider).device != Device::kCpu) settings.cache_folder = CacheFolder(options_.cache_folder);
  if constexpr (std::is_same_v<Tower, TextTower>) {
    return Tower::Load(pack_, settings, machine_.open, kept_graph_);
  } else {
    return Tower::Load(pack_, settings, machine_.open);
  }
}

// The first provider of the device that was asked for on which the tower gives the pack's own vectors; the
// plain kernels where there is none.
template <typename Tower>
Result<Tower> PackEmbedder::LoadOnDevice(int threads, std::vector<std::string>& notes) const {
  if (options_.device == Device::kGpu || options_.device == Device::kNpu) {
    for (const ProviderEntry& entry : AllProviders()) {
      if (entry.device != options_.device) continue;
      if (!machine_.Has(entry)) {
        notes.push_back(NotUsed(entry, "this runtime has no such provider"));
        continue;
      }
      Result<Tower> tower = Load<Tower>(entry.provider, threads);
      if (tower) return tower;
      notes.push_back(NotUsed(entry, tower.error().message()));
    }
  }
  return Load<Tower>(Provider::kCpu, threads);
}

// bf16 is a way to compute the file of float32, which OpenVINO knows for processors that have it.
bool PackEmbedder::MayUseBf16() const {
  const bool wanted = options_.precision == Precision::kAuto || options_.precision == Precision::kBf16;
  return wanted && machine_.bf16 && ParsePrecision(pack_.image().precision) == Precision::kFloat32;
}

// Asked for by name: from the first picture on, where it can be; float32 else.
Result<ImageTower> PackEmbedder::LoadAsBf16() {
  const ProviderEntry& openvino = EntryOf(Provider::kOpenVino);
  std::string why;
  if (!machine_.bf16) why = "this processor multiplies no bf16";
  if (!machine_.Has(openvino)) why = "this runtime has no OpenVINO provider";
  if (options_.device == Device::kCpu) why = "the plain kernels, which --device cpu asks for, have none";
  if (why.empty()) {
    Result<ImageTower> tower =
        Load<ImageTower>(Provider::kOpenVino, ImageThreads(Provider::kOpenVino, true), true);
    if (tower) return tower;
    why = tower.error().message();
  }
  notes_.push_back("bf16 is not used but fp32: " + why);
  return Load<ImageTower>(Provider::kCpu, ImageThreads(Provider::kCpu, false));
}

Status PackEmbedder::LoadFirstImageTower() {
  const bool accelerated = options_.device == Device::kGpu || options_.device == Device::kNpu;
  VITRINE_TRY_ASSIGN(ImageTower tower,
                     options_.precision == Precision::kBf16 && !accelerated
                         ? LoadAsBf16()
                         : LoadOnDevice<ImageTower>(ImageThreads(Provider::kCpu, false), notes_));
  image_tower_ = std::make_shared<const ImageTower>(std::move(tower));
  return {};
}

// Whether a long run may move there. OpenVINO ships with the program, so where it is passed over a note says
// why; that a machine has no accelerator is nothing to tell.
bool PackEmbedder::WorthTrying(const ProviderEntry& entry) {
  if (!entry.automatic || entry.provider == Provider::kCpu) return false;
  if (entry.provider != Provider::kOpenVino) return machine_.Has(entry);
  const bool is_int8 = ParsePrecision(pack_.image().precision) == Precision::kInt8;
  if (!is_int8 && !MayUseBf16()) return false;
  if (is_int8 && !machine_.int8_dot) {
    notes_.emplace_back("this processor has no int8 dot product, so OpenVINO would not be faster");
    return false;
  }
  if (!machine_.Has(entry)) notes_.emplace_back("this runtime has no OpenVINO provider");
  return machine_.Has(entry);
}

// Whatever speaks against all of them leaves the tower where it is, with notes.
void PackEmbedder::TryFasterImageTower() {
  if (options_.device != Device::kAuto || image_tower_->provider() != Provider::kCpu) return;
  for (const ProviderEntry& entry : AllProviders()) {
    if (!WorthTrying(entry)) continue;
    const bool bf16 = entry.provider == Provider::kOpenVino && MayUseBf16();
    Result<ImageTower> tower = Load<ImageTower>(entry.provider, ImageThreads(entry.provider, bf16), bf16);
    if (tower && IsFasterHere(*tower)) {
      image_tower_ = std::make_shared<const ImageTower>(*std::move(tower));
      return;
    }
    notes_.push_back(
        NotUsed(entry, tower ? "tried on some pictures, it was no faster here" : tower.error().message()));
  }
}

bool PackEmbedder::IsFasterHere(const ImageTower& other) const {
  if (machine_.is_faster == nullptr) return true;
  const std::vector<RgbImage> pictures = NoisePicturesOf(picture_edge_px());
  return machine_.is_faster(RunOf(other, pictures), RunOf(*image_tower_, pictures));
}

TuningKey PackEmbedder::KeyOf(Provider provider, bool bf16) const {
  return {.processor = machine_.processor,
          .threads = options_.image_threads,
          .tower = pack_.image().file.sha256,
          .provider = std::string(ProviderName(provider)) + (bf16 ? " in bf16" : ""),
          .runtime = RuntimeVersion()};
}

// None on a device where that provider does not run.
std::optional<TuningTrial> PackEmbedder::Remembered(Provider provider, bool bf16) const {
  const bool runs =
      options_.device == Device::kAuto || (options_.device == Device::kCpu && provider == Provider::kCpu);
  return runs ? shelf_.Recall(KeyOf(provider, bf16)) : std::nullopt;
}

int PackEmbedder::ImageThreads(Provider provider, bool bf16) const {
  const std::optional<TuningTrial> remembered = Remembered(provider, bf16);
  return remembered ? remembered->threads : options_.image_threads;
}

Result<TuningReport> PackEmbedder::Tune() {
  VITRINE_TRY(image_tower(kWorthCompiling));
  const std::lock_guard lock(mutex_);
  const Provider provider = image_tower_->provider();
  const bool bf16 = image_tower_->bf16();
  if (EntryOf(provider).device != Device::kCpu) {
    return Error(Code::kUnsupported, std::string(ProviderName(provider)) +
                                         " is driven in one way alone: there is nothing to try");
  }
  const std::vector<RgbImage> pictures = NoisePicturesOf(picture_edge_px());
  std::map<int, std::shared_ptr<const ImageTower>> towers = {{image_tower_->threads(), image_tower_}};
  const auto on_threads = [&](int threads) -> Result<TowerRun> {
    std::shared_ptr<const ImageTower>& tower = towers[threads];
    if (!tower) {
      VITRINE_TRY_ASSIGN(ImageTower loaded, Load<ImageTower>(provider, threads, bf16));
      tower = std::make_shared<const ImageTower>(std::move(loaded));
    }
    return RunOf(*tower, pictures);
  };
  TuningReport report;
  VITRINE_TRY_ASSIGN(report.trials, TryTunings(on_threads, options_.image_threads, kTuningSeconds));
  report.chosen = ChooseTrial(report.trials, options_.image_threads);
  const Status kept = shelf_.Remember(KeyOf(provider, bf16), report.chosen);
  if (!kept) report.not_kept = kept.error().message();
  return report;
}

Result<TuningReport> TuneModel(const EmbedderOptions& options) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<PackEmbedder> embedder, Open(options));
  return embedder->Tune();
}

Result<std::unique_ptr<Embedder>> OpenEmbedder(const EmbedderOptions& options) {
  VITRINE_TRY_ASSIGN(std::unique_ptr<PackEmbedder> embedder, Open(options));
  return std::unique_ptr<Embedder>(std::move(embedder));
}

Result<ModelReport> InspectModel(const EmbedderOptions& options) {
  EmbedderOptions from_pack = options;
  from_pack.graph_folder.clear();  // The pack itself is asked.
  VITRINE_TRY_ASSIGN(const std::unique_ptr<PackEmbedder> embedder, Open(from_pack));
  const ModelPack& pack = embedder->pack();
  VITRINE_TRY(embedder->image_tower(0));  // The plain kernels must give the right vectors too.
  VITRINE_TRY_ASSIGN(const std::shared_ptr<const ImageTower> image, embedder->image_tower(kWorthCompiling));
  VITRINE_TRY_ASSIGN(const TextTower* text, embedder->text_tower());
  VITRINE_TRY_ASSIGN(std::vector<double> cosines,
                     text->SelfTest(pack.self_test().sentences, pack.text().least_cosine));
  ModelReport report;
  report.name = pack.name();
  report.version = pack.version();
  report.licence = pack.licence();
  report.origin = pack.origin();
  report.space = pack.space();
  report.runtime = RuntimeVersion();
  report.providers = RuntimeProviders();
  report.image_provider = ProviderName(image->provider());
  report.text_provider = ProviderName(text->provider());
  report.image_precision = pack.image().precision + (image->bf16() ? " as bf16" : "");
  report.text_precision = pack.text().precision;
  report.picture_cosine = image->self_test_cosine();
  report.sentence_cosines = std::move(cosines);
  report.files = {pack.image().file.name, pack.text().file.name, pack.text().tokenizer_file.name,
                  pack.self_test().picture.name};
  if (pack.image().projection) report.files.push_back(pack.image().projection->file.name);
  report.notes = embedder->notes();
  const auto kept = GraphShelf(options.graph_folder).Find(KeyOfText(pack, ThisMachine()));
  if (!kept && kept.error().code() == Code::kCorrupt) {
    report.notes.push_back(kept.error().message() + "; the next search makes it anew");
  }
  report.tuning = embedder->tuning();
  return report;
}

}  // namespace vitrine
