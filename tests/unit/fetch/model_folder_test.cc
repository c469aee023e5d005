#include "fetch/model_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/hash.h"
#include "support/temp_folder.h"

namespace vitrine::fetch {
namespace {

void Write(const std::string& path, std::string_view bytes) {
  ASSERT_TRUE(MakeFolders(std::string(FolderOf(path))));
  ASSERT_TRUE(WriteFileAtomically(path, bytes, Durability::kCache));
}

std::string HashOf(std::string_view bytes) { return Hex(Sha256(bytes)); }

TEST(PartFolder, IsHeldByOne) {
  const TempFolder parent;
  const Result<PartFolder> first = PartFolder::Open(parent.path(), "m");
  ASSERT_TRUE(first) << first.error().message();
  const Result<PartFolder> second = PartFolder::Open(parent.path(), "m");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kLocked);
}

TEST(PartFolder, BecomesTheModelWithoutWhatIsNotOfIt) {
  const TempFolder parent;
  const Result<PartFolder> part = PartFolder::Open(parent.path(), "m");
  ASSERT_TRUE(part);
  Write(part->File("towers/a.onnx"), "tower");
  Write(part->File("older/b.onnx"), "of an older catalogue");
  Write(part->File("fetched.json"), "{}");
  const Manifest manifest{"m", "base", {ManifestFile{"towers/a.onnx"}}};
  part->RemoveStrays(manifest);
  ASSERT_TRUE(part->Publish());
  const std::string folder = parent.File("m");
  EXPECT_EQ(access((folder + "/towers/a.onnx").c_str(), R_OK), 0);
  EXPECT_EQ(access((folder + "/fetched.json").c_str(), R_OK), 0);
  EXPECT_NE(access((folder + "/older").c_str(), F_OK), 0);
  EXPECT_NE(access(parent.File("m.part").c_str(), F_OK), 0);
}

TEST(PartFolder, NeverReplacesWhatIsThere) {
  const TempFolder parent;
  const Result<PartFolder> part = PartFolder::Open(parent.path(), "m");
  ASSERT_TRUE(part);
  Write(parent.File("m/mine.txt"), "mine");
  EXPECT_EQ(OccupantOf(parent.File("m")), Occupant::kOther);
  const Status published = part->Publish();
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(access(parent.File("m/mine.txt").c_str(), R_OK), 0);
}

TEST(PartFolder, MoreThanTheDiskHasIsRefusedBeforehand) {
  const TempFolder parent;
  const Result<PartFolder> part = PartFolder::Open(parent.path(), "m");
  ASSERT_TRUE(part);
  EXPECT_TRUE(part->CheckRoom(0));
  const Status room = part->CheckRoom(1ull << 60);
  ASSERT_FALSE(room);
  EXPECT_EQ(room.error().code(), Code::kNoSpace);
  EXPECT_NE(room.error().message().find("--to"), std::string::npos) << room.error().message();
}

TEST(FaultOf, NamesBothHashesAndWhatIsMissing) {
  const TempFolder folder;
  Write(folder.File("a"), "right");
  const ManifestFile right{"a", 5, true, HashOf("right")};
  const ManifestFile wrong{"a", 5, true, HashOf("wrong")};
  const ManifestFile missing{"b", 5, true, HashOf("right")};
  ASSERT_TRUE(FaultOf(folder.path(), right));
  EXPECT_EQ(*FaultOf(folder.path(), right), "");
  EXPECT_NE(FaultOf(folder.path(), wrong)->find(HashOf("right")), std::string::npos);
  EXPECT_NE(FaultOf(folder.path(), wrong)->find(HashOf("wrong")), std::string::npos);
  EXPECT_EQ(*FaultOf(folder.path(), missing), "is missing");
  ASSERT_EQ(symlink("a", folder.File("link").c_str()), 0);
  EXPECT_NE(*FaultOf(folder.path(), {"link", 5, true, HashOf("right")}), "");
}

}  // namespace
}  // namespace vitrine::fetch
