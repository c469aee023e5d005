// Pictures are found by the words of their names, folders, captions, tags and texts, and by nothing else.
#include "catalog/words.h"

#include "annotations_fixture.h"

namespace vitrine {
namespace {

class Words : public CatalogFixture {
 protected:
  void SetUp() override { OpenForWriting(); }

  std::vector<RowId> Rows(const std::string& match) {
    std::vector<RowId> rows;
    const RowSet set = catalog_->RowsWithWords(kSpace, match).value();
    for (RowId row = 0; row < set.size(); ++row) {
      if (set.Contains(row)) rows.push_back(row);
    }
    return rows;
  }

  std::vector<RowId> One(RowId row) { return {row}; }
};

TEST_F(Words, NamesAndFoldersBelowTheOutermostRoot) {
  RunOver("/home/me/Photos", {NewPicture("/home/me/Photos/2023 Urlaub/IMG_1234.JPG", 1),
                              NewPicture("/home/me/Photos/2024/DSC00012BeachDay.jpg", 2)});
  EXPECT_EQ(Rows("\"urlaub\""), One(0));
  EXPECT_EQ(Rows("\"img_1234\""), One(0));
  EXPECT_EQ(Rows("\"1234\""), One(0));
  EXPECT_EQ(Rows("\"jpg\""), (std::vector<RowId>{0, 1}));
  EXPECT_EQ(Rows("\"photos\""), (std::vector<RowId>{0, 1})) << "the root's own name is one";
  EXPECT_EQ(Rows("\"home\""), std::vector<RowId>()) << "above the root";
  EXPECT_EQ(Rows("\"beach day\""), One(1));
  EXPECT_EQ(Rows("\"00012\""), One(1));
  EXPECT_EQ(Rows("\"dsc00012beachday\""), One(1)) << "as it is written too";
  EXPECT_EQ(Rows("\"urlaub img\""), std::vector<RowId>()) << "no phrase goes over from folder to name";
}

TEST_F(Words, ANewRootAroundOthersAddsFolders) {
  RunOver("/home/me/Photos", {NewPicture("/home/me/Photos/a.jpg", 1)});
  EXPECT_EQ(Rows("\"me\""), std::vector<RowId>());
  ASSERT_TRUE(catalog_->BeginRun("/home/me"));
  EXPECT_EQ(Rows("\"me\""), One(0));
}

TEST_F(Words, CaseAndAccentsDoNotCount) {
  RunOver("/p", {NewPicture("/p/Caf\xC3\xA9 \xC3\x9C"
                            "bung.jpg",
                            1)});
  EXPECT_EQ(Rows("\"CAFE ubung\""), One(0));
  EXPECT_EQ(Rows("\"caf\xC3\xA9\""), One(0));
}

TEST_F(Words, BytesThatAreNoTextPartWords) {
  RunOver("/p", {NewPicture("/p/left\xffright\n.jpg", 1)});
  EXPECT_EQ(Rows("\"left\""), One(0));
  EXPECT_EQ(Rows("\"right\""), One(0));
}

TEST_F(Words, FollowTheFiles) {
  RunOver("/p", {NewPicture("/p/one.jpg", 1), NewPicture("/p/copy.jpg", 1), NewPicture("/p/two.jpg", 2)});
  EXPECT_EQ(Rows("\"copy\""), One(0));
  RunOver("/p", {NewPicture("/p/one.jpg", 1), NewPicture("/p/two.jpg", 3)});
  EXPECT_EQ(Rows("\"copy\""), std::vector<RowId>());
  EXPECT_EQ(Rows("\"one\""), One(0));
  EXPECT_EQ(Rows("\"two\""), One(2)) << "the file holds another picture now";
  RunOver("/p", {});
  EXPECT_EQ(Rows("\"jpg\""), std::vector<RowId>());
  EXPECT_EQ(catalog_->WordFrequency("jpg").value(), 0U);
}

TEST_F(Words, TagsCaptionsAndTextsInPictures) {
  RunOver("/p", {NewPicture("/p/1", 1), NewPicture("/p/2", 2)});
  auto change = catalog_->annotations().Begin("say").value();
  const std::vector<AssetId> first = {AssetId{1}};
  ASSERT_TRUE(change->Mark("places/Tel Aviv", first, {.model = {}}));
  ASSERT_TRUE(change->Mark("snow", first, {.state = TagState::kSuggested, .model = {}}));
  ASSERT_TRUE(change->SetNote(AssetId{2}, {.rating = {}, .caption = "Grandma's boat"}));
  ASSERT_TRUE(change->Commit());
  ASSERT_TRUE(catalog_->SetPictureText(AssetId{2}, "STOP\xff" + std::string(70'000, 'x') + " late"));
  EXPECT_EQ(catalog_->SetPictureText(AssetId{9}, "x").error().code(), Code::kNotFound);
  EXPECT_EQ(Rows("\"tel aviv\""), One(0));
  EXPECT_EQ(Rows("\"places\""), One(0));
  EXPECT_EQ(Rows("\"places tel\""), std::vector<RowId>());
  EXPECT_EQ(Rows("\"snow\""), std::vector<RowId>()) << "only suggested";
  EXPECT_EQ(Rows("\"grandma's\""), One(1));
  EXPECT_EQ(Rows("\"stop\""), One(1));
  EXPECT_EQ(Rows("\"late\""), std::vector<RowId>()) << "cut";
  EXPECT_EQ(Rows("\"boat\" NOT \"stop\""), std::vector<RowId>());
  EXPECT_EQ(Rows("(\"boat\" OR \"aviv\") AND \"p\""), (std::vector<RowId>{0, 1}));
  ASSERT_TRUE(catalog_->SetPictureText(AssetId{2}, ""));
  EXPECT_EQ(Rows("\"stop\""), std::vector<RowId>());
  const auto hits = catalog_->FindWords(kSpace, "\"aviv\" OR \"boat\" OR \"p\"", 10).value();
  ASSERT_EQ(hits.size(), 2U);
  for (const WordHit& hit : hits) {
    EXPECT_GT(hit.bm25, 0);
    EXPECT_EQ(hit.column, hit.row == 0 ? "tag" : "caption");
  }
  EXPECT_GE(hits[0].bm25, hits[1].bm25);
}

TEST_F(Words, PicturesAreReadOnceAndGoneOnesNot) {
  RunOver("/p", {NewPicture("/p/1", 1), NewPicture("/p/2", 2), NewPicture("/p/3", 3), NewPicture("/p/4", 4)});
  RunOver("/p", {NewPicture("/p/1", 1), NewPicture("/p/2", 2), NewPicture("/p/4", 4)});
  using Ids = std::vector<AssetId>;
  EXPECT_EQ(catalog_->AssetsWithoutText(9).value(), (Ids{AssetId{1}, AssetId{2}, AssetId{4}}));
  EXPECT_EQ(catalog_->AssetsWithoutText(1, AssetId{1}).value(), Ids{AssetId{2}});
  const std::vector<std::pair<AssetId, std::string>> texts = {
      {AssetId{2}, "late\nopening\xff"}, {AssetId{1}, ""}, {AssetId{77}, "nobody"}};
  ASSERT_TRUE(catalog_->StorePictureTexts(texts));
  EXPECT_EQ(catalog_->AssetsWithoutText(9).value(), Ids{AssetId{4}});
  EXPECT_EQ(Rows("\"opening\""), One(1));
  EXPECT_EQ(Rows("\"nobody\""), std::vector<RowId>());
  EXPECT_EQ(catalog_->FindWords(kSpace, "\"opening\"", 9)->at(0).column, "picture text");
  ASSERT_TRUE(catalog_->SetPictureText(AssetId{2}, ""));
  EXPECT_EQ(catalog_->AssetsWithoutText(9).value(), (Ids{AssetId{2}, AssetId{4}})) << "forgotten, so due";
  ASSERT_TRUE(catalog_->StorePictureTexts({}));
}

TEST_F(Words, RarerWordsWeighMoreAndTiesAreInOrderOfRow) {
  std::vector<FileOutcome> outcomes;
  for (int i = 0; i < 20; ++i)
    outcomes.push_back(
        NewPicture((i < 10 ? "/p/a/common " : "/p/b/common ") + std::to_string(i % 10) + ".jpg", i));
  outcomes.push_back(NewPicture("/p/rare.jpg", 20));
  RunOver("/p", outcomes);
  const auto hits = catalog_->FindWords(kSpace, "\"common\" OR \"rare\"", 5).value();
  ASSERT_EQ(hits.size(), 5U);
  EXPECT_EQ(hits[0].column, "name");
  const auto common = catalog_->FindWords(kSpace, "\"common\"", 100).value();
  ASSERT_EQ(common.size(), 20U);
  for (RowId row = 0; row < 20; ++row) EXPECT_EQ(common[row].row, row);
  EXPECT_EQ(catalog_->WordFrequency("Common").value(), 20U);
  EXPECT_EQ(catalog_->WordFrequency("common 3").value(), 2U);
  EXPECT_EQ(catalog_->WordFrequency("\"").value(), 0U);
  EXPECT_EQ(catalog_->WordFrequency("").value(), 0U);
  EXPECT_EQ(catalog_->FindWords("nobody", "\"common\"", 5)->size(), 0U);
}

TEST_F(Words, MalformedExpressionsAreRefused) {
  RunOver("/p", {NewPicture("/p/a", 1)});
  for (const std::string match : {"\"a", "AND", "(\"a\"", "nocolumn : \"a\"", ""}) {
    const auto hits = catalog_->FindWords(kSpace, match, 5);
    if (match.empty()) continue;
    ASSERT_FALSE(hits) << match;
    EXPECT_EQ(hits.error().code(), Code::kInvalidArgument) << match;
    EXPECT_EQ(catalog_->RowsWithWords(kSpace, match).error().code(), Code::kInvalidArgument) << match;
  }
}

TEST_F(Words, APictureWithManyCopiesHasABoundedText) {
  std::vector<FileOutcome> outcomes;
  for (int i = 0; i < 400; ++i)
    outcomes.push_back(NewPicture("/p/" + std::string(240, 'n') + std::to_string(i), 1));
  outcomes.push_back(NewPicture("/p/zlast", 1));
  RunOver("/p", outcomes);
  EXPECT_EQ(Rows("\"p\""), One(0));
  EXPECT_EQ(Rows("\"zlast\""), std::vector<RowId>());
}

TEST(SearchableName, PartsWordsWhereKindsOfLettersTouch) {
  const std::string between = " \xEE\x80\x80 ";
  EXPECT_EQ(SearchableName("plain name"), "plain name");
  EXPECT_EQ(SearchableName("IMG1234"), "IMG1234" + between + "IMG 1234");
  EXPECT_EQ(SearchableName("myHTMLFile"), "myHTMLFile" + between + "my HTML File");
  EXPECT_EQ(SearchableName("4th"), "4th" + between + "4 th");
  EXPECT_EQ(SearchableName("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(SearchableName(""), "");
}

}  // namespace
}  // namespace vitrine
