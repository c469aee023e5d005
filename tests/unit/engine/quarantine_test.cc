#include "engine/quarantine.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "engine/journal.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class Quarantine : public ::testing::Test {
 protected:
  static constexpr const char* kSpace = "00112233aabbccdd";

  void SetUp() override {
    fs::create_directories(photos());
    Open();
    ASSERT_TRUE(catalog_->EnsureSpace(kSpace, "test 1", 8));
    std::vector<FileOutcome> outcomes;
    EncodedRows rows{.dimension = 8};
    for (const std::string name : {"keep.jpg", "copy.jpg", "crop.jpg"}) {
      Write(name, name);
      FileOutcome outcome{.path = photos() + "/" + name, .stamp = {.size_bytes = 8}};
      outcome.new_asset =
          NewAsset{Sha256(name), {.width_px = 10, .height_px = 10, .format = "jpeg", .facts = {}}};
      outcomes.push_back(outcome);
      rows.codes.insert(rows.codes.end(), 8, 1);
      rows.fine.insert(rows.fine.end(), 8, 0);
      rows.scales.push_back(1);
    }
    const auto run = catalog_->BeginRun(photos());
    ASSERT_TRUE(run);
    ASSERT_TRUE(catalog_->RecordBatch(*run, kSpace, outcomes, rows));
    ASSERT_TRUE(catalog_->FinishRun(*run, photos()));
    DuplicateGroup group;
    group.keep = FileOf("keep.jpg");
    group.others = {{.file = FileOf("copy.jpg"), .kind = CopyKind::kCopy},
                    {.file = FileOf("crop.jpg"), .kind = CopyKind::kCrop}};
    groups_ = {group};
  }

  void Open() {
    catalog_.reset();
    auto opened = Catalog::Open(library(), CatalogMode::kWrite);
    ASSERT_TRUE(opened) << opened.error().message();
    catalog_ = *std::move(opened);
  }

  CopyFile FileOf(const std::string& name) {
    const PathBytes path = photos() + "/" + name;
    const auto known = catalog_->FileAt(path);
    EXPECT_TRUE(known && *known && (*known)->asset);
    return {.id = (*known)->asset.value_or(AssetId{}), .path = path};
  }

  void Write(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(WriteFileAtomically(photos() + "/" + name, text, Durability::kCache));
  }
  static std::string Text(const std::string& path) { return ReadFile(path).value(); }
  bool Knows(const PathBytes& path) { return catalog_->FileAt(path).value().has_value(); }

  std::string photos() const { return folder_.File("photos"); }
  std::string aside() const { return folder_.File("aside"); }
  std::string library() const { return folder_.File("library"); }

  TempFolder folder_;
  std::unique_ptr<Catalog> catalog_;
  std::vector<DuplicateGroup> groups_;
};

TEST_F(Quarantine, MovesAllButTheKeptFileAndBackAgain) {
  const auto done = ActOnCopies(*catalog_, library(), groups_, {.tag = "", .quarantine = aside()});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(done->moved, 2u);
  EXPECT_TRUE(done->skipped.empty());
  EXPECT_EQ(Text(aside() + "/copy.jpg"), "copy.jpg");
  EXPECT_FALSE(fs::exists(photos() + "/copy.jpg"));
  EXPECT_TRUE(fs::exists(photos() + "/keep.jpg"));
  EXPECT_TRUE(Knows(aside() + "/crop.jpg"));
  EXPECT_FALSE(Knows(photos() + "/crop.jpg"));
  EXPECT_FALSE(fs::exists(library() + "/moves.pending"));
  EXPECT_EQ(QuarantinesOf(*catalog_).value(), std::vector<PathBytes>{aside()});

  Open();  // Across a restart.
  const auto undone = UndoNewest(catalog_->annotations());
  ASSERT_TRUE(undone) << undone.error().message();
  EXPECT_EQ(Text(photos() + "/copy.jpg"), "copy.jpg");
  EXPECT_EQ(Text(photos() + "/crop.jpg"), "crop.jpg");
  EXPECT_TRUE(Knows(photos() + "/crop.jpg"));
  EXPECT_TRUE(QuarantinesOf(*catalog_).value().empty());
}

