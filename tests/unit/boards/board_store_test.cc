#include "boards/store/board_store.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "boards/store/board_copy.h"
#include "catalog/sqlite.h"
#include "open_store.h"
#include "support/board_store_cases.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

using testing::Content;
using testing::Note;
using testing::OpenStore;
using testing::Picture;
using testing::Put;

// In memory where that can be: what is tested here is not whether a disk keeps its word.
std::string FastDisk() {
  return std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path().string();
}

class InFolder final : public BoardPlace {
 public:
  std::unique_ptr<BoardStore> Open() override {
    return OpenStore(folder_.path(), StoreMode::kCreate).value();
  }

 private:
  const TempFolder folder_{FastDisk()};
};

INSTANTIATE_TEST_SUITE_P(Folder, BoardStoreCases, ::testing::Values([]() -> std::unique_ptr<BoardPlace> {
                           return std::make_unique<InFolder>();
                         }));

TEST(BoardFile, ThereIsNoneUntilOneIsMade) {
  const TempFolder empty;
  const auto store = OpenStore(empty.path(), StoreMode::kExisting);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), Code::kNotFound);
}

TEST(BoardFile, OnAFullDiskNothingIsLost) {
  const TempFolder place;
  const std::string disk = place.File("disk");
  ASSERT_EQ(mkdir(disk.c_str(), 0700), 0);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << "a small disk needs root";
  {
    const auto store = OpenStore(disk, StoreMode::kCreate).value();
    const std::string id = store->Create({.name = "B"})->id;
    std::int64_t done = 0;
    Result<EditResult> result = Error(Code::kInternal, "nothing was tried");
    while (done < 1000) {
      std::vector<BoardItem> items;
      for (int i = 0; i < 100; ++i)
        items.push_back(Picture("p" + std::to_string(i), static_cast<double>(done + 1)));
      result = store->Edit(id, Put(done, items));
      if (!result) break;
      ++done;
    }
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Code::kNoSpace) << result.error().message();
    EXPECT_GT(done, 0);
    const auto again = OpenStore(disk, StoreMode::kExisting).value();
    const Board board = again->Get(id).value();
    EXPECT_EQ(board.revision, done);
    for (const BoardItem& item : board.items) EXPECT_EQ(item.x, static_cast<double>(done));
  }
  EXPECT_EQ(umount(disk.c_str()), 0);
}

TEST(BoardFile, ManyMakersOfTheFileAgree) {
  const TempFolder fresh;
  std::vector<std::thread> makers;
  for (int i = 0; i < 4; ++i) {
    makers.emplace_back([&fresh] {
      const auto store = OpenStore(fresh.path(), StoreMode::kCreate);
      ASSERT_TRUE(store) << store.error().message();
      EXPECT_TRUE((*store)->Create({.name = "B"}));
    });
  }
  for (std::thread& maker : makers) maker.join();
  EXPECT_EQ(OpenStore(fresh.path(), StoreMode::kExisting).value()->List(false)->size(), 4U);
}

TEST(BoardFile, OfANewerVersionNothingIsTouched) {
  const TempFolder folder;
  ASSERT_TRUE(OpenStore(folder.path(), StoreMode::kCreate));
  {
    Database db = Database::Open(folder.File("boards.sqlite"), SqliteMode::kShared).value();
    ASSERT_TRUE(db.Execute("PRAGMA user_version = 2"));
  }
  const auto store = OpenStore(folder.path(), StoreMode::kCreate);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), Code::kUnsupported);
  EXPECT_NE(store.error().message().find("newer Vitrine"), std::string::npos);
}

TEST(BoardFile, AnotherProgramsDatabaseIsRefused) {
  const TempFolder other;
  {
    Database db = Database::Open(other.File("boards.sqlite"), SqliteMode::kSharedCreate).value();
    ASSERT_TRUE(db.Execute("CREATE TABLE mine (x)"));
  }
  const auto store = OpenStore(other.path(), StoreMode::kCreate);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), Code::kCorrupt);
}

