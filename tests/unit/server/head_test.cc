#include "server/head.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "base/file.h"
#include "server/limits.h"

namespace vitrine::server {
namespace {

constexpr auto kNever = [] { return false; };

int StatusOf(const std::string& lines) { return ParseHead("GET / HTTP/1.1\r\n" + lines + "\r\n").status; }

struct Pair {
  UniqueFd ours, theirs;

  Pair() {
    int fds[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    ours = UniqueFd(fds[0]);
    theirs = UniqueFd(fds[1]);
  }
  void Send(const std::string& text) const {
    EXPECT_EQ(send(theirs.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
};

TEST(ParseHead, KeepsValuesByteForByte) {
  const Head head = ParseHead("GET / HTTP/1.1\r\nHost: %31:80\r\nX-Name:  a%20b \r\nEmpty:\r\n\r\n");
  EXPECT_EQ(head.status, 0);
  const Headers wanted = {{"host", "%31:80"}, {"x-name", "a%20b"}, {"empty", ""}};
  EXPECT_EQ(head.headers, wanted);
  EXPECT_FALSE(head.has_body());
}

TEST(ParseHead, RefusesWhatCanBeReadInTwoWays) {
  for (const char* lines : {"Host : x\r\n",
                            " Host: x\r\n",
                            "Host: x\r\n folded\r\n",
                            "Host\r\n",
                            ": x\r\n",
                            "H\0st: x\r\n",
                            "Host: x\ny: z\r\n",
                            "Host: x\ry: z\r\n",
                            "Host: \x01\r\n",
                            "Host: \x7f\r\n",
                            "H\xc3\xb6st: x\r\n",
                            "Content-Length: -1\r\n",
                            "Content-Length: +1\r\n",
                            "Content-Length: 1 1\r\n",
                            "Content-Length:\r\n",
                            "Content-Length: 0x1\r\n",
                            "Content-Length: 1\r\nContent-Length: 1\r\n",
                            "Content-Length: 9999999999999999999\r\n",
                            "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                            "Transfer-Encoding: gzip, chunked\r\n",
                            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: Chunked\r\n"}) {
    EXPECT_EQ(StatusOf(lines), 400) << lines;
  }
  EXPECT_EQ(ParseHead("GET /\x01 HTTP/1.1\r\n\r\n").status, 400);
}

TEST(ParseHead, CountsHeaders) {
  std::string lines;
  for (std::size_t i = 0; i < kMaxHeaders; ++i) lines += "x: y\r\n";
  EXPECT_EQ(StatusOf(lines), 0);
  EXPECT_EQ(StatusOf(lines + "x: y\r\n"), 431);
}

TEST(ParseHead, LimitsTheFirstLine) {
  EXPECT_EQ(ParseHead("GET /" + std::string(kMaxTargetBytes, 'a') + " HTTP/1.1\r\n\r\n").status, 414);
}

TEST(ReadHead, TakesAHeadInPiecesAndKeepsWhatFollows) {
  const Pair pair;
  std::jthread sender([&] {
    for (const char* piece : {"POST / HTTP/1.1\r", "\nContent-Length: 2\r\n\r", "\n{}"}) {
      pair.Send(piece);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const Head head = ReadHead(pair.ours.get(), std::chrono::seconds(60), kNever);
  EXPECT_EQ(head.status, 0);
  EXPECT_TRUE(head.has_body());
  EXPECT_TRUE(head.bytes.starts_with("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n"));
}

TEST(ReadHead, SaysWhetherSomethingCameBehindIt) {
  const Pair pair;
  pair.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(ReadHead(pair.ours.get(), std::chrono::seconds(60), kNever).is_alone);
  pair.Send("GET / HTTP/1.1\r\n\r\nGET");
  EXPECT_FALSE(ReadHead(pair.ours.get(), std::chrono::seconds(60), kNever).is_alone);
}

TEST(ReadHead, EndsWithItsPatienceItsPeerAndItsServer) {
  const Pair slow;
  slow.Send("GET / HT");
  EXPECT_EQ(ReadHead(slow.ours.get(), std::chrono::milliseconds(1), kNever).status, -1);
  EXPECT_EQ(ReadHead(slow.ours.get(), std::chrono::seconds(60), [] { return true; }).status, -1);
  Pair gone;
  gone.theirs = UniqueFd();
  EXPECT_EQ(ReadHead(gone.ours.get(), std::chrono::seconds(60), kNever).status, -1);
}

TEST(ReadHead, TakesNoEndlessHead) {
  for (const std::string& start : {std::string(), std::string("GET / HTTP/1.1\r\n")}) {
    const Pair pair;
    pair.Send(start + std::string(kMaxHeadBytes + 4096, 'a'));
    EXPECT_EQ(ReadHead(pair.ours.get(), std::chrono::seconds(60), kNever).status, start.empty() ? 414 : 431);
  }
}

}  // namespace
}  // namespace vitrine::server
