#include "model/pack_embedder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/try.h"

namespace vitrine {
namespace {

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
  VITRINE_TRY_ASSIGN(const ImageTower* tower, image_tower());
  return tower->Embed(pictures);
}

Result<Matrix> PackEmbedder::EmbedTexts(std::span<const std::string> texts) {
  VITRINE_TRY_ASSIGN(const TextTower* tower, text_tower());
  return tower->Embed(texts);
}

Result<const ImageTower*> PackEmbedder::image_tower() {
  return image_tower_.Get([this] { return LoadImageTower(); });
}

Result<const TextTower*> PackEmbedder::text_tower() {
  return text_tower_.Get(
      [this] { return TextTower::Load(pack_, {Provider::kCpu, options_.text_threads, ""}); });
}

// OpenVINO where it is there and gives the right vectors, else the plain kernels with a note.
Result<ImageTower> PackEmbedder::LoadImageTower() {
  if (options_.device == Device::kAuto) {
    if (!HasOpenVino()) {
      notes_.emplace_back("the OpenVINO provider is not in this runtime");
    } else {
      std::string cache = options_.cache_folder;
      if (!cache.empty() && !MakeFolders(cache)) cache.clear();
      Result<ImageTower> fast = ImageTower::Load(pack_, {Provider::kOpenVino, options_.image_threads, cache});
      if (fast) return fast;
      notes_.push_back(fast.error().message());
    }
  }
  return ImageTower::Load(pack_, {Provider::kCpu, options_.image_threads, ""});
}

Result<std::unique_ptr<Embedder>> OpenEmbedder(const EmbedderOptions& options) {
  VITRINE_TRY_ASSIGN(std::unique_ptr<PackEmbedder> embedder, Open(options));
  return std::unique_ptr<Embedder>(std::move(embedder));
}

Result<ModelReport> InspectModel(const EmbedderOptions& options) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<PackEmbedder> embedder, Open(options));
  const ModelPack& pack = embedder->pack();
  VITRINE_TRY_ASSIGN(const ImageTower* image, embedder->image_tower());
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
  report.files = {pack.image().file.name, pack.text().file.name, pack.text().vocabulary.name,
                  pack.self_test().picture.name};
  report.notes = embedder->notes();
  return report;
}

}  // namespace vitrine
