// A library and a folder of made-up pictures, and short ways to run ingest over it with the fakes.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ingest/pipeline.h"
#include "support/fake_decoder.h"
#include "support/fake_embedder.h"
#include "support/temp_folder.h"

namespace vitrine {

/// Counts what it is asked for, and can be told to misbehave.
class WatchedDecoder final : public Decoder {
 public:
  Result<DecodedPicture> Decode(UniqueFd file, const DecodeRequest& request) override {
    ++decoded;
    if (before) before(file.get());
    return fake_.Decode(std::move(file), request);
  }

  std::atomic<int> decoded = 0;
  std::function<void(int fd)> before;  ///< Called first, from several threads.

 private:
  testing::FakeDecoder fake_;
};

/// Keeps what it is told.
class WatchingObserver final : public IndexObserver {
 public:
  void OnProgress(const IndexProgress& counts) override { progress.push_back(counts); }
  void OnRecorded(std::span<const FileRecord> files) override {
    for (const FileRecord& file : files) recorded.insert(file.path);
    if (after_recording) after_recording();
  }

  std::vector<IndexProgress> progress;
  std::set<PathBytes> recorded;
  std::function<void()> after_recording;
};

class IngestFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(photos());
    Open();
  }

  void Open() {
    catalog_.reset();
    auto opened = Catalog::Open(library(), CatalogMode::kWrite);
    ASSERT_TRUE(opened) << opened.error().message();
    catalog_ = *std::move(opened);
  }

  // Writes a file that the fakes take for a picture.
  void Write(const std::string& name, const std::string& bytes) const {
    const std::string path = At(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }

  void WriteMany(int first, int end) const {
    for (int i = first; i < end; ++i)
      Write(std::to_string(i % 7) + "/p" + std::to_string(i) + ".jpg", Bytes(i));
  }

  static std::string Bytes(int number) { return "picture " + std::to_string(number); }

  Result<IndexReport> TryRun(IndexObserver* observer = nullptr) {
    CatalogGate gate(*catalog_);
    return Ingest({.gate = gate, .decoder = decoder_, .embedder = embedder_}, options_, observer, stop_);
  }

  IndexReport Run(IndexObserver* observer = nullptr) {
    Result<IndexReport> report = TryRun(observer);
    EXPECT_TRUE(report) << report.error().message();
    return report ? *std::move(report) : IndexReport();
  }

  // What a search may return now.
  std::set<PathBytes> LivePaths() {
    std::set<PathBytes> paths;
    const RowSet live = catalog_->LiveRows(embedder_.space().id).value();
    for (RowId row = 0; row < live.size(); ++row) {
      if (!live.Contains(row)) continue;
      const auto assets = catalog_->AssetsOfRows(embedder_.space().id, std::vector<RowId>{row}).value();
      for (const auto& [at, asset] : assets) paths.insert(asset.paths.begin(), asset.paths.end());
    }
    return paths;
  }

  std::size_t Embedded() const { return embedder_.pictures_embedded(); }
  std::string photos() const { return folder_.File("photos"); }
  std::string library() const { return folder_.File("library"); }
  std::string At(const std::string& name) const { return photos() + "/" + name; }

  TempFolder folder_;
  std::unique_ptr<Catalog> catalog_;
  WatchedDecoder decoder_;
  FakeEmbedder embedder_;
  StopSignal stop_;
  IngestOptions options_{
      .roots = {photos()},
      .retry_failed = false,
      .decode_threads = 2,
      .batch = 4,
      .thumbs_folder = library() + "/thumbs",
      .segments = {.folder = library() + "/vectors", .space = {}, .dimension = 0, .generation = 0}};
};

}  // namespace vitrine
