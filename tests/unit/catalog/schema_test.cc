// Every schema that was ever released opens, and holds what it held.
#include "catalog/schema.h"

#include <fstream>
#include <sstream>

#include "catalog_fixture.h"

namespace vitrine {
namespace {

class Schema : public CatalogFixture {
 protected:
  void LoadGolden(const std::string& name) {
    std::filesystem::create_directory(library());
    std::ifstream file(std::string(VITRINE_SOURCE_DIR) + "/tests/golden/" + name);
    ASSERT_TRUE(file) << name;
    std::stringstream text;
    text << file.rdbuf();
    Sql(text.str());
  }

  /// The statements that made the tables, as SQLite keeps them.
  std::string Tables() const {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(database().c_str(), &db), SQLITE_OK);
    std::string text;
    const auto add = [](void* to, int, char** values, char**) {
      static_cast<std::string*>(to)->append(values[0]).append("\n");
      return 0;
    };
    const char* sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    EXPECT_EQ(sqlite3_exec(db, sql, add, &text, nullptr), SQLITE_OK);
    sqlite3_close(db);
    return text;
  }

  std::string TablesOfGolden(const std::string& name) {
    std::filesystem::remove_all(library());
    LoadGolden(name);
    return Tables();
  }
};

TEST_F(Schema, VersionOneStillOpens) {
  LoadGolden("catalog_v1.sql");
  for (const CatalogMode mode : {CatalogMode::kWrite, CatalogMode::kRead}) {
    auto opened = Catalog::Open(library(), mode);
    ASSERT_TRUE(opened) << opened.error().message();
    Catalog& catalog = **opened;
    EXPECT_EQ(catalog.Counts()->assets, 2U);
    EXPECT_EQ(catalog.Counts()->files, 3U);
    EXPECT_EQ(catalog.Counts()->failures, 1U);
    EXPECT_EQ(catalog.Generation(kSpace).value(), 1700000000000000U);
    EXPECT_EQ(catalog.LiveRows(kSpace)->Count(), 2U);
    EXPECT_EQ(catalog.LiveRows(kSpace)->size(), 3U);
    const auto found = catalog.AssetsOfRows(kSpace, std::vector<RowId>{0, 1, 2}).value();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].second.paths, (std::vector<PathBytes>{"/p/a.jpg", "/usb/copy\xff.jpg"}));
    EXPECT_EQ(found[0].second.info.facts.camera, "FUJIFILM X-T5");
    EXPECT_EQ(catalog.FileAt("/p/bad.jpg").value()->failure, "the file is damaged");
    EXPECT_EQ(catalog.Vectors(kSpace).value()->Read(0, 3)->scales, (std::vector<float>{0.5F, 0.25F, 0.125F}));
    EXPECT_TRUE(catalog.Roots().value()[1].offline);
  }
}

TEST_F(Schema, VersionOneHasNoFineCodesAndNoSettings) {
  LoadGolden("catalog_v1.sql");
  EXPECT_EQ(Catalog::Open(library(), CatalogMode::kRead).error().code(), Code::kUnsupported);
  OpenForWriting();
  const EncodedRows rows = catalog_->Vectors(kSpace).value()->Read(0, 3).value();
  EXPECT_EQ(rows.fine, std::vector<std::int8_t>(3 * kDimension, 0));
  EXPECT_EQ(catalog_->Setting("index.kind").value(), std::nullopt);
  RunOver("/q", {NewPicture("/q/new", 9)});
  EXPECT_EQ(catalog_->LiveRows(kSpace)->Count(), 3U);
}

TEST_F(Schema, VersionTwoOpens) {
  LoadGolden("catalog_v2.sql");
  for (const CatalogMode mode : {CatalogMode::kWrite, CatalogMode::kRead}) {
    auto opened = Catalog::Open(library(), mode);
    ASSERT_TRUE(opened) << opened.error().message();
    Catalog& catalog = **opened;
    EXPECT_EQ(catalog.Counts()->assets, 3U);
    EXPECT_EQ(catalog.Setting("index.kind").value(), "auto");
    const EncodedRows rows = catalog.Vectors(kSpace).value()->Read(2, 4).value();
    EXPECT_EQ(rows.scales, (std::vector<float>{0.125F, 0.0625F}));
    EXPECT_EQ(rows.fine, (std::vector<std::int8_t>{0, 0, 0, 0, 0, 0, 0, 0, 127, -128, -1, 0, 1, 2, 3, 4}));
  }
}

