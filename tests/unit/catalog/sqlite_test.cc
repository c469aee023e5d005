// The layer over SQLite, on its own.
#include "catalog/sqlite.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "support/temp_folder.h"

namespace vitrine {
namespace {

class Sqlite : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::Open(folder_.File("a db?mode=x#%41.sqlite"), SqliteMode::kWrite);
    ASSERT_TRUE(opened) << opened.error().message();
    db_.emplace(*std::move(opened));
    ASSERT_TRUE(db_->Execute("CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB)"));
  }

  TempFolder folder_;
  std::optional<Database> db_;
};

TEST_F(Sqlite, OpensAFileOfAnyName) {
  EXPECT_TRUE(std::filesystem::exists(folder_.File("a db?mode=x#%41.sqlite")));
}

TEST_F(Sqlite, SettingsAreThoseDecidedOn) {
  EXPECT_EQ(db_->Number("PRAGMA synchronous").value(), 2);
  EXPECT_EQ(db_->Number("PRAGMA foreign_keys").value(), 1);
  EXPECT_EQ(db_->Number("PRAGMA trusted_schema").value(), 0);
  EXPECT_EQ(db_->Number("PRAGMA cell_size_check").value(), 1);
  EXPECT_EQ(db_->Number("PRAGMA mmap_size").value(), 0);
  Statement mode = db_->Ask("PRAGMA journal_mode");
  ASSERT_TRUE(mode.Next().value());
  EXPECT_EQ(mode.Bytes(0), "wal");
}

TEST_F(Sqlite, ValuesComeBackAsTheyWentIn) {
  const std::string bytes("\0a\xff\n", 4);
  ASSERT_TRUE(db_->Ask("INSERT INTO t VALUES (?, ?, ?, ?)", std::int64_t{-5}, 0.1, std::string_view("text"),
                       Blob{bytes})
                  .Run());
  Statement query = db_->Ask("SELECT i, r, s, b, typeof(b) FROM t");
  ASSERT_TRUE(query.Next().value());
  EXPECT_EQ(query.Int(0), -5);
  EXPECT_EQ(query.Real(1), 0.1);
  EXPECT_EQ(query.Text(2), "text");
  EXPECT_EQ(query.Bytes(3), bytes);
  EXPECT_EQ(query.Text(4), "blob");
  EXPECT_FALSE(query.Next().value());
}

TEST_F(Sqlite, EmptyTextAndBytesAreNotNull) {
  ASSERT_TRUE(db_->Ask("INSERT INTO t (s, b) VALUES (?, ?)", std::string_view(), Blob{}).Run());
  EXPECT_EQ(db_->Number("SELECT count(*) FROM t WHERE s = '' AND b = x''").value(), 1);
}

TEST_F(Sqlite, AbsentOptionalsAreNull) {
  ASSERT_TRUE(db_->Ask("INSERT INTO t (i, r, s) VALUES (?, ?, ?)", std::optional<std::int64_t>(),
                       std::optional<double>(2), std::optional<std::string>())
                  .Run());
  EXPECT_EQ(db_->Number("SELECT count(*) FROM t WHERE i IS NULL AND r = 2 AND s IS NULL").value(), 1);
}

TEST_F(Sqlite, ValuesDoNotLeakIntoTheNextUse) {
  const char* sql = "INSERT INTO t (i, s) VALUES (?, ?)";
  ASSERT_TRUE(db_->Ask(sql, std::int64_t{1}, std::optional<std::string>("kept?")).Run());
  ASSERT_TRUE(db_->Ask(sql, std::int64_t{2}, std::optional<std::string>()).Run());
  EXPECT_EQ(db_->Number("SELECT count(*) FROM t WHERE s IS NULL").value(), 1);
}

TEST_F(Sqlite, OneStatementCanRunInsideItself) {
  ASSERT_TRUE(db_->Execute("INSERT INTO t (i) VALUES (1), (2), (3)"));
  const char* sql = "SELECT i FROM t WHERE i >= ? ORDER BY i";
  Statement outer = db_->Ask(sql, std::int64_t{1});
  int pairs = 0;
  while (outer.Next().value()) {
    Statement inner = db_->Ask(sql, outer.Int(0));
    while (inner.Next().value()) ++pairs;
  }
  EXPECT_EQ(pairs, 6);
}

TEST_F(Sqlite, BadStatementIsAnErrorNotACrash) {
  EXPECT_EQ(db_->Ask("SELECT nothing FROM nowhere").Run().error().code(), Code::kInternal);
  EXPECT_EQ(db_->Ask("SELECT 1", std::int64_t{1}).Run().error().code(), Code::kInternal)
      << "one value too many";
}

TEST_F(Sqlite, TransactionWithoutCommitNeverHappened) {
  {
    auto transaction = Transaction::Begin(*db_);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(db_->Execute("INSERT INTO t (i) VALUES (1)"));
  }
  EXPECT_EQ(db_->Number("SELECT count(*) FROM t").value(), 0);
  auto transaction = Transaction::Begin(*db_);
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(db_->Execute("INSERT INTO t (i) VALUES (1)"));
  ASSERT_TRUE(transaction->Commit());
  EXPECT_EQ(db_->Number("SELECT count(*) FROM t").value(), 1);
}

TEST_F(Sqlite, ReaderCannotWrite) {
  auto reader = Database::Open(folder_.File("a db?mode=x#%41.sqlite"), SqliteMode::kRead);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->Execute("INSERT INTO t (i) VALUES (1)"));
}

}  // namespace
}  // namespace vitrine
