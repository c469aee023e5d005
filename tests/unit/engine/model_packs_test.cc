// Finding packs, and taking one into a library: whole and tried, or not at all.
#include "engine/model_packs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "engine/model_adding.h"
#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class ModelPacksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_.File("program"));
    fs::copy(pack_.path(), folder_.File("program/shipped"), fs::copy_options::recursive);
  }

  static Status Sound(const std::string&) { return {}; }

  // A pack of another space: the prompt counts for it, and the blank means nothing to the tokenizer.
  static void MakeOther(const TinyPack& pack) { pack.Edit("\"prompt\": \"{}\"", "\"prompt\": \"{} \""); }

  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const KnownPack& pack : packs_.All()) ids.push_back(pack.id);
    return ids;
  }

  // Everything in the library's folder of models, hidden folders too but empty ones.
  std::vector<std::string> Left() const {
    std::vector<std::string> left;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(packs_.library_folder(), error)) {
      if (!fs::is_empty(entry.path())) left.push_back(entry.path().filename().string());
    }
    return left;
  }

  void ExpectRefused(const TinyPack& pack, Code code, const std::string& words) {
    const auto added = AddPack(packs_, pack.path(), Sound);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code(), code) << added.error().message();
    EXPECT_NE(added.error().message().find(words), std::string::npos) << added.error().message();
    EXPECT_TRUE(Left().empty());
  }

  const TempFolder folder_;
  const TinyPack pack_;
  const ModelPacks packs_{folder_.File("library"), folder_.File("program")};
};

TEST_F(ModelPacksTest, AreFoundByIdAndByName) {
  EXPECT_EQ(Ids(), std::vector<std::string>{"shipped"});
  EXPECT_EQ(packs_.Find("shipped")->summary.name, "tiny");
  EXPECT_EQ(packs_.Find("tiny")->id, "shipped");
  EXPECT_EQ(packs_.FolderOf("tiny").value(), folder_.File("program/shipped"));
  EXPECT_EQ(packs_.FolderOf("./anywhere").value(), "./anywhere");
  const auto none = packs_.Find("clip");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), Code::kModel);
  EXPECT_NE(none.error().message().find("shipped"), std::string::npos) << "says what there is";
  EXPECT_FALSE(packs_.FolderOf(""));
  EXPECT_FALSE(packs_.FolderOf(".."));
}

TEST_F(ModelPacksTest, NameOfSeveralIsRefusedWithTheirIds) {
  const TinyPack other;
  MakeOther(other);
  ASSERT_TRUE(AddPack(packs_, other.path(), Sound));
  const auto both = packs_.Find("tiny");
  ASSERT_FALSE(both);
  EXPECT_NE(both.error().message().find("shipped, tiny-1.0.0"), std::string::npos) << both.error().message();
}

TEST_F(ModelPacksTest, DamagedDescriptionIsListedWithItsProblem) {
  fs::create_directories(folder_.File("library/models/broken"));
  fs::create_directories(folder_.File("library/models/ocr"));
  ASSERT_TRUE(WriteFileAtomically(folder_.File("library/models/broken/pack.json"), "{", Durability::kCache));
  ASSERT_EQ(Ids(), (std::vector<std::string>{"shipped", "broken"})) << "a folder without pack.json is none";
  EXPECT_NE(packs_.All()[1].problem, "");
}

TEST_F(ModelPacksTest, AddedPackIsWholeAndTriedWhereItWillLie) {
  const TinyPack other;
  MakeOther(other);
  other.Write("MODEL_CARD.md", "made for tests");
  other.Write("notes.txt", "nobody named it");
  std::string tried;
  const auto added = AddPack(packs_, other.path(), [&](const std::string& copy) -> Status {
    tried = copy;
    EXPECT_TRUE(DescribePack(copy));
    EXPECT_EQ(Ids(), std::vector<std::string>{"shipped"}) << "not found before it was tried";
    return {};
  });
  ASSERT_TRUE(added) << added.error().message();
  EXPECT_EQ(added->id, "tiny-1.0.0");
  EXPECT_TRUE(added->in_library);
  EXPECT_TRUE(tried.starts_with(packs_.library_folder())) << tried;
  EXPECT_EQ(added->folder, folder_.File("library/models/tiny-1.0.0"));
  for (const char* file : TinyPack::kHashedFiles) {
    EXPECT_EQ(ReadFile(added->folder + "/" + file).value(), other.Read(file)) << file;
  }
  EXPECT_TRUE(fs::exists(added->folder + "/MODEL_CARD.md"));
  EXPECT_FALSE(fs::exists(added->folder + "/notes.txt"));
  EXPECT_EQ(Left(), std::vector<std::string>{"tiny-1.0.0"});
}

TEST_F(ModelPacksTest, SpaceThatIsHereAlreadyIsRefused) {
  pack_.Edit("\"name\": \"tiny\"", "\"name\": \"renamed\"");
  ExpectRefused(pack_, Code::kInvalidArgument, "shipped");
}

TEST_F(ModelPacksTest, OtherPackUnderATakenIdIsRefused) {
  const TinyPack other;
  MakeOther(other);
  ASSERT_TRUE(AddPack(packs_, other.path(), Sound));
  const TinyPack third;
  third.Edit("\"prompt\": \"{}\"", "\"prompt\": \" {}\"");
  const auto added = AddPack(packs_, third.path(), Sound);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code(), Code::kInvalidArgument);
  EXPECT_NE(added.error().message().find("vitrine model remove tiny-1.0.0"), std::string::npos);
}

TEST_F(ModelPacksTest, FlippedByteInAnyFileIsRefusedWithBothHashes) {
  for (const char* file : TinyPack::kHashedFiles) {
    SCOPED_TRACE(file);
    const TinyPack other;
    MakeOther(other);
    const std::string right = Hex(Sha256(other.Read(file)));
    std::string bytes = other.Read(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    other.Write(file, bytes);
    ExpectRefused(other, Code::kModel, right);
    ExpectRefused(other, Code::kModel, Hex(Sha256(bytes)));
  }
}

TEST_F(ModelPacksTest, MissingFileNameWithASlashAndLinksAreRefused) {
  const TinyPack missing;
  MakeOther(missing);
  fs::remove(missing.File("vocab.txt"));
  ExpectRefused(missing, Code::kModel, "vocab.txt");
  const TinyPack named;
  MakeOther(named);
  named.Edit("\"name\": \"tiny\"", "\"name\": \"../tiny\"");
  ExpectRefused(named, Code::kModel, "../tiny");
  const TinyPack linked;
  MakeOther(linked);
  fs::rename(linked.File("vocab.txt"), linked.File("elsewhere"));
  fs::create_symlink("elsewhere", linked.File("vocab.txt"));
  EXPECT_FALSE(AddPack(packs_, linked.path(), Sound));
  EXPECT_TRUE(Left().empty());
}

TEST_F(ModelPacksTest, PackThatFailsItsTrialLeavesNothing) {
  const TinyPack other;
  MakeOther(other);
  const auto added = AddPack(packs_, other.path(), [](const std::string&) -> Status {
    return Error(Code::kModel, "the towers differ");
  });
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message(), "the towers differ");
  EXPECT_TRUE(Left().empty());
}

}  // namespace
}  // namespace vitrine