TEST_F(Schema, PicturesOfVersionTwoAreFoundByWords) {
  LoadGolden("catalog_v2.sql");
  OpenForWriting();
  EXPECT_EQ(catalog_->WordFrequency("png").value(), 1U);
  EXPECT_EQ(catalog_->WordFrequency("usb").value(), 1U);
  EXPECT_EQ(catalog_->FindWords(kSpace, "\"z\"", 9).value()[0].row, 3U);
  EXPECT_EQ(catalog_->AssetsWithoutSketch(9)->size(), 3U);
  EXPECT_TRUE(catalog_->annotations().Tags()->empty());
  EXPECT_TRUE(catalog_->SidecarsDue(9)->empty());
}

TEST_F(Schema, VersionThreeOpens) {
  LoadGolden("catalog_v3.sql");
  for (const CatalogMode mode : {CatalogMode::kRead, CatalogMode::kWrite}) {
    auto opened = Catalog::Open(library(), mode);
    ASSERT_TRUE(opened) << opened.error().message();
    Catalog& catalog = **opened;
    Annotations& notes = catalog.annotations();
    EXPECT_EQ(catalog.Counts()->assets, 3U);
    const auto tags = notes.TagsOf(AssetId{1}).value();
    ASSERT_EQ(tags.size(), 2U);
    EXPECT_EQ(tags[0].path, "dog");
    EXPECT_EQ(tags[0].mark.origin, TagOrigin::kWords);
    EXPECT_EQ(notes.NoteOf(AssetId{1}).value(), (Note{4, "Grandma's boat"}));
    EXPECT_EQ(notes.SavedSearches().value()[0].query, "beach -umbrella");
    const auto journal = notes.Journal(9).value();
    ASSERT_EQ(journal.size(), 1U);
    EXPECT_EQ(journal[0].moves[0].to, "/p/z.jpg");
    EXPECT_EQ(catalog.WordFrequency("stop").value(), 1U);
    EXPECT_EQ(catalog.SidecarAt("/p/a.jpg.xmp").value()->size_bytes, 10U);
    EXPECT_EQ(catalog.SidecarAt("/p/a.jpg.xmp").value()->said, "p");
    EXPECT_EQ(catalog.SidecarsDue(9).value(), std::vector<AssetId>{AssetId{1}});
    const std::vector<AssetId> one = {AssetId{1}};
    const Sketch sketch = catalog.AssetsOf(one).value()[0].sketch;
    EXPECT_EQ(sketch.palette[0].green, 128);
    EXPECT_EQ(sketch.sharpness, 0.5F);
  }
}

TEST_F(Schema, TheJournalOfVersionThreeCanBeTakenBack) {
  LoadGolden("catalog_v3.sql");
  OpenForWriting();
  const Result<JournalEntry> undone = catalog_->annotations().Undo();
  ASSERT_TRUE(undone) << undone.error().message();
  EXPECT_EQ(undone->what, "tag 1 picture");
  EXPECT_EQ(catalog_->annotations().Tags()->size(), 1U);
  EXPECT_EQ(catalog_->FileAt("/p/old").value()->asset, AssetId{4});
}

TEST_F(Schema, NewAndMigratedCatalogsHaveTheTablesOfTheGoldenOne) {
  OpenForWriting();
  catalog_.reset();
  const std::string fresh = Tables();
  EXPECT_EQ(TablesOfGolden("catalog_v3.sql"), fresh)
      << "a change of the tables needs a new version and a migration";
  for (const char* older : {"catalog_v1.sql", "catalog_v2.sql"}) {
    TablesOfGolden(older);
    OpenForWriting();
    catalog_.reset();
    EXPECT_EQ(Tables(), fresh);
  }
}

TEST_F(Schema, MigrationCutShortStartsAgain) {
  std::filesystem::create_directory(library());
  {
    auto db = Database::Open(database(), SqliteMode::kWrite);
    ASSERT_TRUE(db);
    auto transaction = Transaction::Begin(*db);
    ASSERT_TRUE(db->Execute("CREATE TABLE asset (x)"));
  }
  OpenForWriting();
  EXPECT_EQ(catalog_->Counts()->files, 0U);
}

TEST_F(Schema, MigratingTwiceChangesNothing) {
  OpenForWriting();
  RunOver("/p", {NewPicture("/p/a", 1)});
  OpenForWriting();
  EXPECT_EQ(catalog_->Counts()->files, 1U);
}

}  // namespace
}  // namespace vitrine
