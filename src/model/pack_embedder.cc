#include "model/pack_embedder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/try.h"
#include "model/int8_dot.h"

namespace vitrine {
namespace {

// Where OpenVINO is faster at all, it saves about a millisecond a picture and costs some 0.7 s to compile.
constexpr std::size_t kWorthCompiling = 1024;

Status CheckOptions(const EmbedderOptions& options) {
  const auto sensible = [](int threads) { return threads >= 1 && threads <= 1024; };
  if (sensible(options.image_threads) && sensible(options.text_threads)) return {};
  return Error(Code::kInvalidArgument, "the number of inference threads must lie in 1..1024");
}

bool HasOpenVino() {
  const std::vector<std::string> providers = RuntimeProviders();
  return std::find(providers.begin(), providers.end(), ProviderName(Provider::kOpenVino)) != providers.end();
}

Result<std::unique_ptr<PackEmbedder>> Open(const EmbedderOptions& options) {
  VITRINE_TRY(CheckOptions(options));
  VITRINE_TRY_ASSIGN(ModelPack pack, ModelPack::Load(options.pack_folder));
  return std::make_unique<PackEmbedder>(std::move(pack), options);
}

}  // namespace

PackEmbedder::PackEmbedder(ModelPack pack, EmbedderOptions options)
    : pack_(std::move(pack)), options_(std::move(options)) {}

Result<Matrix> PackEmbedder::EmbedPictures(std::span<const RgbImage> pictures) {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<const ImageTower> tower, image_tower(pictures.size()));
  return tower->Embed(pictures);
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
  return text_tower_.Get([this] { return TextTower::Load(pack_, {Provider::kCpu, options_.text_threads}); });
}

std::vector<std::string> PackEmbedder::notes() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

Status PackEmbedder::LoadFirstImageTower() {
  VITRINE_TRY_ASSIGN(ImageTower tower, ImageTower::Load(pack_, {Provider::kCpu, options_.image_threads}));
  image_tower_ = std::make_shared<const ImageTower>(std::move(tower));
  return {};
}

// Whatever speaks against it leaves the tower where it is, with a note.
void PackEmbedder::TryFasterImageTower() {
  if (options_.device == Device::kCpu || pack_.image().precision != "int8") return;
  if (!HasInt8DotProduct()) {
    notes_.emplace_back("this processor has no int8 dot product, so OpenVINO would not be faster");
  } else if (!HasOpenVino()) {
    notes_.emplace_back("this runtime has no OpenVINO provider");
  } else {
    Result<ImageTower> tower = ImageTower::Load(pack_, {Provider::kOpenVino, options_.image_threads});
    if (tower) {
      image_tower_ = std::make_shared<const ImageTower>(*std::move(tower));
    } else {
      notes_.push_back("OpenVINO is not used: " + tower.error().message());
    }
  }
}

Result<std::unique_ptr<Embedder>> OpenEmbedder(const EmbedderOptions& options) {
  VITRINE_TRY_ASSIGN(std::unique_ptr<PackEmbedder> embedder, Open(options));
  return std::unique_ptr<Embedder>(std::move(embedder));
}

Result<ModelReport> InspectModel(const EmbedderOptions& options) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<PackEmbedder> embedder, Open(options));
  const ModelPack& pack = embedder->pack();
  VITRINE_TRY(embedder->image_tower(0));  // The plain kernels must give the right vectors too.
  VITRINE_TRY_ASSIGN(const std::shared_ptr<const ImageTower> image, embedder->image_tower(kWorthCompiling));
  VITRINE_TRY_ASSIGN(const TextTower* text, embedder->text_tower());
  VITRINE_TRY_ASSIGN(std::vector<double> cosines,
                     text->SelfTest(pack.self_test().sentences, pack.self_test().min_cosine));
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
  report.picture_cosine = image->self_test_cosine();
  report.sentence_cosines = std::move(cosines);
  report.files = {pack.image().file.name, pack.text().file.name, pack.text().tokenizer_file.name,
                  pack.self_test().picture.name};
  report.notes = embedder->notes();
  return report;
}

}  // namespace vitrine
