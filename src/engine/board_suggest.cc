#include "engine/board_suggest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/try.h"
#include "boards/layout/arrange.h"
#include "query/diversify.h"
#include "query/log_odds.h"
#include "query/vector_math.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostLimit = 200;
constexpr std::size_t kMostKinds = 4;
constexpr std::size_t kPicturesAKind = 4;
constexpr std::size_t kPool = 4;  // Times the limit: what diversity chooses from.
constexpr std::size_t kMostSampled = 8'000;
constexpr std::size_t kMostAnswers = 2'000;
constexpr double kSamePicture = 0.97;  // Cosine above which two pictures are one, edited.

// What stands in the reasons for "looks like".
constexpr const char* kBoardName = "the board";
constexpr const char* kGapName = "what is around";

std::vector<std::size_t> Embedded(const BoardView& view) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < view.embedded.size(); ++i) {
    if (view.embedded[i]) rows.push_back(i);
  }
  return rows;
}

Matrix Rows(const Matrix& from, std::span<const std::size_t> rows) {
  Matrix some(rows.size(), from.columns());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), some.row(i).begin());
  return some;
}

// The mean of each kind of picture: kinds begin at the farthest apart, each picture joins the nearest.
Matrix KindsOf(const Matrix& vectors) {
  const std::size_t wanted = std::clamp<std::size_t>(vectors.rows() / kPicturesAKind, 1, kMostKinds);
  const std::vector<std::size_t> seeds = layout::FarthestFirst(vectors, wanted);
  Matrix kinds(seeds.size(), vectors.columns());
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    std::size_t best = 0;
    double nearest = -2;
    for (std::size_t s = 0; s < seeds.size(); ++s) {
      const double cosine = Dot(vectors.row(i), vectors.row(seeds[s]));
      if (cosine <= nearest) continue;
      nearest = cosine;
      best = s;
    }
    for (std::size_t d = 0; d < vectors.columns(); ++d) kinds.row(best)[d] += vectors.row(i)[d];
  }
  for (std::size_t s = 0; s < kinds.rows(); ++s) Scale(kinds.row(s), 1);
  return kinds;
}

double Between(double low1, double high1, double low2, double high2) {
  return std::max({0.0, low2 - high1, low1 - high2});
}

Result<Matrix> AroundGap(const Board& board, const BoardView& view, std::span<const std::size_t> rows,
                         const SuggestRequest& gap) {
  if (!(gap.width > 0 && gap.height > 0) || !std::isfinite(gap.x) || !std::isfinite(gap.y) ||
      !std::isfinite(gap.width) || !std::isfinite(gap.height)) {
    return Error(Code::kInvalidArgument, "the free place needs a width and a height above 0");
  }
  Matrix point(1, view.vectors.columns());
  const double size = std::sqrt(gap.width * gap.height);
  for (const std::size_t i : rows) {
    const BoardItem& item = board.items[view.items[i]];
    const double across = Between(gap.x, gap.x + gap.width, item.x, item.x + item.width) / size;
    const double down = Between(gap.y, gap.y + gap.height, item.y, item.y + item.height) / size;
    const auto weight = static_cast<float>(1 / (1 + across * across + down * down));
    for (std::size_t d = 0; d < point.columns(); ++d) point.row(0)[d] += weight * view.vectors.row(i)[d];
  }
  Scale(point.row(0), 1);
  return point;
}

Result<PreparedQuery> Asked(const SuggestRooms& rooms, const SuggestRequest& request) {
  const bool blank = request.query.find_first_not_of(" \t\n") == std::string::npos;
  if (!blank) return rooms.prepare(request.query);
  PreparedQuery anything;
  anything.plan.branches.emplace_back();
  return anything;
}

// The query and, as one more likeness in each of its branches, the point.
PreparedQuery Towards(PreparedQuery query, std::span<const float> point, const char* name) {
  const std::size_t number = query.pictures.size();
  query.pictures.emplace_back(point.begin(), point.end());
  query.plan.pictures.push_back({.file = name, .asset = {}, .crop = {}});
  for (Branch& branch : query.plan.branches) {
    branch.wanted.push_back({.text = {}, .picture = number, .weight = 1});
  }
  return query;
}

std::vector<AssetId> AssetsIn(std::span<const Match> matches) {
  std::vector<AssetId> assets;
  for (const Match& match : matches) assets.push_back(match.asset.id);
  return assets;
}

// Leaves out near-copies of what lies on the board and of what was taken before, and picks hits that differ.
Result<std::vector<Match>> Chosen(const SuggestRooms& rooms, std::vector<Match> matches, const Matrix& board,
                                  std::size_t limit) {
  VITRINE_TRY_ASSIGN(std::vector<std::vector<float>> all, rooms.vectors_of(AssetsIn(matches)));
  std::vector<Match> fresh;
  std::vector<Ranked> ranked;
  std::vector<std::vector<float>> vectors;
  for (std::size_t m = 0; m < matches.size(); ++m) {
    if (all[m].empty()) continue;
    bool known = false;
    for (std::size_t i = 0; i < board.rows() && !known; ++i) known = Dot(all[m], board.row(i)) > kSamePicture;
    if (known) continue;
    ranked.push_back({.row = static_cast<RowId>(m),
                      .cosine = matches[m].score,
                      .log_odds = LogOddsOf(std::clamp(matches[m].relevance, 1e-6, 1 - 1e-6))});
    vectors.push_back(std::move(all[m]));
    fresh.push_back(std::move(matches[m]));
  }
  std::vector<Match> chosen;
  for (const std::size_t i : Diversify(ranked, vectors, limit)) chosen.push_back(std::move(fresh[i]));
  return chosen;
}

