#include "fetch/download.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"
#include "fetch/part_file.h"

namespace vitrine::fetch {
namespace {

// So many bytes at most are lost by a kill or a power cut.
constexpr std::uint64_t kRecordEvery = 64 << 20;
// A try that brought so many counts as a good one.
constexpr std::uint64_t kGoodTry = 64 << 10;
constexpr std::uint64_t kManifestRoom = 1 << 20;
constexpr std::uint32_t kFirstPauseMs = 1000;
constexpr std::uint32_t kLongestPauseMs = 30'000;

bool IsBusy(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

std::string StatusAdvice(int status) {
  if (status == 401 || status == 403)
    return "it wants to know who asks; fetch it in a browser and use --from";
  if (status == 404 || status == 410) return "it has moved; a newer catalogue may know where to";
  return "try again later, or fetch it in a browser and use --from";
}

// One file under way: takes answers, keeps the manifest's entry true.
class Job final : public BodySink {
 public:
  Job(const DownloadContext& context, const CatalogueFile& wanted, std::string address, PartFile file,
      ManifestFile& entry)
      : context_(context),
        wanted_(wanted),
        address_(std::move(address)),
        file_(std::move(file)),
        entry_(entry),
        recorded_(file_.size()),
        is_pieced_(file_.size() > 0) {}

  Status Run() {
    std::uint32_t failures = 0;
    bool began_anew = false;
    while (true) {
      const std::uint64_t before = file_.size();
      Outcome outcome = Ask();
      if (outcome.kind == Outcome::Kind::kDone && is_complete_) {
        const Status judged = Judge();
        // Two pieces that do not belong together are nobody's fault: once more, in one piece.
        if (judged || !is_worthless_ || !is_pieced_ || began_anew) return judged;
        began_anew = true;
        VITRINE_TRY(BeginAnew());
        continue;
      }
      if (outcome.kind == Outcome::Kind::kRefused && outcome.error.code() == Code::kNoSpace)
        MakeRoomForManifest();
      VITRINE_TRY(Record());
      if (outcome.kind == Outcome::Kind::kRefused) return std::move(outcome.error);
      if (outcome.kind == Outcome::Kind::kDone) outcome.error = Shorter();
      failures = file_.size() >= before + kGoodTry ? 0 : failures + 1;
      if (failures > context_.options.retries) return GiveUp(std::move(outcome.error));
      Pause(std::max<std::uint32_t>(failures, 1), outcome.error);
      if (IsStopped()) return Error(Code::kCancelled, "stopped");
    }
  }

  bool is_worthless() const { return is_worthless_; }

  Status OnHead(const ResponseHead& head) override {
    retry_after_s_ = head.retry_after_s;
    if (head.status == 416) return OnUnsatisfiable(head);
    if (IsBusy(head.status)) {
      busy_ = Error(Code::kIo, Server() + " answers " + std::to_string(head.status));
      return *busy_;
    }
    if (head.status != 200 && head.status != 206) {
      return Error(Code::kModel,
                   Server() + " answers " + std::to_string(head.status) + ": " + StatusAdvice(head.status));
    }
    if (head.is_encoded)
      return Error(Code::kModel, Server() + " sends it compressed, which was not asked for");
    if (head.status == 200) return OnWhole(head);
    return OnPart(head);
  }

  Status OnBody(std::string_view bytes) override {
    if (file_.size() + bytes.size() > wanted_.LimitBytes())
      return TooLarge(file_.size() + bytes.size(), "at least ");
    VITRINE_TRY(file_.Append(bytes));
    context_.progress.Reach(file_.size());
    if (file_.size() < recorded_ + kRecordEvery) return {};
    return Record();
  }

 private:
  Outcome Ask() {
    is_complete_ = false;
    busy_.reset();
    announced_.reset();
    retry_after_s_ = 0;
    Outcome outcome = context_.transfer.Get({address_, file_.size(), entry_.validator}, *this);
    if (busy_) return {Outcome::Kind::kInterrupted, *busy_};
    if (begin_anew_) {
      begin_anew_ = false;
      is_complete_ = false;
      const Status emptied = BeginAnew();
      if (!emptied) return {Outcome::Kind::kRefused, emptied.error()};
      return {Outcome::Kind::kInterrupted, Error(Code::kIo, Server() + " does not know how to go on")};
    }
    if (outcome.kind == Outcome::Kind::kDone && announced_) is_complete_ = file_.size() == *announced_;
    if (outcome.kind == Outcome::Kind::kDone && !announced_) is_complete_ = true;
    if (file_is_there_) {
      file_is_there_ = false;
      is_complete_ = true;
      return {};
    }
    return outcome;
  }

  Status OnWhole(const ResponseHead& head) {
    if (file_.size() > 0) VITRINE_TRY(BeginAnew());
    entry_.validator = head.validator;
    return Announce(head.length);
  }

  Status OnPart(const ResponseHead& head) {
    const bool other_version =
        !entry_.validator.empty() && !head.validator.empty() && entry_.validator != head.validator;
    if (file_.size() == 0 || head.range_start != file_.size() || other_version) {
      begin_anew_ = true;
      return Error(Code::kIo, Server() + " sends another part than was asked for");
    }
    is_pieced_ = true;
    std::optional<std::uint64_t> total = head.total;
    if (!total && head.length) total = file_.size() + *head.length;
    return Announce(total);
  }

  // "There is nothing behind that offset": right when the file is all there, else it has changed.
  Status OnUnsatisfiable(const ResponseHead& head) {
    file_is_there_ = file_.size() > 0 && head.total == file_.size();
    begin_anew_ = !file_is_there_;
    return Error(Code::kIo, Server() + " has nothing behind " + Thousands(file_.size()) + " bytes");
  }

  Status Announce(std::optional<std::uint64_t> total) {
    announced_ = total;
    if (!total) return {};
    if (*total > wanted_.LimitBytes()) return TooLarge(*total, "");
    if (wanted_.exact && *total != wanted_.bytes) {
      return Worthless(Server() + " offers " + Thousands(*total) + " bytes where the catalogue has " +
                       Thousands(wanted_.bytes) + ": it is another file, and was not fetched");
    }
    return {};
  }

  // The file is complete as the server sees it: is it what it must be?
  Status Judge() {
    VITRINE_TRY(file_.Sync());
    VITRINE_TRY_ASSIGN(const std::string found, file_.Sha256());
    if (wanted_.exact && file_.size() != wanted_.bytes) {
      return Worthless(Quoted(wanted_.path) + " has " + Thousands(file_.size()) +
                       " bytes where the catalogue has " + Thousands(wanted_.bytes) +
                       ": it is refused; run the same command again");
    }
    if (!entry_.sha256.empty() && found != entry_.sha256) {
      const char* who = entry_.pin == Pin::kCatalogue ? "the catalogue says " : "at the first fetch it was ";
      return Worthless(Quoted(wanted_.path) + " is refused and removed: its SHA-256 is " + found + " and " +
                       who + entry_.sha256 +
                       "; the server's file has changed or was changed on the way. Do not use it; "
                       "look whether a newer catalogue names it, or use --from with a copy you trust");
    }
    if (entry_.sha256.empty()) entry_.pin = Pin::kFirstFetch;
    entry_.sha256 = found;
    entry_.bytes = recorded_ = file_.size();
    entry_.whole = true;
    entry_.validator.clear();
    return context_.record();
  }

  Status BeginAnew() {
    VITRINE_TRY(file_.CutTo(0));
    is_pieced_ = is_worthless_ = false;
    recorded_ = entry_.bytes = 0;
    entry_.validator.clear();
    return context_.record();
  }

  Status Record() {
    if (file_.size() == recorded_) return {};
    VITRINE_TRY(file_.Sync());
    recorded_ = entry_.bytes = file_.size();
    return context_.record();
  }

  Error TooLarge(std::uint64_t bytes, const char* at_least) {
    return Worthless(Server() + " offers " + at_least + Thousands(bytes) +
                     " bytes, and the catalogue allows " + Thousands(wanted_.LimitBytes()) +
                     ": it is another file, and is refused");
  }

  Error Shorter() const {
    return Error(Code::kIo, Server() + " ended after " + Thousands(file_.size()) + " of " +
                                Thousands(announced_.value_or(0)) + " bytes");
  }

  static Error GiveUp(Error error) {
    return Error(error.code(),
                 error.message() + "; what has come is kept: run the same command again to go on");
  }

  void Pause(std::uint32_t failures, const Error& error) const {
    const std::uint32_t grown = kFirstPauseMs << std::min<std::uint32_t>(failures - 1, 5);
    const std::uint32_t wait = std::max(std::min(grown, kLongestPauseMs), retry_after_s_ * 1000);
    context_.progress.Note(error.message() + "; trying again in " + std::to_string(wait / 1000) + " s");
    context_.pause(wait);
  }

  // The disk is full to the last byte, and the manifest must still say how far we came.
  void MakeRoomForManifest() {
    const std::uint64_t kept = file_.size() - std::min(file_.size(), kManifestRoom);
    static_cast<void>(file_.CutTo(std::max(kept, recorded_)).has_value());
  }

  // What has come is another file: nothing to go on from.
  Error Worthless(const std::string& message) {
    is_worthless_ = true;
    return Error(Code::kModel, message);
  }

  bool IsStopped() const { return context_.options.stop != nullptr && context_.options.stop->requested(); }

  std::string Server() const { return "the server of " + Quoted(address_); }

  const DownloadContext& context_;
  const CatalogueFile& wanted_;
  const std::string address_;
  PartFile file_;
  ManifestFile& entry_;
  std::uint64_t recorded_;                  // Bytes that the manifest knows of.
  bool is_pieced_;                          // The file was not fetched in one answer.
  bool is_worthless_ = false;               // What has come is another file.
  bool is_complete_ = false;                // As the last answer had it.
  bool begin_anew_ = false;                 // The last answer does not fit what is there.
  bool file_is_there_ = false;              // The last answer says that nothing is missing.
  std::optional<std::uint64_t> announced_;  // Bytes of the whole file.
  std::optional<Error> busy_;               // The server is, for now.
  std::uint32_t retry_after_s_ = 0;
};

}  // namespace

Status Download(const DownloadContext& context, const CatalogueFile& wanted, const std::string& address,
                const std::string& path, std::uint64_t offset, ManifestFile& entry) {
  if (offset == 0 && entry.bytes > 0) {
    // Before the first new byte: a kill must not leave new bytes under an old version's name.
    entry.bytes = 0;
    entry.validator.clear();
    VITRINE_TRY(context.record());
  }
  VITRINE_TRY_ASSIGN(PartFile file, PartFile::Open(path, offset));
  context.progress.Begin(wanted.path, offset, wanted.bytes);
  Job job(context, wanted, address, std::move(file), entry);
  Status done = job.Run();
  context.progress.Clear();
  if (!done && job.is_worthless()) {
    unlink(path.c_str());
    entry.bytes = 0;
    entry.validator.clear();
    VITRINE_TRY(context.record());
  }
  return done;
}

}  // namespace vitrine::fetch
