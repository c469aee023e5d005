#include "cluster/steps.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/annotation_rules.h"
#include "cluster/changing.h"
#include "cluster/tag_list.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

// What began so long ago is taken for cut off by whoever only looks.
constexpr std::int64_t kCutOffAfter_s = 15;
constexpr int kMostTries = 20;

std::int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Result<Head> Steps::Settled() {
  while (true) {
    VITRINE_TRY_ASSIGN(const Head head, journal_.ReadHead());
    if (!head.pending) return head;
    VITRINE_TRY(Finish(head));
  }
}

Status Steps::FinishWhatWasCutOff() {
  VITRINE_TRY_ASSIGN(const Head head, journal_.ReadHead());
  if (!head.pending || Now() - head.pending->since_s < kCutOffAfter_s) return {};
  return Finish(head);
}

Status Steps::Begin(const Entry& entry, Side side, bool is_new, Head& head) {
  ++head.step;
  head.pending = {.entry = entry.id, .side = side, .is_new = is_new, .since_s = Now()};
  if (is_new) head.last = entry.journal.id;
  return journal_.WriteHead(head);
}

Status Steps::Do(const Entry& entry, Head head) {
  const Status begun = Begin(entry, Side::kAfter, true, head);
  if (begun) return Finish(head);
  // The head may have moved on because others finished this very change.
  VITRINE_TRY_ASSIGN(const std::optional<Entry> kept, journal_.Find(entry.id));
  if (kept && !kept->begun) return {};
  return begun;
}

Status Steps::Make(std::span<const PictureChange> pictures, Side side, std::int64_t step) const {
  std::unordered_map<std::string, const PictureChange*> by_document;
  std::vector<std::string> ids;
  for (const PictureChange& picture : pictures) {
    by_document[picture.document] = &picture;
    ids.push_back(picture.document);
  }
  VITRINE_TRY(ChangePictures(cluster_, index_, meta_, ids, [&](PictureCopy& picture) -> Result<bool> {
    if (picture.step >= step) return false;
    picture.step = step;
    const Status applied = Apply(*by_document.at(DocumentId(picture.asset.content)), side, picture);
    return applied ? Result<bool>(true) : applied.error();
  }));
  return {};
}

Status Steps::Finish(const Head& head) {
  const Status finished = MakeAll(head);
  if (finished) return {};
  // Somebody else may have finished it and gone on, so that what it was about is no longer there.
  VITRINE_TRY_ASSIGN(const Head now, journal_.ReadHead());
  return now.token == head.token ? finished : Status();
}

Status Steps::MakeAll(Head head) {
  const Pending pending = *head.pending;
  VITRINE_TRY_ASSIGN(const std::optional<Entry> entry, journal_.Find(pending.entry));
  if (!entry) return Error(Code::kCorrupt, "the journal does not have the change that is under way");
  const Status made = journal_.ForEachPart(*entry, [&](std::span<const PictureChange> pictures) {
    return Make(pictures, pending.side, head.step);
  });
  if (!made) return made;
  VITRINE_TRY(Refresh(cluster_, index_));
  VITRINE_TRY(journal_.SetSide(pending.entry, pending.side, head.step));
  head.pending.reset();
  if (pending.is_new) head.redo_from = head.step;
  Apply(entry->lists, pending.side, head);
  VITRINE_TRY(journal_.WriteHead(head));
  if (pending.is_new) journal_.Tidy(head);
  return {};
}

// Whether all is as one side left it: kInvalidArgument says what is not.
Status Steps::Check(const Entry& entry, Side side, const Head& head) const {
  const auto refused = [&](const std::string& what) {
    return CannotStep(entry.journal, what + " has been changed since");
  };
  if (const std::string other = FirstOther(entry.lists, side, head); !other.empty()) return refused(other);
  VITRINE_TRY(CheckSpelling(cluster_, index_, entry, side, head));
  return journal_.ForEachPart(entry, [&](std::span<const PictureChange> pictures) -> Status {
    Json documents = Json::array();
    for (const PictureChange& picture : pictures) {
      documents.push_back({{"_id", picture.document}, {"_source", Json(kSaidFields)}});
    }
    VITRINE_TRY_ASSIGN(const Json answer, cluster_.Ask(Method::kPost, "/" + index_ + "/_mget",
                                                       Json{{"docs", std::move(documents)}}.dump(), 120'000));
    const Json found = answer.value("docs", Json::array());
    for (std::size_t i = 0; i < pictures.size() && i < found.size(); ++i) {
      // A picture that is gone took what was said of it along.
      if (!found[i].value("found", false)) continue;
      const std::string other = FirstOther(pictures[i], side, SaidOf(found[i].at("_source")));
      if (!other.empty()) return refused(other);
    }
    return {};
  });
}

Result<JournalEntry> Steps::Step(Side side) {
  const bool back = side == Side::kBefore;
  for (int tries = 0; tries < kMostTries; ++tries) {
    VITRINE_TRY_ASSIGN(Head head, Settled());
    VITRINE_TRY_ASSIGN(std::optional<Entry> entry,
                       back ? journal_.NewestStanding() : journal_.OldestUndone(head));
    if (!entry) return Error(Code::kNotFound, back ? "there is nothing to undo" : "there is nothing to redo");
    VITRINE_TRY(Check(*entry, OtherSide(side), head));
    const Status begun = Begin(*entry, side, false, head);
    if (!begun && begun.error().code() == Code::kLocked) continue;
    if (!begun) return begun.error();
    VITRINE_TRY(Finish(head));
    entry->journal.undone = back;
    return std::move(entry->journal);
  }
  return Error(Code::kLocked, "others change the library again and again; do it again later");
}

}  // namespace vitrine::cluster
