#include "cluster/link/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>

#include "support/temp_folder.h"

namespace vitrine::cluster {
namespace {

constexpr char kText[] =
    "# mine\n[other:9200]\nnode = https://other:9200\npassword = not this\n\n"
    "[photos.example.org:9200]\nnode = https://a.example.org:9200\n node=https://b.example.org:9200 \n"
    "user = vitrine\npassword = p=ss # word\nauthority = /etc/ca.pem\n";

class SettingsTest : public ::testing::Test {
 protected:
  void Write(const std::string& text, mode_t mode) {
    std::ofstream(file_) << text;
    ASSERT_EQ(chmod(file_.c_str(), mode), 0);
    environment_["VITRINE_CLUSTER_FILE"] = file_;
  }
  Result<Settings> Read(const char* cluster) {
    return ReadSettings(cluster, [this](const char* name) -> const char* {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    });
  }

  TempFolder folder_;
  const std::string file_ = folder_.path() + "/cluster.conf";
  std::map<std::string, std::string> environment_ = {{"HOME", folder_.path()}};
};

TEST_F(SettingsTest, TheSectionOfTheClusterCounts) {
  Write(kText, 0600);
  const auto settings = Read("photos.example.org:9200");
  ASSERT_TRUE(settings) << settings.error().message();
  EXPECT_EQ(settings->nodes,
            (std::vector<std::string>{"https://a.example.org:9200", "https://b.example.org:9200"}));
  EXPECT_EQ(settings->user, "vitrine");
  EXPECT_EQ(settings->password, "p=ss # word");
  EXPECT_EQ(settings->authority, "/etc/ca.pem");
}

TEST_F(SettingsTest, AFileThatOthersMayReadIsRefused) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0610U}) {
    Write(kText, mode);
    const auto settings = Read("photos.example.org:9200");
    ASSERT_FALSE(settings) << std::oct << mode;
    EXPECT_NE(settings.error().message().find("chmod 600"), std::string::npos);
  }
}

TEST_F(SettingsTest, TheEnvironmentStandsInPlaceOfTheFile) {
  environment_["VITRINE_CLUSTER_NODES"] = "https://c:9200, https://d:9200,";
  environment_["VITRINE_CLUSTER_USER"] = "me";
  environment_["VITRINE_CLUSTER_PASSWORD"] = "secret";
  const auto settings = Read("photos.example.org:9200");
  ASSERT_TRUE(settings) << settings.error().message();
  EXPECT_EQ(settings->nodes, (std::vector<std::string>{"https://c:9200", "https://d:9200"}));
  EXPECT_EQ(settings->password, "secret");
}

TEST_F(SettingsTest, OnlyThisMachineNeedsNone) {
  const auto here = Read("127.0.0.1:9201");
  ASSERT_TRUE(here);
  EXPECT_EQ(here->nodes, (std::vector<std::string>{"http://127.0.0.1:9201"}));
  const auto elsewhere = Read("photos.example.org:9200");
  ASSERT_FALSE(elsewhere);
  EXPECT_NE(elsewhere.error().message().find("node = https://"), std::string::npos);
}

TEST_F(SettingsTest, MistakesNameTheLineAndNoPassword) {
  Write("[a:1]\npassword = hidden\nhidden too\n", 0600);
  const auto settings = Read("a:1");
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message().find("line 3"), std::string::npos) << settings.error().message();
  EXPECT_EQ(settings.error().message().find("hidden"), std::string::npos) << settings.error().message();
  Write("[a:1]\npasword = x\n", 0600);
  EXPECT_NE(Read("a:1").error().message().find("pasword"), std::string::npos);
}

TEST_F(SettingsTest, NodesWithoutTlsWithUsersOrPathsAreRefused) {
  for (const char* node : {"http://photos.example.org:9200", "https://me:x@a:9200", "https://a:9200/b",
                           "a:9200", "ftp://a:9200", "https://", "https://a b"}) {
    EXPECT_FALSE(CheckNode(node)) << node;
  }
  EXPECT_TRUE(CheckNode("http://127.0.0.1:9201"));
  EXPECT_TRUE(CheckNode("https://a.example.org"));
}

TEST_F(SettingsTest, AUserNeedsAPassword) {
  environment_["VITRINE_CLUSTER_USER"] = "me";
  EXPECT_FALSE(Read("127.0.0.1:9200"));
}

}  // namespace
}  // namespace vitrine::cluster