class BoardCopyTest : public ::testing::Test {
 protected:
  Result<BoardCopyReport> Copy() { return CopyBoards(*from_, *to_); }
  void ExpectTheSame(const std::string& id) {
    const Board x = here_->Get(id).value(), y = there_->Get(id).value();
    EXPECT_EQ(x.items, y.items);
    EXPECT_EQ(x.revision, y.revision);
    EXPECT_EQ(x.changed, y.changed);
    EXPECT_EQ(x.can_redo, y.can_redo);
    EXPECT_EQ(here_->StepsSince(id, 0)->size(), there_->StepsSince(id, 0)->size());
  }

  const TempFolder a_{FastDisk()}, b_{FastDisk()};
  const std::unique_ptr<BoardStorage> from_ = OpenBoardsIn(a_.path(), StoreMode::kCreate).value();
  const std::unique_ptr<BoardStorage> to_ = OpenBoardsIn(b_.path(), StoreMode::kCreate).value();
  const std::unique_ptr<BoardStore> here_ = OpenStore(a_.path(), StoreMode::kExisting).value();
  const std::unique_ptr<BoardStore> there_ = OpenStore(b_.path(), StoreMode::kExisting).value();
};

TEST_F(BoardCopyTest, EverythingArrivesAndLaterWhatIsNew) {
  const std::string id = here_->Create({.name = "Kitchen", .items = {Picture("p1")}})->id;
  ASSERT_TRUE(here_->Edit(id, Put(0, {Picture("p2", 5, 2)}, {"p1"})));
  ASSERT_TRUE(here_->SaveVersion(id, "first"));
  ASSERT_TRUE(here_->Edit(id, Put(1, {Note("n1", "Tiles")})));
  ASSERT_TRUE(here_->Undo(id, 2));
  EXPECT_EQ(Copy()->written, 1U);
  ExpectTheSame(id);
  EXPECT_EQ(Copy()->written, 0U);
  ASSERT_TRUE(here_->Redo(id, 3));
  ASSERT_TRUE(here_->Edit(id, Put(4, {Picture("p3")})));
  EXPECT_EQ(Copy()->written, 1U);
  ExpectTheSame(id);
}

TEST_F(BoardCopyTest, ACopyIsUndoneAsFarAsItsOriginal) {
  const std::string id = here_->Create({.name = "Kitchen", .items = {Picture("p1")}})->id;
  ASSERT_TRUE(here_->Edit(id, Put(0, {Picture("p2", 5, 2)}, {"p1"})));
  ASSERT_TRUE(here_->SaveVersion(id, "first"));
  ASSERT_TRUE(here_->Edit(id, Put(1, {Note("n1", "Tiles")})));
  ASSERT_TRUE(Copy());
  ASSERT_TRUE(there_->Undo(id, 2));
  ASSERT_TRUE(there_->Undo(id, 3));
  EXPECT_FALSE(there_->Undo(id, 4));
  EXPECT_EQ(there_->Get(id)->items, std::vector<BoardItem>{Picture("p1")});
  EXPECT_EQ(there_->Versions(id)->size(), 1U);
  // It goes on from the original, and stays ahead of it.
  EXPECT_EQ(Copy()->written, 0U);
  EXPECT_EQ(there_->Get(id)->revision, 4);
}

TEST_F(BoardCopyTest, ABoardThatBothSidesChangedIsLeft) {
  const std::string id = here_->Create({.name = "Kitchen"})->id;
  ASSERT_TRUE(Copy());
  ASSERT_TRUE(here_->Edit(id, Put(0, {Picture("p1")})));
  ASSERT_TRUE(there_->Edit(id, Put(0, {Picture("p2")})));
  EXPECT_EQ(Copy()->parted, std::vector<std::string>{"Kitchen"});
  EXPECT_EQ(there_->Get(id)->items, std::vector<BoardItem>{Picture("p2")});
}

}  // namespace
}  // namespace vitrine
