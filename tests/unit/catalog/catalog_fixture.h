// A catalog in a folder of its own, and short ways to fill it.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "support/temp_folder.h"

namespace vitrine {

class CatalogFixture : public ::testing::Test {
 protected:
  static constexpr const char* kSpace = "00112233aabbccdd";
  static constexpr std::size_t kDimension = 8;

  void OpenForWriting() {
    catalog_.reset();
    auto opened = Catalog::Open(library(), CatalogMode::kWrite);
    ASSERT_TRUE(opened) << opened.error().message();
    catalog_ = *std::move(opened);
    ASSERT_TRUE(catalog_->EnsureSpace(kSpace, "test 1", kDimension));
  }

  std::unique_ptr<Catalog> OpenReader() {
    auto opened = Catalog::Open(library(), CatalogMode::kRead);
    EXPECT_TRUE(opened) << opened.error().message();
    return opened ? *std::move(opened) : nullptr;
  }

  static Sha256Digest ContentOf(int number) { return Sha256("content " + std::to_string(number)); }

  static FileStamp StampOf(int number) {
    return {.size_bytes = 1000, .mtime_ns = number, .ctime_ns = -number, .device = 5, .inode = 77};
  }

  static FileOutcome NewPicture(const PathBytes& path, int content) {
    FileOutcome outcome{.path = path, .stamp = StampOf(content)};
    outcome.new_asset =
        NewAsset{ContentOf(content), {.width_px = 640, .height_px = 480, .format = "jpeg", .facts = {}}};
    return outcome;
  }

  static FileOutcome Failed(const PathBytes& path, const std::string& reason) {
    return {.path = path, .stamp = StampOf(1), .failure = reason};
  }

  // Vectors for a batch: row i is filled with first + i, has fine codes of minus that and scale first + i.
  static EncodedRows VectorsFor(const std::vector<FileOutcome>& outcomes, int first = 1) {
    EncodedRows rows{.dimension = kDimension};
    int value = first;
    for (const FileOutcome& outcome : outcomes) {
      if (!outcome.new_asset) continue;
      rows.codes.insert(rows.codes.end(), kDimension, static_cast<std::int8_t>(value % 100));
      rows.fine.insert(rows.fine.end(), kDimension, static_cast<std::int8_t>(-value % 100));
      rows.scales.push_back(static_cast<float>(value));
      ++value;
    }
    return rows;
  }

  // One run over `root` that sees exactly these; returns how many paths it forgot.
  std::uint64_t RunOver(const PathBytes& root, const std::vector<FileOutcome>& outcomes) {
    const std::int64_t run = catalog_->BeginRun(root).value();
    const Status recorded = catalog_->RecordBatch(run, kSpace, outcomes, VectorsFor(outcomes));
    EXPECT_TRUE(recorded) << recorded.error().message();
    return catalog_->FinishRun(run, root).value();
  }

  std::vector<PathBytes> FailedPaths() {
    std::vector<PathBytes> paths;
    EXPECT_TRUE(catalog_->ForEachFailure([&](const KnownFile& file) { paths.push_back(file.path); }));
    return paths;
  }

  // Runs SQL behind the catalog's back.
  void Sql(const std::string& sql) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(database().c_str(), &db), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    sqlite3_free(message);
    sqlite3_close(db);
  }

  std::string library() const { return folder_.File("library"); }
  std::string database() const { return library() + "/catalog.sqlite"; }

  TempFolder folder_;
  std::unique_ptr<Catalog> catalog_;
};

}  // namespace vitrine
