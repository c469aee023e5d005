// Tags: what there is, what people say, what machines propose.
#include <cmath>

#include "server/app.h"
#include "server/forms.h"
#include "server/limits.h"
#include "server/reply.h"
#include "server/routes.h"

namespace vitrine::server {
namespace {

Result<TagWord> WordOf(const std::string& name) {
  if (name == "add") return TagWord::kAdd;
  if (name == "remove") return TagWord::kRemove;
  if (name == "accept") return TagWord::kAccept;
  if (name == "reject") return TagWord::kReject;
  return Error(Code::kInvalidArgument, "word is add, remove, accept or reject");
}

// Gathers what is proposed for each picture.
class Gatherer final : public SuggestObserver {
 public:
  void OnStep(std::string_view, std::uint64_t, std::uint64_t) override {}
  void OnPicture(const PictureTags& picture) override {
    Json tags = Json::array();
    for (const SuggestedTag& tag : picture.tags) {
      tags.push_back({{"tag", Clean(tag.tag)},
                      {"probability", std::round(tag.probability * 1e4) / 1e4},
                      {"taught", tag.taught}});
    }
    pictures_.push_back({{"id", static_cast<std::int64_t>(picture.id)}, {"tags", std::move(tags)}});
  }
  Json Take() { return std::move(pictures_); }

 private:
  Json pictures_ = Json::array();
};

}  // namespace

Response GetTags(App& app, const Request&) {
  const auto tags = app.library().tags().List();
  if (!tags && tags.error().code() != Code::kNotFound) return Problem(tags.error());
  Json json = NewAnswer();
  json["tags"] = Json::array();
  if (tags) {
    for (const TagFacet& tag : *tags) {
      json["tags"].push_back({{"tag", Clean(tag.tag)},
                              {"accepted", tag.accepted},
                              {"suggested", tag.suggested},
                              {"rejected", tag.rejected}});
    }
  }
  return Reply(json);
}

Response PostDecide(App& app, const Request& request) {
  Fields fields(request.body);
  const Result<TagWord> word = WordOf(fields.Text("word"));
  DecideOptions options;
  options.tag = fields.Text("tag");
  const std::vector<AssetId> ids = fields.Ids("ids", kMaxIds);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (!word) return Problem(word.error());
  auto paths = PathsOf(app.library(), ids);
  if (!paths) return Problem(paths.error());
  options.word = *word;
  options.pictures = *std::move(paths);
  return ChangeReply(app, app.library().tags().Decide(options));
}

Response PostSuggestTags(App& app, const Request& request) {
  Fields fields(request.body);
  const std::vector<AssetId> ids = fields.Ids("ids", kMaxSuggestIds);
  SuggestOptions options;
  const std::int64_t limit = fields.WholeOr("limit", 8);
  options.at_least = fields.NumberOr("at_least", kSuggestFrom);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (limit < 1 || limit > 100) return Problem(400, "invalid_argument", "limit must lie between 1 and 100");
  auto paths = PathsOf(app.library(), ids);
  if (!paths) return Problem(paths.error());
  options.pictures = *std::move(paths);
  options.limit = static_cast<std::size_t>(limit);
  Gatherer gatherer;
  const StopSignal never;
  const auto report = app.library().tags().Suggest(options, &gatherer, never);
  if (!report) return Problem(report.error());
  Json json = NewAnswer();
  json["pictures"] = gatherer.Take();
  return Reply(json);
}

Response PostTeach(App& app, const Request& request) {
  Fields fields(request.body);
  TeachOptions options;
  options.tag = fields.Text("tag");
  const std::vector<AssetId> yes = fields.Ids("yes", kMaxIds), no = fields.Ids("no", kMaxIds);
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  for (const auto& [ids, paths] : {std::pair(&yes, &options.yes), std::pair(&no, &options.no)}) {
    if (ids->empty()) continue;
    auto found = PathsOf(app.library(), *ids);
    if (!found) return Problem(found.error());
    *paths = *std::move(found);
  }
  const auto report = app.library().tags().Teach(options);
  if (!report) return Problem(report.error());
  app.Changed();
  Json json = NewAnswer();
  json["accepted"] = report->accepted;
  json["rejected"] = report->rejected;
  json["suggested"] = report->suggested;
  json["accuracy"] = std::round(report->accuracy * 1e4) / 1e4;
  json["entry"] = report->entry;
  return Reply(json);
}

Response PostRenameTag(App& app, const Request& request) {
  Fields fields(request.body);
  const std::string from = fields.Text("from"), to = fields.Text("to");
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  return ChangeReply(app, app.library().tags().Rename(from, to));
}

Response PostDeleteTag(App& app, const Request& request) {
  Fields fields(request.body);
  const std::string tag = fields.Text("tag");
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  return ChangeReply(app, app.library().tags().Delete(tag));
}

}  // namespace vitrine::server
