// Pictures: lists of them, one by one, their bytes.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "base/file.h"
#include "server/app.h"
#include "server/forms.h"
#include "server/limits.h"
#include "server/reply.h"
#include "server/routes.h"

namespace vitrine::server {
namespace {

constexpr std::int64_t kMostHits = 10'000, kMostValues = 1000;
constexpr char kKeepForEver[] = "private, max-age=31536000, immutable";
/// Originals are other people's bytes: a browser that is made to show one runs nothing of it.
constexpr char kSandbox[] = "default-src 'none'; sandbox";

std::int64_t Number(AssetId id) { return static_cast<std::int64_t>(id); }

double Rounded(double value, double steps) { return std::round(value * steps) / steps; }

Result<Order> OrderOf(const std::string& name) {
  if (name.empty() || name == "newest") return Order::kNewest;
  if (name == "oldest") return Order::kOldest;
  if (name == "name") return Order::kName;
  if (name == "added") return Order::kAdded;
  return Error(Code::kInvalidArgument, "order is newest, oldest, name or added");
}

Result<Grouping> GroupingOf(const std::string& name) {
  if (name.empty() || name == "none") return Grouping::kNone;
  if (name == "similar") return Grouping::kSimilar;
  if (name == "day") return Grouping::kDay;
  return Error(Code::kInvalidArgument, "group is none, similar or day");
}

Result<ListOptions> ListOptionsOf(const Request& request) {
  ListOptions options;
  options.query = request.Query("q");
  auto order = OrderOf(request.Query("order"));
  if (!order) return std::move(order).error();
  auto group = GroupingOf(request.Query("group"));
  if (!group) return std::move(group).error();
  auto limit = QueryNumber(request, "limit", 500, 1, kMostHits);
  if (!limit) return std::move(limit).error();
  options.order = *order;
  options.group = *group;
  options.limit = static_cast<std::size_t>(*limit);
  options.diverse = request.Query("diverse") == "1";
  options.explain = request.Query("explain") == "1";
  return options;
}

// Months since the year 0 of the camera's clock; no calendar is asked for 100,000 pictures.
std::int64_t MonthOf(std::int64_t seconds) {
  const auto day =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
  const std::chrono::year_month_day date(day);
  return 12 * static_cast<int>(date.year()) + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

Json MonthForm(std::optional<std::int64_t> month) {
  if (!month) return {};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d", static_cast<int>(*month / 12),
                static_cast<int>(*month % 12) + 1);
  return text.data();
}

// Runs of pictures of one month, in the order of the list.
Json MonthsOf(const Listing& listing) {
  Json months = Json::array();
  std::optional<std::int64_t> current;
  std::uint64_t count = 0;
  const auto close = [&] {
    if (count > 0) months.push_back({{"month", MonthForm(current)}, {"count", count}});
    count = 0;
  };
  for (const std::int64_t taken : listing.taken_at_s) {
    std::optional<std::int64_t> month;
    if (taken != Listing::kNoTime) month = MonthOf(taken);
    if (month != current) close();
    current = month;
    ++count;
  }
  close();
  return months;
}

Json HitForm(const Hit& hit) {
  Json json = {{"id", Number(hit.id)},
               {"relevance", Rounded(hit.relevance, 1e4)},
               {"score", Rounded(static_cast<double>(hit.score), 1e5)},
               {"below_cut", hit.below_cut},
               {"offline", hit.offline},
               {"why", hit.why}};
  json["grouped"] = Json::array();
  for (const AssetId id : hit.grouped) json["grouped"].push_back(Number(id));
  return json;
}

Response ListingReply(const Listing& listing, const ListOptions& options) {
  Json json = NewAnswer();
  json["ranked"] = listing.ranked;
  json["total"] = listing.found.total;
  json["version"] = std::to_string(listing.version);
  Json ids = Json::array(), aspects = Json::array();
  for (const AssetId id : listing.ids) ids.push_back(Number(id));
  for (const float aspect : listing.aspects) aspects.push_back(Rounded(static_cast<double>(aspect), 1e3));
  json["ids"] = std::move(ids);
  json["aspects"] = std::move(aspects);
  if (!listing.ranked) {
    const bool by_date = options.order == Order::kNewest || options.order == Order::kOldest;
    json["months"] = by_date ? MonthsOf(listing) : Json::array();
    json["notes"] = listing.found.notes;
    return Reply(json);
  }
  json["hits"] = Json::array();
  for (const Hit& hit : listing.found.hits) json["hits"].push_back(HitForm(hit));
  json["above_cut"] = listing.found.above_cut;
  json["nothing_matches"] = listing.found.nothing_matches;
  json["took_ms"] = Rounded(listing.found.took_ms, 1e3);
  json["notes"] = listing.found.notes;
  if (options.explain) json["plan"] = listing.found.plan;
  return Reply(json);
}

Response List(App& app, const Request& request, const std::string* picture) {
  Result<ListOptions> options = ListOptionsOf(request);
  if (!options) return Problem(options.error());
  if (picture != nullptr) options->pictures.push_back(*picture);
  const Result<Listing> listing = app.library().gallery().List(*options);
  if (!listing) return Problem(listing.error());
  return ListingReply(*listing, *options);
}

template <typename T>
Json Known(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json FactsForm(const Facts& facts) {
  return {{"taken_at", Known(facts.taken_at)},
          {"camera", Known(facts.camera)},
          {"lens", Known(facts.lens)},
          {"exposure_s", Known(facts.exposure_s)},
          {"f_number", Known(facts.f_number)},
          {"focal_length_mm", Known(facts.focal_length_mm)},
          {"iso", Known(facts.iso)},
          {"latitude", Known(facts.latitude)},
          {"longitude", Known(facts.longitude)}};
}

const char* StateName(PictureTag::State state) {
  switch (state) {
    case PictureTag::State::kAccepted:
      return "accepted";
    case PictureTag::State::kSuggested:
      return "suggested";
    case PictureTag::State::kRejected:
      return "rejected";
  }
  return "accepted";
}

Json BoardNames(App& app, const std::vector<std::string>& ids) {
  Json json = Json::array();
  if (ids.empty()) return json;
  const auto boards = app.library().boards().List(false);
  if (!boards) return json;
  for (const BoardSummary& board : *boards) {
    if (std::find(ids.begin(), ids.end(), board.id) == ids.end()) continue;
    json.push_back({{"id", board.id}, {"name", Clean(board.name)}});
  }
  return json;
}

Json DetailsForm(App& app, const PictureDetails& details) {
  Json json = NewAnswer();
  json["id"] = Number(details.id);
  json["content"] = details.content;
  json["name"] = Clean(NameOf(details.paths.front()));
  json["paths"] = Json::array();
  for (const PathBytes& path : details.paths) {
    Json entry;
    PutPath(entry, "path", path);
    json["paths"].push_back(std::move(entry));
  }
  json["offline"] = details.offline;
  json["size_bytes"] = details.size_bytes;
  json["width_px"] = details.info.width_px;
  json["height_px"] = details.info.height_px;
  json["format"] = details.info.format;
  json["facts"] = FactsForm(details.info.facts);
  json["palette"] = PaletteForm(details.palette);
  json["tags"] = Json::array();
  for (const PictureTag& tag : details.tags) {
    json["tags"].push_back({{"tag", Clean(tag.tag)},
                            {"state", StateName(tag.state)},
                            {"probability", Rounded(tag.probability, 1e4)},
                            {"by_machine", tag.by_machine}});
  }
  json["rating"] = Known(details.rating);
  json["caption"] = Clean(details.caption);
  json["text"] = Clean(details.text);
  json["boards"] = BoardNames(app, details.boards);
  return json;
}

Result<PictureDetails> DetailsOf(App& app, const Request& request) {
  auto id = PictureId(request.parts.at("id"));
  if (!id) return std::move(id).error();
  auto details = app.library().gallery().Details(std::span(&*id, 1));
  if (!details) return std::move(details).error();
  if (details->empty()) {
    return Error(Code::kNotFound, "there is no picture of id " + std::to_string(Number(*id)));
  }
  return std::move(details->front());
}

Response Jpeg(const Request& request, Result<std::string> bytes) {
  if (!bytes) return Problem(bytes.error());
  Response response;
  response.content_type = "image/jpeg";
  response.Set("Cache-Control", kKeepForEver);
  // An id stands for one content as long as the library lives.
  const std::string tag = "\"" + request.parts.at("id") + "\"";
  response.Set("ETag", tag);
  if (request.Header("if-none-match") == tag) {
    response.status = 304;
    return response;
  }
  response.body = *std::move(bytes);
  return response;
}

}  // namespace

Response GetPictures(App& app, const Request& request) { return List(app, request, nullptr); }

Response PostLike(App& app, const Request& request) { return List(app, request, &request.body); }

Response PostPicture(App& app, const Request& request) {
  const std::optional<std::string> name = DecodePercent(request.Header("x-vitrine-name"));
  if (!name) return Problem(400, "invalid_argument", "X-Vitrine-Name is no percent-encoded UTF-8");
  Gallery& gallery = app.library().gallery();
  const Result<AssetId> id = gallery.Add(request.body, name->empty() ? "pasted" : *name);
  if (!id) return Problem(id.error());
  const auto details = gallery.Details(std::span(&*id, 1));
  if (!details) return Problem(details.error());
  if (details->empty()) return Problem(500, "internal", "the picture was taken in and is not there");
  app.Changed();
  const PictureInfo& info = details->front().info;
  Json json = NewAnswer();
  json["id"] = Number(*id);
  json["content"] = details->front().content;
  json["aspect"] = Rounded(static_cast<double>(info.width_px) / std::max(1, info.height_px), 1e3);
  json["width_px"] = info.width_px;
  json["height_px"] = info.height_px;
  return Reply(json, 201);
}

Response PostNote(App& app, const Request& request) {
  Fields fields(request.body);
  const std::vector<AssetId> ids = fields.Ids("ids", kMaxIds);
  NoteChange change;
  change.drop_rating = fields.IsNull("rating");
  const std::int64_t rating = fields.WholeOr("rating", 0);
  if (fields.Has("rating") && !change.drop_rating) {
    change.rating = static_cast<std::int32_t>(std::clamp<std::int64_t>(rating, -1, 5));
  }
  change.caption = fields.MaybeText("caption");
  if (const Status fine = fields.Done(); !fine) return Problem(fine.error());
  if (change.rating.value_or(0) != rating) {
    return Problem(400, "invalid_argument", "\"rating\" is -1 (rejected), 0 to 5, or null to take it off");
  }
  const auto paths = PathsOf(app.library(), ids);
  if (!paths) return Problem(paths.error());
  const auto changed = app.library().Annotate(*paths, change);
  if (!changed) return Problem(changed.error());
  app.Changed();
  Json json = NewAnswer();
  json["changed"] = *changed;
  return Reply(json);
}

Response GetPicture(App& app, const Request& request) {
  const Result<PictureDetails> details = DetailsOf(app, request);
  return details ? Reply(DetailsForm(app, *details)) : Problem(details.error());
}

Response GetThumbnail(App& app, const Request& request) {
  const auto id = PictureId(request.parts.at("id"));
  return id ? Jpeg(request, app.library().gallery().Thumbnail(*id)) : Problem(id.error());
}

Response GetRendition(App& app, const Request& request) {
  const auto id = PictureId(request.parts.at("id"));
  if (!id) return Problem(id.error());
  const auto edge = QueryNumber(request, "edge", 2048, 64, 8192);
  if (!edge) return Problem(edge.error());
  return Jpeg(request, app.library().gallery().Rendition(*id, static_cast<std::int32_t>(*edge)));
}

Response GetOriginal(App& app, const Request& request) {
  const auto id = PictureId(request.parts.at("id"));
  if (!id) return Problem(id.error());
  const Result<OriginalFile> original = app.library().gallery().Original(*id);
  if (!original) return Problem(original.error());
  Response response;
  response.content_type = "application/octet-stream";
  response.Set("Content-Disposition", Attachment(NameOf(original->path)));
  response.Set("Content-Security-Policy", kSandbox);
  response.file = FileBody{.path = original->path, .size_bytes = original->size_bytes};
  return response;
}

Response GetPicturePalette(App& app, const Request& request) {
  const Result<PictureDetails> details = DetailsOf(app, request);
  if (!details) return Problem(details.error());
  return PaletteReply(details->palette, std::string(NameOf(details->paths.front())), request.Query("format"));
}

Response GetFacets(App& app, const Request& request) {
  const auto most = QueryNumber(request, "most", 50, 1, kMostValues);
  if (!most) return Problem(most.error());
  const auto facets = app.library().gallery().Facets(request.Query("q"), static_cast<std::size_t>(*most));
  if (!facets) return Problem(facets.error());
  Json json = NewAnswer();
  json["facets"] = Json::array();
  for (const Facet& facet : *facets) {
    Json values = Json::array();
    for (const FacetValue& value : facet.values) {
      values.push_back(
          {{"label", Clean(value.label)}, {"query", Clean(value.query)}, {"count", value.count}});
    }
    json["facets"].push_back({{"field", facet.field}, {"values", std::move(values)}});
  }
  return Reply(json);
}

}  // namespace vitrine::server
