#include "cluster/address.h"

#include <gtest/gtest.h>

namespace vitrine::cluster {
namespace {

TEST(Address, NamesHostPortAndLibrary) {
  const auto address = ReadAddress("opensearch://Photos.Example.org:9201/agency_2-b");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "photos.example.org");
  EXPECT_EQ(address->port, 9201);
  EXPECT_EQ(address->name, "agency_2-b");
  EXPECT_EQ(address->cluster(), "photos.example.org:9201");
}

TEST(Address, ThePortIs9200WhereNoneIsNamed) {
  EXPECT_EQ(ReadAddress("opensearch://localhost/a")->port, 9200);
  const auto six = ReadAddress("opensearch://[::1]/a");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->cluster(), "[::1]:9200");
  EXPECT_EQ(ReadAddress("opensearch://[::1]:9201/a")->port, 9201);
}

TEST(Address, WhatIsNoneIsRefused) {
  for (const char* text :
       {"opensearch://", "opensearch://host", "opensearch://host/", "opensearch:///a",
        "opensearch://host:0/a", "opensearch://host:70000/a", "opensearch://host:x/a", "opensearch://host/A",
        "opensearch://host/a/b", "opensearch://host/-a", "opensearch://ho st/a", "opensearch://host/a?b",
        "opensearch://host/..", "opensearch://h\ros/a", "https://host/a"}) {
    const auto address = ReadAddress(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code(), Code::kInvalidArgument) << text;
  }
  EXPECT_FALSE(ReadAddress("opensearch://host/" + std::string(65, 'a')));
}

TEST(Address, APasswordOnTheCommandLineIsRefusedAndNotRepeated) {
  const auto address = ReadAddress("opensearch://me:secret@host/a");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().message().find("secret"), std::string::npos);
}

TEST(Address, KnowsThisMachine) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]"})
    EXPECT_TRUE(IsLoopback(host)) << host;
  for (const char* host : {"127.example.org", "localhost.example.org", "10.0.0.1", "[::2]", ""}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace vitrine::cluster