TEST_F(Quarantine, TagsAllButTheKeptPicture) {
  const auto done = ActOnCopies(*catalog_, library(), groups_, {.tag = "duplicate", .quarantine = ""});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(done->tagged, 2u);
  EXPECT_EQ(catalog_->annotations().MarksOf("duplicate").value().size(), 2u);
  ASSERT_TRUE(UndoNewest(catalog_->annotations()));
  EXPECT_TRUE(catalog_->annotations().MarksOf("duplicate").value().empty());
}

TEST_F(Quarantine, NeverReplacesAFileAndNamesWhatStays) {
  fs::create_directories(aside());
  ASSERT_TRUE(WriteFileAtomically(aside() + "/copy.jpg", "somebody else's", Durability::kCache));
  fs::remove(photos() + "/crop.jpg");
  const auto done = ActOnCopies(*catalog_, library(), groups_, {.tag = "", .quarantine = aside()});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(done->moved, 1u);
  ASSERT_EQ(done->skipped.size(), 1u);
  EXPECT_NE(done->skipped[0].find("crop.jpg"), std::string::npos);
  EXPECT_EQ(Text(aside() + "/copy.jpg"), "somebody else's");
  EXPECT_EQ(Text(aside() + "/copy (2).jpg"), "copy.jpg");
}

TEST_F(Quarantine, AGroupWhoseKeptFileIsGoneStaysWhole) {
  fs::remove(photos() + "/keep.jpg");
  const auto done = ActOnCopies(*catalog_, library(), groups_, {.tag = "", .quarantine = aside()});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(done->moved, 0u);
  EXPECT_EQ(done->skipped.size(), 1u);
  EXPECT_TRUE(fs::exists(photos() + "/copy.jpg"));
}

TEST_F(Quarantine, RefusesFoldersThatAreIndexedOrTheLibrarys) {
  for (const std::string& folder : {photos(), photos() + "/aside", folder_.path(), library() + "/x"}) {
    const auto done = ActOnCopies(*catalog_, library(), groups_, {.tag = "", .quarantine = folder});
    ASSERT_FALSE(done) << folder;
    EXPECT_EQ(done.error().code(), Code::kInvalidArgument);
  }
  EXPECT_FALSE(ActOnCopies(*catalog_, library(), groups_, {.tag = "a//b", .quarantine = ""}));
  EXPECT_TRUE(fs::exists(photos() + "/copy.jpg"));
}

// What a crash between the moves and the record leaves: files under their new names, and the note.
TEST_F(Quarantine, ACrashBeforeTheRecordIsTakenBack) {
  fs::create_directories(aside());
  fs::rename(photos() + "/copy.jpg", aside() + "/copy.jpg");
  std::string note;
  for (const std::string name : {"copy.jpg", "crop.jpg"}) {
    (note += photos() + "/" + name) += '\0';
    (note += aside() + "/" + name) += '\0';
  }
  ASSERT_TRUE(WriteFileAtomically(library() + "/moves.pending", note, Durability::kSynced));
  Open();
  ASSERT_TRUE(SettleMoves(*catalog_, library()));
  EXPECT_EQ(Text(photos() + "/copy.jpg"), "copy.jpg");
  EXPECT_EQ(Text(photos() + "/crop.jpg"), "crop.jpg");
  EXPECT_FALSE(fs::exists(aside() + "/copy.jpg"));
  EXPECT_FALSE(fs::exists(library() + "/moves.pending"));
}

// What a crash after the record leaves: only the note is late.
TEST_F(Quarantine, ACrashAfterTheRecordStands) {
  ASSERT_TRUE(ActOnCopies(*catalog_, library(), groups_, {.tag = "", .quarantine = aside()}));
  std::string note = photos() + "/copy.jpg";
  note += '\0';
  (note += aside() + "/copy.jpg") += '\0';
  ASSERT_TRUE(WriteFileAtomically(library() + "/moves.pending", note, Durability::kSynced));
  ASSERT_TRUE(SettleMoves(*catalog_, library()));
  EXPECT_TRUE(fs::exists(aside() + "/copy.jpg"));
  EXPECT_FALSE(fs::exists(photos() + "/copy.jpg"));
}

}  // namespace
}  // namespace vitrine
