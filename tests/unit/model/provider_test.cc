#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/image_tower.h"
#include "model/machine.h"
#include "model/pack.h"
#include "model/pack_embedder.h"
#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

// Both providers are tried here whatever the processor, so that a machine without int8 dot products tests
// them too.
TEST(ImageTower, ProvidersGiveTheSameVectors) {
  const TinyPack tiny;
  const Result<ModelPack> pack = ModelPack::Load(tiny.path());
  ASSERT_TRUE(pack);
  const Result<ImageTower> plain = ImageTower::Load(*pack, {Provider::kCpu, 1});
  const Result<ImageTower> compiled = ImageTower::Load(*pack, {Provider::kOpenVino, 1});
  ASSERT_TRUE(plain) << plain.error().message();
  ASSERT_TRUE(compiled) << compiled.error().message();
  EXPECT_EQ(compiled->provider(), Provider::kOpenVino);
  RgbImage picture{30, 20, {}};
  for (std::size_t i = 0; i < 30 * 20 * 3; ++i)
    picture.pixels.push_back(static_cast<std::uint8_t>(i * i % 251));
  const Result<Matrix> a = plain->Embed({&picture, 1});
  const Result<Matrix> b = compiled->Embed({&picture, 1});
  ASSERT_TRUE(a && b);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(a->row(0)[i], b->row(0)[i], 1e-3);
}

TEST(ImageTower, EveryProviderIsHeldToTheSelfTest) {
  const TinyPack tiny;
  tiny.Forge("self_test.rgb", std::string(tiny.Read("self_test.rgb").size(), '\xF0'));
  const Result<ModelPack> pack = ModelPack::Load(tiny.path());
  ASSERT_TRUE(pack);
  for (const Provider provider : {Provider::kCpu, Provider::kOpenVino}) {
    const Result<ImageTower> tower = ImageTower::Load(*pack, {provider, 1});
    ASSERT_FALSE(tower);
    EXPECT_NE(tower.error().message().find(ProviderName(provider)), std::string::npos)
        << tower.error().message();
  }
}

constexpr char kCudaName[] = "CUDAExecutionProvider";

std::unique_ptr<PackEmbedder> Embedder(const TinyPack& tiny, Device device, Machine machine) {
  EmbedderOptions options;
  options.pack_folder = tiny.path();
  options.device = device;
  Result<ModelPack> pack = ModelPack::Load(tiny.path());
  EXPECT_TRUE(pack);
  return std::make_unique<PackEmbedder>(*std::move(pack), options, std::move(machine));
}

// A machine that has CUDA beside the plain kernels, which `open` opens.
Machine WithCuda(SessionOpener open) {
  return {{kCudaName, "CPUExecutionProvider"}, false, false, std::move(open)};
}

// What stands for a working accelerator: every provider's sessions are plain ones.
Result<std::unique_ptr<OrtSession>> OpenPlainly(std::string model, SessionSettings settings) {
  settings.provider = Provider::kCpu;
  return OrtSession::Create(std::move(model), settings);
}

