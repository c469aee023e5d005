// Downloads from a server that is a list of answers: each test plays one kind of trouble.
#include "fetch/download.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "support/temp_folder.h"

namespace vitrine::fetch {
namespace {

constexpr char kAddress[] = "https://models.example/a.onnx";

struct Answer {
  ResponseHead head;
  std::string body;
  bool is_cut = false;  // The line breaks after the body.
};

// Gives its answers in turn; past the last one the line is dead.
class FakeTransfer final : public Transfer {
 public:
  std::deque<Answer> answers;
  std::vector<Request> requests;

  Outcome Get(const Request& request, BodySink& sink) override {
    requests.push_back(request);
    const Outcome cut{Outcome::Kind::kInterrupted, Error(Code::kIo, "the line is dead")};
    if (answers.empty()) return cut;
    const Answer answer = answers.front();
    answers.pop_front();
    if (const Status status = sink.OnHead(answer.head); !status) {
      return {Outcome::Kind::kRefused, status.error()};
    }
    // In small pieces, as it comes over a line.
    for (std::size_t at = 0; at < answer.body.size(); at += 1000) {
      if (const Status status = sink.OnBody(std::string_view(answer.body).substr(at, 1000)); !status) {
        return {Outcome::Kind::kRefused, status.error()};
      }
    }
    if (answer.is_cut) return cut;
    return {};
  }
};

std::string Bytes(std::size_t count, unsigned seed = 1) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    bytes += static_cast<char>(seed >> 24);
  }
  return bytes;
}

Answer Whole(std::string body, std::string validator = "\"v1\"") {
  ResponseHead head;
  head.status = 200;
  head.length = body.size();
  head.validator = std::move(validator);
  return {head, std::move(body)};
}

Answer Part(const std::string& all, std::size_t from, std::string validator = "\"v1\"") {
  ResponseHead head;
  head.status = 206;
  head.length = all.size() - from;
  head.range_start = from;
  head.total = all.size();
  head.validator = std::move(validator);
  return {head, all.substr(from)};
}

Answer Cut(Answer answer, std::size_t bytes) {
  answer.body.resize(bytes);
  answer.is_cut = true;
  return answer;
}

Answer Only(int status) {
  ResponseHead head;
  head.status = status;
  return {head, ""};
}

class DownloadTest : public testing::Test {
 protected:
  Status Fetch(std::uint64_t offset = 0) {
    Progress silent(true);
    const DownloadContext context{transfer,
                                  silent,
                                  [this] { return ++records, Status(); },
                                  [this](std::uint32_t ms) { pauses.push_back(ms); },
                                  {3, &stop}};
    return Download(context, wanted, kAddress, folder.File("a.onnx"), offset, entry);
  }

  std::string OnDisk() const { return ReadFile(folder.File("a.onnx")).value(); }

