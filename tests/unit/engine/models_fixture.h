// A library of some pictures, the starter, and the tiny pack to put beside it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.h"
#include "support/bmp_picture.h"
#include "unit/model/tiny_pack.h"
#include "vitrine/library.h"
#include "vitrine/models.h"

namespace vitrine {

class ModelsFixture : public ::testing::Test {
 protected:
  static constexpr int kPictures = 12;

  void SetUp() override {
    std::filesystem::create_directory(folder_.File("photos"));
    for (int i = 0; i < kPictures; ++i) WritePicture(i);
    library_ = Library::Open(options_).value();
    Index();
    models_ = Models::Open(options_).value();
  }

  void WritePicture(int number) const {
    ASSERT_TRUE(WriteFileAtomically(PathOf(number), BmpPicture(48, 32, static_cast<unsigned>(number + 1)),
                                    Durability::kCache));
  }
  PathBytes PathOf(int number) const {
    return folder_.File("photos/p" + std::to_string(100 + number) + ".bmp");
  }

  IndexReport Index() {
    auto report = library_->Index({.roots = {folder_.File("photos")}}, nullptr, stop_);
    EXPECT_TRUE(report) << report.error().message();
    return report ? *report : IndexReport();
  }

  UseReport Use(const std::string& name, const UseOptions& options = {}) {
    auto report = models_->Use(name, options, nullptr, stop_);
    EXPECT_TRUE(report) << report.error().message();
    return report ? *report : UseReport();
  }

  void AddTiny() {
    const auto added = models_->Add(tiny_.path());
    ASSERT_TRUE(added) << added.error().message();
    ASSERT_EQ(added->id, "tiny-1.0.0");
  }

  ModelInfo Of(const std::string& id) {
    const ModelList list = models_->List().value();
    const auto found = std::ranges::find(list.models, id, &ModelInfo::id);
    return found == list.models.end() ? ModelInfo() : *found;
  }

  const TempFolder folder_;
  const TinyPack tiny_;
  const StopSignal stop_;
  const LibraryOptions options_{.folder = folder_.File("library")};
  std::unique_ptr<Library> library_;
  std::unique_ptr<Models> models_;
};

}  // namespace vitrine
