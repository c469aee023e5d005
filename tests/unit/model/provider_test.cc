#include <gtest/gtest.h>

#include <string>

#include "model/image_tower.h"
#include "model/pack.h"
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

}  // namespace
}  // namespace vitrine
