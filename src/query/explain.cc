#include "query/explain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/file.h"
#include "base/utf8.h"
#include "query/log_odds.h"
#include "query/vector_math.h"

namespace vitrine {
namespace {

struct Part {
  std::string text;
  double nats = 0;
};

std::string Fixed(double number, int digits) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

std::string InQuotes(const std::string& text) { return "\"" + ToValidUtf8(text) + "\""; }

std::string Named(const PreparedQuery& query, const Likeness& likeness) {
  if (!likeness.is_picture()) return InQuotes(likeness.text);
  const PictureAsked& asked = query.plan.pictures[likeness.picture];
  if (asked.file.empty()) return "picture " + std::to_string(static_cast<std::int64_t>(asked.asset));
  return InQuotes(std::string(NameOf(asked.file)));
}

// What the cosine says, divided among the likenesses that make up the meaning.
void AddLikenesses(const AnswerRooms& rooms, const PreparedQuery& query, const Way& way,
                   const Meanings& meanings, const Ranked& hit, std::vector<Part>& parts) {
  const std::vector<Likeness>& wanted = way.branch->wanted;
  const double nats =
      std::max(0.01, way.model.hit.score * (static_cast<double>(hit.cosine) - way.shape.mean));
  std::vector<double> pulls(wanted.size(), 1);
  if (wanted.size() > 1) {
    const std::vector<float> picture = rooms.index.Vector(hit.row);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      pulls[i] = wanted[i].weight * std::max(0.0, Dot(meanings.VectorOf(query, wanted[i]), picture));
    }
  }
  double all = 0;
  for (const double pull : pulls) all += pull;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (all > 0 && pulls[i] <= 0) continue;
    parts.push_back({"looks like " + Named(query, wanted[i]), all > 0 ? nats * pulls[i] / all : 0});
  }
}

bool Holds(std::string_view text, const std::string& word) {
  const std::vector<std::string> words = WordsOf(text);
  return std::any_of(words.begin(), words.end(), [&](const std::string& other) {
    return other == word || other == word + "s" || other + "s" == word;
  });
}

std::string PlaceOf(const AssetRecord& asset, const std::string& word) {
  for (const PathBytes& path : asset.paths) {
    if (Holds(NameOf(path), word)) return "in its name";
  }
  for (const PathBytes& path : asset.paths) {
    if (Holds(FolderOf(path), word)) return "in its folder";
  }
  return "in its tags or text";
}

void AddWords(const Way& way, const Ranked& hit, const AssetRecord& asset, std::vector<Part>& parts) {
  if (hit.row >= way.words.by_row.size() || way.words.by_row[hit.row] <= 0) return;
  double all = 0;
  for (const WordEvidence::Word& word : way.words.words) all += word.rows.Contains(hit.row) ? word.weight : 0;
  for (const WordEvidence::Word& word : way.words.words) {
    if (!word.rows.Contains(hit.row)) continue;
    parts.push_back({InQuotes(word.word) + " " + PlaceOf(asset, word.word),
                     static_cast<double>(way.words.by_row[hit.row]) * word.weight / all});
  }
}

}  // namespace

std::vector<std::string> Reasons(const AnswerRooms& rooms, const PreparedQuery& query, const Way& way,
                                 const Meanings& meanings, const Ranked& hit, const AssetRecord& asset) {
  std::vector<Part> parts;
  if (!way.branch->wanted.empty()) AddLikenesses(rooms, query, way, meanings, hit, parts);
  AddWords(way, hit, asset, parts);
  if (hit.row < way.colors.size() && way.colors[hit.row] > 0) {
    parts.push_back({"its colours", kColorNats * static_cast<double>(way.colors[hit.row])});
  }
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.nats > b.nats; });
  double all = 0;
  for (const Part& part : parts) all += part.nats;
  std::vector<std::string> why;
  for (const Part& part : parts) {
    why.push_back(part.text +
                  (parts.size() > 1 && all > 0 ? " " + Fixed(100 * part.nats / all, 0) + " %" : ""));
  }
  for (const Likeness& likeness : way.branch->unwanted) why.push_back("unlike " + Named(query, likeness));
  for (const QueryNode& fact : way.branch->facts) why.push_back(FormatQuery(fact));
  return why;
}

std::string PlanText(const AnswerRooms& rooms, std::span<const Way> ways) {
  std::string text;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const Way& way = ways[i];
    if (ways.size() > 1) text += "alternative " + std::to_string(i + 1) + "\n";
    text += "filter";
    for (const QueryNode& fact : way.branch->facts) text += " " + FormatQuery(fact);
    text += ": " + std::to_string(way.allowed_count) + " of " + std::to_string(rooms.pictures) +
            " pictures (" + Fixed(way.filter_ms, 1) + " ms)\n";
    if (way.meaning.empty()) {
      text += "order: newest first (" + Fixed(way.rank_ms, 1) + " ms)\n";
      continue;
    }
    text += "meaning: " + std::to_string(way.branch->wanted.size()) + " wanted, " +
            std::to_string(way.branch->unwanted.size()) + " excluded; best cosine" + " " +
            Fixed(way.shape.best, 3) + ", ten best " + Fixed(way.shape.best_mean, 3) + ", random pictures " +
            Fixed(way.shape.mean, 3) + " +- " + Fixed(way.shape.deviation, 3) + " (" +
            Fixed(way.meaning_ms, 1) + " ms)\n";
    for (const WordEvidence::Word& word : way.words.words) {
      text += "word " + InQuotes(word.word) + ": in " + std::to_string(word.rows.Count()) + " pictures" +
              ", " + Fixed(word.weight, 1) + " nats\n";
    }
    text += "anything there: " + Fixed(100 * ProbabilityOf(PresentLogOdds(way.model, way.shape)), 0) +
            " %; fused and ranked (" + Fixed(way.rank_ms, 1) + " ms)\n";
  }
  return text;
}

}  // namespace vitrine