// Each picture once, by the point that it answers best.
std::vector<Match> Fused(std::vector<Answer> answers) {
  std::map<AssetId, Match> best;
  for (Answer& answer : answers) {
    for (Match& match : answer.matches) {
      const auto [at, is_new] = best.try_emplace(match.asset.id, match);
      if (!is_new && match.score > at->second.score) at->second = std::move(match);
    }
  }
  std::vector<Match> fused;
  for (auto& [id, match] : best) fused.push_back(std::move(match));
  std::ranges::stable_sort(fused, [](const Match& a, const Match& b) { return a.score > b.score; });
  return fused;
}

Result<std::vector<Match>> Like(const SuggestRooms& rooms, const BoardView& all, const Matrix& points,
                                const char* name, PreparedQuery query, const SuggestRequest& request) {
  std::vector<PreparedQuery> queries;
  for (std::size_t i = 0; i < points.rows(); ++i) queries.push_back(Towards(query, points.row(i), name));
  const std::size_t pool = kPool * request.limit;
  VITRINE_TRY_ASSIGN(std::vector<Answer> answers, rooms.run(queries, pool));
  const Matrix board = Rows(all.vectors, Embedded(all));
  std::vector<Match> fused = Fused(std::move(answers));
  return Chosen(rooms, std::move(fused), board, request.limit);
}

// One of each kind among the pictures of the library.
Result<std::vector<Match>> EachOfLibrary(const SuggestRooms& rooms, const std::vector<AssetId>& leave_out,
                                         std::size_t limit) {
  VITRINE_TRY_ASSIGN(const SampledPictures sample, rooms.sample(leave_out, kMostSampled));
  std::vector<AssetId> chosen;
  for (const std::size_t i : layout::FarthestFirst(sample.vectors, limit)) chosen.push_back(sample.assets[i]);
  VITRINE_TRY_ASSIGN(std::vector<AssetRecord> records, rooms.records_of(chosen));
  std::vector<Match> matches;
  for (AssetRecord& record : records) {
    matches.push_back(
        {.asset = std::move(record), .score = 1, .relevance = 1, .why = {"one of its kind"}, .grouped = {}});
  }
  return matches;
}

Result<std::vector<Match>> EachOfAnswers(const SuggestRooms& rooms, const PreparedQuery& query,
                                         std::size_t limit) {
  VITRINE_TRY_ASSIGN(std::vector<Answer> answers, rooms.run(std::span(&query, 1), kMostAnswers));
  std::vector<Match>& matches = answers.front().matches;
  // What falls behind the cut does not answer, unless hardly anything does.
  matches.resize(std::min(matches.size(), std::max(answers.front().above_cut, limit)));
  VITRINE_TRY_ASSIGN(const std::vector<std::vector<float>> known, rooms.vectors_of(AssetsIn(matches)));
  Matrix vectors(matches.size(), rooms.dimension);
  for (std::size_t i = 0; i < known.size(); ++i) std::ranges::copy(known[i], vectors.row(i).begin());
  std::vector<Match> chosen;
  for (const std::size_t i : layout::FarthestFirst(vectors, limit)) chosen.push_back(std::move(matches[i]));
  return chosen;
}

}  // namespace

Result<std::vector<Match>> SuggestFor(const SuggestRooms& rooms, const Board& board, const BoardView& all,
                                      const BoardView& asked, const SuggestRequest& request) {
  if (request.limit == 0 || request.limit > kMostLimit) {
    return Error(Code::kInvalidArgument, "the number of suggestions must lie between 1 and 200");
  }
  VITRINE_TRY_ASSIGN(PreparedQuery query, Asked(rooms, request));
  for (const AssetRecord& record : all.records) {
    if (record.id != AssetId{}) query.leave_out.push_back(record.id);
  }
  if (request.kind == Suggestion::kEach) {
    const bool asks = !query.plan.branches.front().facts.empty() ||
                      !query.plan.branches.front().wanted.empty() || query.plan.branches.size() > 1;
    if (!asks) return EachOfLibrary(rooms, query.leave_out, request.limit);
    return EachOfAnswers(rooms, query, request.limit);
  }
  const std::vector<std::size_t> rows = Embedded(asked);
  if (rows.empty()) {
    return Error(Code::kInvalidArgument, "there are no pictures on the board to go by; add one or two first");
  }
  if (request.kind == Suggestion::kMore) {
    return Like(rooms, all, KindsOf(Rows(asked.vectors, rows)), kBoardName, std::move(query), request);
  }
  VITRINE_TRY_ASSIGN(const Matrix point, AroundGap(board, asked, rows, request));
  return Like(rooms, all, point, kGapName, std::move(query), request);
}

}  // namespace vitrine