  const std::string bytes = Bytes(100'000);
  CatalogueFile wanted{"a.onnx", 100'000, true, Hex(Sha256(bytes))};
  ManifestFile entry{"a.onnx", 0, false, wanted.sha256, Pin::kCatalogue, ""};
  FakeTransfer transfer;
  TempFolder folder;
  StopSignal stop;
  std::vector<std::uint32_t> pauses;
  int records = 0;
};

TEST_F(DownloadTest, AWholeFileInOneAnswer) {
  transfer.answers = {Whole(bytes)};
  const Status done = Fetch();
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(OnDisk(), bytes);
  EXPECT_TRUE(entry.whole);
  EXPECT_EQ(entry.bytes, bytes.size());
  EXPECT_TRUE(pauses.empty());
}

TEST_F(DownloadTest, ABrokenLineGoesOnWhereItBroke) {
  transfer.answers = {Cut(Whole(bytes), 70'000), Cut(Part(bytes, 70'000), 10'000), Part(bytes, 80'000)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(OnDisk(), bytes);
  ASSERT_EQ(transfer.requests.size(), 3u);
  EXPECT_EQ(transfer.requests[1].offset, 70'000u);
  EXPECT_EQ(transfer.requests[1].validator, "\"v1\"");
  EXPECT_EQ(transfer.requests[2].offset, 80'000u);
}

TEST_F(DownloadTest, AServerThatIgnoresRangesBeginsAnew) {
  transfer.answers = {Cut(Whole(bytes), 70'000), Whole(bytes)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(OnDisk(), bytes);
}

TEST_F(DownloadTest, PiecesOfTwoVersionsAreNotPutTogether) {
  const std::string older = Bytes(100'000, 7);
  transfer.answers = {Cut(Whole(older, "\"v0\""), 50'000), Part(bytes, 50'000, "\"v1\""), Whole(bytes)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(OnDisk(), bytes);
  EXPECT_EQ(transfer.requests[2].offset, 0u);
}

TEST_F(DownloadTest, AServerThatMixesVersionsInSecretIsAskedOnceMoreInOnePiece) {
  const std::string older = Bytes(100'000, 7);
  transfer.answers = {Cut(Whole(older), 50'000), Part(bytes, 50'000), Whole(bytes)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(OnDisk(), bytes);
}

TEST_F(DownloadTest, APartFromAnotherPlaceIsNotTaken) {
  Answer shifted = Part(bytes, 50'000);
  shifted.head.range_start = 40'000;
  transfer.answers = {Cut(Whole(bytes), 50'000), shifted, Whole(bytes)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(OnDisk(), bytes);
}

TEST_F(DownloadTest, NothingMoreToSendMeansThatItIsWhole) {
  Answer nothing = Only(416);
  nothing.head.total = bytes.size();
  transfer.answers = {Cut(Whole(bytes), bytes.size()), nothing};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(OnDisk(), bytes);
}

TEST_F(DownloadTest, NothingThereMeansThatTheFileHasChanged) {
  Answer nothing = Only(416);
  nothing.head.total = 10;
  transfer.answers = {Cut(Whole(bytes), 70'000), nothing, Whole(bytes)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(OnDisk(), bytes);
  EXPECT_EQ(transfer.requests[2].offset, 0u);
}

TEST_F(DownloadTest, AWrongHashIsRefusedWithBothHashesAndRemoved) {
  const std::string other = Bytes(100'000, 9);
  transfer.answers = {Whole(other)};
  const Status done = Fetch();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::kModel);
  EXPECT_NE(done.error().message().find(wanted.sha256), std::string::npos);
  EXPECT_NE(done.error().message().find(Hex(Sha256(other))), std::string::npos);
  EXPECT_NE(done.error().message().find("a.onnx"), std::string::npos);
  EXPECT_FALSE(ReadFile(folder.File("a.onnx")));
  EXPECT_FALSE(entry.whole);
  EXPECT_EQ(entry.bytes, 0u);
}

TEST_F(DownloadTest, AHashThatNobodyKnewIsPinned) {
  wanted.sha256.clear();
  entry.sha256.clear();
  transfer.answers = {Whole(bytes)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(entry.sha256, Hex(Sha256(bytes)));
  EXPECT_EQ(entry.pin, Pin::kFirstFetch);
}

TEST_F(DownloadTest, AnotherSizeThanTheCatalogueHasIsNotEvenFetched) {
  transfer.answers = {Whole(bytes + "more")};
  const Status done = Fetch();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::kModel);
  transfer.answers = {Whole(bytes.substr(1))};
  const Status less = Fetch();
  ASSERT_FALSE(less);
  EXPECT_NE(less.error().message().find("99,999"), std::string::npos) << less.error().message();
}

TEST_F(DownloadTest, AServerThatNeverEndsIsCutOff) {
  wanted = {"a.onnx", 1000, false, ""};
  entry.sha256.clear();
  Answer endless = Whole(Bytes(1 << 20));
  endless.head.length.reset();
  transfer.answers = {endless};
  const Status done = Fetch();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::kModel);
  EXPECT_FALSE(ReadFile(folder.File("a.onnx")));
}

TEST_F(DownloadTest, ALineThatStaysDeadIsGivenUpAndWhatCameIsKept) {
  transfer.answers = {Cut(Whole(bytes), 70'000)};
  const Status done = Fetch();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::kIo);
  EXPECT_EQ(entry.bytes, 70'000u);
  EXPECT_EQ(entry.validator, "\"v1\"");
  EXPECT_EQ(OnDisk().size(), 70'000u);
  // The good try, then three in a row that brought nothing, with growing pauses between them.
  EXPECT_EQ(transfer.requests.size(), 5u);
  EXPECT_EQ(pauses, (std::vector<std::uint32_t>{1000, 1000, 2000, 4000}));

  transfer.answers = {Part(bytes, 70'000)};
  ASSERT_TRUE(Fetch(70'000));
  EXPECT_EQ(OnDisk(), bytes);
}

TEST_F(DownloadTest, ABusyServerIsGivenTheTimeItAsksFor) {
  Answer busy = Only(503);
  busy.head.retry_after_s = 7;
  transfer.answers = {busy, Only(429), Whole(bytes)};
  ASSERT_TRUE(Fetch());
  EXPECT_EQ(pauses, (std::vector<std::uint32_t>{7000, 2000}));
}

TEST_F(DownloadTest, AFileThatIsNotThereIsNotAskedForTwice) {
  transfer.answers = {Only(404)};
  const Status done = Fetch();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::kModel);
  EXPECT_EQ(transfer.requests.size(), 1u);
}

TEST_F(DownloadTest, ACompressedAnswerIsRefused) {
  Answer answer = Whole(bytes);
  answer.head.is_encoded = true;
  transfer.answers = {answer};
  EXPECT_FALSE(Fetch());
}

TEST_F(DownloadTest, AStopKeepsWhatCame) {
  transfer.answers = {Cut(Whole(bytes), 50'000)};
  stop.Request();
  const Status done = Fetch();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::kCancelled);
  EXPECT_EQ(entry.bytes, 50'000u);
}

}  // namespace
}  // namespace vitrine::fetch
