// The query driver: a list of named steps.
#include "query/runner.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/try.h"
#include "base/utf8.h"
#include "query/relevance.h"

namespace vitrine {
namespace {

Status CheckQueries(std::span<const QueryParts> queries, std::size_t dimension) {
  for (const QueryParts& query : queries) {
    if (query.text.empty() && query.pictures.empty()) {
      return Error(Code::kInvalidArgument, "the query is empty: give words, a picture, or both");
    }
    for (const std::vector<float>& picture : query.pictures) {
      if (picture.size() != dimension)
        return Error(Code::kInternal, "a query picture of another vector space");
    }
  }
  return {};
}

// One row for each query that has words; the others get none.
Result<Matrix> EmbedWords(Embedder& embedder, std::span<const QueryParts> queries) {
  std::vector<std::string> texts;
  for (const QueryParts& query : queries) {
    if (!query.text.empty()) texts.push_back(query.text);
  }
  if (texts.empty()) return Matrix();
  return embedder.EmbedTexts(texts);
}

void AddTo(std::span<float> sum, std::span<const float> part) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
}

void Normalise(std::span<float> vector) {
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
  if (squares <= 0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (float& x : vector) x *= factor;
}

Matrix JoinParts(std::span<const QueryParts> queries, const Matrix& words, std::size_t dimension) {
  Matrix joined(queries.size(), dimension);
  std::size_t next_words = 0;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (!queries[i].text.empty()) AddTo(joined.row(i), words.row(next_words++));
    for (const std::vector<float>& picture : queries[i].pictures) AddTo(joined.row(i), picture);
    Normalise(joined.row(i));
  }
  return joined;
}

// The pictures behind rows that any of the queries found, each looked up once.
Result<std::map<RowId, AssetRecord>> LookUp(const QueryRooms& rooms,
                                            const std::vector<std::vector<Neighbour>>& found) {
  std::vector<RowId> rows;
  for (const std::vector<Neighbour>& list : found) {
    for (const Neighbour& neighbour : list) rows.push_back(neighbour.row);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  VITRINE_TRY_ASSIGN(auto assets, rooms.catalog.AssetsOfRows(rooms.embedder.space().id, rows));
  return std::map<RowId, AssetRecord>(std::make_move_iterator(assets.begin()),
                                      std::make_move_iterator(assets.end()));
}

std::vector<std::string> Reasons(const QueryParts& query) {
  std::vector<std::string> why;
  if (!query.text.empty()) why.push_back("looks like \"" + ToValidUtf8(query.text) + "\"");
  if (!query.pictures.empty()) {
    why.emplace_back(query.pictures.size() == 1 ? "looks like the picture" : "looks like the pictures");
  }
  return why;
}

std::vector<Match> Describe(const QueryParts& query, const std::vector<Neighbour>& found,
                            const std::map<RowId, AssetRecord>& assets, std::size_t limit,
                            std::size_t pictures, const ScoreBackground& background) {
  std::vector<Match> matches;
  for (const Neighbour& neighbour : found) {
    const auto asset = assets.find(neighbour.row);
    if (asset == assets.end()) continue;  // Its last file went away after the live rows were read.
    if (std::count(query.leave_out.begin(), query.leave_out.end(), asset->second.id) != 0) continue;
    if (matches.size() == limit) break;
    const double score = neighbour.score;
    matches.push_back({.asset = asset->second,
                       .score = neighbour.score,
                       .relevance = query.pictures.empty() ? TextRelevance(score, pictures, background)
                                                           : PictureRelevance(score),
                       .why = Reasons(query)});
  }
  return matches;
}

}  // namespace

Result<std::vector<std::vector<Match>>> RunQueries(const QueryRooms& rooms,
                                                   std::span<const QueryParts> queries, std::size_t limit) {
  const std::size_t dimension = rooms.embedder.space().dimension;
  VITRINE_TRY(CheckQueries(queries, dimension));
  VITRINE_TRY_ASSIGN(const Matrix words, EmbedWords(rooms.embedder, queries));
  const Matrix vectors = JoinParts(queries, words, dimension);

  // What is left out may stand among the nearest: ask for that many more.
  std::size_t most_left_out = 0;
  for (const QueryParts& query : queries) most_left_out = std::max(most_left_out, query.leave_out.size());
  VITRINE_TRY_ASSIGN(const auto found,
                     rooms.index.Search(vectors.values(), limit + most_left_out, &rooms.live));

  VITRINE_TRY_ASSIGN(const auto assets, LookUp(rooms, found));
  const std::size_t pictures = rooms.live.Count();
  std::vector<std::vector<Match>> answers;
  answers.reserve(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    answers.push_back(
        Describe(queries[i], found[i], assets, limit, pictures, rooms.embedder.text_background()));
  }
  return answers;
}

}  // namespace vitrine