bool AnySays(const std::vector<std::string>& notes, const std::string& part) {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

void ExpectBothTowersOn(Provider provider, PackEmbedder& embedder) {
  const auto image = embedder.image_tower(1);
  const auto text = embedder.text_tower();
  ASSERT_TRUE(image) << image.error().message();
  ASSERT_TRUE(text) << text.error().message();
  EXPECT_EQ((*image)->provider(), provider);
  EXPECT_EQ((*text)->provider(), provider);
}

TEST(Providers, TableNamesEachOnceAndEndsWithThePlainKernels) {
  std::set<std::string> names;
  for (const ProviderEntry& entry : AllProviders()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(&EntryOf(entry.provider), &entry);
    EXPECT_NE(entry.device, Device::kAuto);
  }
  EXPECT_EQ(AllProviders().back().provider, Provider::kCpu);
}

TEST(Providers, CompiledGraphsAreKeptOnlyWhereThereIsAFolder) {
  for (const ProviderEntry& entry : AllProviders()) {
    for (const auto& [key, value] : entry.options({.provider = entry.provider, .cache_folder = "/cache"})) {
      EXPECT_FALSE(key.empty() || value.empty()) << entry.name;
    }
    for (const auto& [key, value] : entry.options({.provider = entry.provider}))
      EXPECT_EQ(value.find("/cache"), std::string::npos) << entry.name << " " << key;
  }
}

TEST(PackEmbedder, DeviceThatIsNotThereFallsBackWithWords) {
  const TinyPack tiny;
  for (const Device device : {Device::kGpu, Device::kNpu}) {
    const auto embedder =
        Embedder(tiny, device, {{"CPUExecutionProvider"}, false, false, OrtSession::Create});
    ExpectBothTowersOn(Provider::kCpu, *embedder);
    for (const ProviderEntry& entry : AllProviders()) {
      EXPECT_EQ(
          AnySays(embedder->notes(), std::string(entry.name) + " is not used: this runtime has no such"),
          entry.device == device)
          << entry.name;
    }
  }
}

TEST(PackEmbedder, ProviderWhoseLibraryIsMissingFallsBackWithWords) {
  // The real runtime is asked for each provider that it was not built with, and for OpenVINO's missing
  // plugins.
  const TinyPack tiny;
  Machine machine = {{}, false, false, OrtSession::Create};
  for (const ProviderEntry& entry : AllProviders()) machine.providers.emplace_back(entry.runtime_name);
  for (const Device device : {Device::kGpu, Device::kNpu}) {
    const auto embedder = Embedder(tiny, device, machine);
    ExpectBothTowersOn(Provider::kCpu, *embedder);
    for (const ProviderEntry& entry : AllProviders()) {
      EXPECT_EQ(AnySays(embedder->notes(), std::string(entry.name) + " is not used: the image tower"),
                entry.device == device)
          << entry.name;
    }
  }
}

TEST(PackEmbedder, ProviderThatComputesWronglyFallsBackWithWords) {
  const TinyPack tiny;
  const auto embedder = Embedder(
      tiny, Device::kGpu, WithCuda([](std::string model, SessionSettings settings) {
        return OpenPlainly(settings.provider == Provider::kCuda ? WithWrongSigns(std::move(model)) : model,
                           settings);
      }));
  ExpectBothTowersOn(Provider::kCpu, *embedder);
  const std::string start = std::string(kCudaName) + " is not used: the ";
  EXPECT_TRUE(AnySays(embedder->notes(), start + "image tower"));
  EXPECT_TRUE(AnySays(embedder->notes(), "words: " + start + "text tower"));
  EXPECT_TRUE(
      AnySays(embedder->notes(), std::string("on ") + kCudaName + " its vector of the self-test's picture"));
}

TEST(PackEmbedder, ProviderThatComputesRightlyIsUsed) {
  const TinyPack tiny;
  const auto embedder = Embedder(tiny, Device::kGpu, WithCuda(OpenPlainly));
  ExpectBothTowersOn(Provider::kCuda, *embedder);
}

TEST(PackEmbedder, AcceleratorsAloneAreGivenACacheFolderThatCanBeMade) {
  const TinyPack tiny;
  const TempFolder home;
  std::vector<std::string> folders;
  const Machine machine = WithCuda([&](std::string model, const SessionSettings& settings) {
    folders.push_back(settings.cache_folder);
    return OpenPlainly(std::move(model), settings);
  });
  EmbedderOptions options{.pack_folder = tiny.path(), .device = Device::kGpu};
  options.cache_folder = home.File("cache/compiled");
  PackEmbedder embedder(*ModelPack::Load(tiny.path()), options, machine);
  ASSERT_TRUE(embedder.image_tower(1));
  EXPECT_TRUE(std::filesystem::is_directory(options.cache_folder));

  options.cache_folder = tiny.File("pack.json/compiled");  // Below a file no folder can be made.
  PackEmbedder without(*ModelPack::Load(tiny.path()), options, machine);
  ASSERT_TRUE(without.image_tower(1));
  options.device = Device::kCpu;
  options.cache_folder = home.File("never");
  PackEmbedder plain(*ModelPack::Load(tiny.path()), options, machine);
  ASSERT_TRUE(plain.image_tower(1));
  EXPECT_FALSE(std::filesystem::exists(options.cache_folder));
  EXPECT_EQ(folders, (std::vector<std::string>{home.File("cache/compiled"), "", ""}));
}

TEST(PackEmbedder, LongRunMovesToAnAcceleratorUnasked) {
  const TinyPack tiny;
  const auto embedder = Embedder(tiny, Device::kAuto, WithCuda(OpenPlainly));
  ExpectBothTowersOn(Provider::kCpu, *embedder);
  const auto later = embedder->image_tower(1024);
  ASSERT_TRUE(later);
  EXPECT_EQ((*later)->provider(), Provider::kCuda);
  EXPECT_TRUE(embedder->notes().empty());
}

TEST(PackEmbedder, LongRunStaysWhereTheAcceleratorIsNoFaster) {
  const TinyPack tiny;
  Machine machine = WithCuda(OpenPlainly);
  machine.is_faster = [](const TowerRun& other, const TowerRun& now) {
    EXPECT_TRUE(other(3, 2) && now(3, 2));
    return false;
  };
  const auto embedder = Embedder(tiny, Device::kAuto, machine);
  const auto later = embedder->image_tower(1024);
  ASSERT_TRUE(later);
  EXPECT_EQ((*later)->provider(), Provider::kCpu);
  EXPECT_TRUE(AnySays(embedder->notes(), "no faster here"));
}

TEST(PackEmbedder, LongRunStaysWhereTheAcceleratorComputesWrongly) {
  const TinyPack tiny;
  const auto embedder = Embedder(
      tiny, Device::kAuto, WithCuda([](std::string model, SessionSettings settings) {
        return OpenPlainly(settings.provider == Provider::kCuda ? WithWrongSigns(std::move(model)) : model,
                           settings);
      }));
  const auto later = embedder->image_tower(2000);
  ASSERT_TRUE(later);
  EXPECT_EQ((*later)->provider(), Provider::kCpu);
  EXPECT_TRUE(AnySays(embedder->notes(), kCudaName));
}

}  // namespace
}  // namespace vitrine
