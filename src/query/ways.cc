#include "query/ways.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/try.h"
#include "base/utf8.h"
#include "query/fact_rows.h"
#include "query/log_odds.h"
#include "query/vector_math.h"

namespace vitrine {
namespace {

constexpr std::size_t kBestFew = 10;

// What is excluded takes this share of its own direction, the part that it does not share with what is
// wanted, off the meaning (docs/decisions/0009-fusion-and-relevance.md).
constexpr double kContrast = 0.7;
constexpr double kSureness = 1e-4;  // A colour that fits in full is still not certain: some 9 nats.

using Clock = std::chrono::steady_clock;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Some rows that may be returned, the same for every query of a library: a picture drawn twice is drawn once.
RowSet SampleOf(const RowSet& live) {
  if (live.Count() <= kSampleRows) return live;
  RowSet sample(live.size());
  std::uint64_t state = 0;
  for (std::size_t drawn = 0, tries = 0; drawn < kSampleRows && tries < 32 * kSampleRows; ++tries) {
    state += 0x9e3779b97f4a7c15;  // splitmix64 (Steele, Lea and Flood 2014).
    std::uint64_t mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    const std::size_t row = (mixed ^ (mixed >> 31)) % live.size();
    if (!live.Contains(row) || sample.Contains(row)) continue;
    sample.Insert(row);
    ++drawn;
  }
  return sample;
}

Status AllowRows(const QueryRooms& rooms, const PreparedQuery& query, Way& way) {
  for (const QueryNode& fact : way.branch->facts) {
    VITRINE_TRY_ASSIGN(RowSet rows, RowsThatHold(rooms, fact));
    if (!way.filtered) way.allowed = rooms.live;
    way.filtered = true;
    way.allowed.IntersectWith(rows);
  }
  for (const AssetId asset : query.leave_out) {
    VITRINE_TRY_ASSIGN(const auto row, rooms.catalog.RowOf(rooms.embedder.space().id, asset));
    if (!row || !rooms.live.Contains(*row)) continue;
    if (!way.filtered) way.allowed = rooms.live;
    way.filtered = true;
    way.allowed.Erase(*row);
  }
  way.allowed_count = way.allowed_rows(rooms.live).Count();
  return {};
}

Result<std::vector<Ranked>> RankByFacts(const AnswerRooms& rooms, const Way& way, std::size_t limit) {
  VITRINE_TRY_ASSIGN(const std::shared_ptr<const LibraryFacts> known, rooms.facts());
  const std::vector<std::int64_t>& taken_at_s = known->table->taken_at_s;
  struct Row {
    float color;
    std::int64_t taken_at;
    RowId row;
  };
  std::vector<Row> rows;
  rows.reserve(way.allowed_count);
  ForEachRow(way.allowed_rows(rooms.live), [&](RowId row) {
    rows.push_back({row < way.colors.size() ? way.colors[row] : 0,
                    row < taken_at_s.size() ? taken_at_s[row] : FactTable::kNoTime, row});
  });
  const std::size_t kept = std::min(limit, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end(),
                    [](const Row& a, const Row& b) {
                      if (a.color != b.color) return a.color > b.color;
                      return a.taken_at != b.taken_at ? a.taken_at > b.taken_at : a.row < b.row;
                    });
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < kept; ++i) {
    const double fit = way.colors.empty() ? 1 : static_cast<double>(rows[i].color);
    ranked.push_back({.row = rows[i].row,
                      .cosine = 0,
                      .log_odds = LogOddsOf(std::clamp(fit, kSureness, 1 - kSureness)),
                      .way = 0});
  }
  return ranked;
}

}  // namespace

// The wanted point, turned away from what is excluded. Subtracting a vector whole also takes off what both
// sides share (that they are sentences, that both are animals); so only the part at right angles counts.
std::vector<float> MeaningOf(const PreparedQuery& query, const Branch& branch, const Meanings& meanings) {
  std::vector<float> wanted = meanings.Blend(query, branch.wanted);
  std::vector<float> turned = wanted;
  for (const Likeness& likeness : branch.unwanted) {
    const std::span<const float> excluded = meanings.VectorOf(query, likeness);
    std::vector<float> own(excluded.begin(), excluded.end());
    const double shared = Dot(wanted, excluded);
    for (std::size_t i = 0; i < own.size(); ++i) own[i] -= static_cast<float>(shared) * wanted[i];
    Scale(own, kContrast * likeness.weight);
    for (std::size_t i = 0; i < own.size(); ++i) turned[i] -= own[i];
  }
  Scale(turned, 1);
  return turned;
}

void Shape(Way& way, const std::vector<Neighbour>& sample) {
  way.shape.pictures = way.allowed_count;
  const std::size_t few = std::min(kBestFew, way.nearest.size());
  for (std::size_t i = 0; i < few; ++i) way.shape.best_mean += static_cast<double>(way.nearest[i].score);
  if (few > 0) {
    way.shape.best_mean /= static_cast<double>(few);
    way.shape.best = static_cast<double>(way.nearest.front().score);
  }
  if (sample.empty()) return;
  double sum = 0;
  double squares = 0;
  for (const Neighbour& row : sample) {
    sum += static_cast<double>(row.score);
    squares += static_cast<double>(row.score) * static_cast<double>(row.score);
  }
  const auto count = static_cast<double>(sample.size());
  way.shape.mean = sum / count;
  way.shape.deviation = std::sqrt(std::max(0.0, squares / count - way.shape.mean * way.shape.mean));
}

std::string WordsWanted(const Branch& branch) {
  std::string words;
  for (const Likeness& likeness : branch.wanted) words += likeness.text + " ";
  return words;
}

void JoinExtra(Way& way) {
  way.extra = way.words.by_row;
  if (way.colors.empty()) return;
  way.extra.resize(std::max(way.extra.size(), way.colors.size()));
  for (std::size_t row = 0; row < way.colors.size(); ++row)
    way.extra[row] += static_cast<float>(kColorNats) * way.colors[row];
}

void ChooseModel(const Embedder& embedder, Way& way) {
  const std::vector<Likeness>& wanted = way.branch->wanted;
  way.by_pictures = std::any_of(wanted.begin(), wanted.end(),
                                [](const Likeness& likeness) { return likeness.is_picture(); });
  way.model = way.by_pictures ? embedder.picture_relevance() : embedder.text_relevance();
}

AnswerRooms QueryRooms::ForAnswers() const {
  return {.embedder = embedder,
          .index = index,
          .live = live,
          .pictures = live.Count(),
          .facts = facts,
          .assets = [space = embedder.space().id, &catalog = catalog](std::span<const RowId> rows) {
            return catalog.AssetsOfRows(space, rows);
          }};
}

bool IsExactWords(const QueryNode& fact) { return fact.kind == QueryNode::Kind::kExact && !fact.excluded; }

std::vector<QueryNode>::iterator Loosen(Branch& branch, std::vector<QueryNode>::iterator fact,
                                        std::vector<std::string>& notes) {
  notes.push_back("\"" + ToValidUtf8(fact->text) +
                  "\" stands in no name, folder, caption or tag; shown is what looks like it");
  branch.wanted.push_back({.text = fact->text, .picture = 0, .weight = 1});
  return branch.facts.erase(fact);
}

Status LoosenExactWords(const QueryRooms& rooms, Branch& branch, std::vector<std::string>& notes) {
  for (auto fact = branch.facts.begin(); fact != branch.facts.end();) {
    if (!IsExactWords(*fact)) {
      ++fact;
      continue;
    }
    VITRINE_TRY_ASSIGN(RowSet rows, RowsThatHold(rooms, *fact));
    rows.IntersectWith(rooms.live);
    fact = rows.Count() > 0 ? fact + 1 : Loosen(branch, fact, notes);
  }
  return {};
}

Result<Way> PrepareWay(const QueryRooms& rooms, const PreparedQuery& query, const Branch& branch,
                       const Meanings& meanings) {
  const auto start = Clock::now();
  Way way;
  way.branch = &branch;
  VITRINE_TRY(AllowRows(rooms, query, way));
  VITRINE_TRY_ASSIGN(way.colors, FitOfColors(rooms, branch.facts));
  way.filter_ms = MillisecondsSince(start);
  ChooseModel(rooms.embedder, way);
  if (branch.wanted.empty() && branch.unwanted.empty()) return way;
  way.meaning = MeaningOf(query, branch, meanings);
  VITRINE_TRY_ASSIGN(way.words, LookUpWords(rooms.catalog, rooms.embedder.space().id, WordsWanted(branch),
                                            rooms.live.Count()));
  JoinExtra(way);
  return way;
}

Status LookFirst(const QueryRooms& rooms, std::span<Way> ways, std::size_t depth) {
  const auto start = Clock::now();
  std::vector<Way*> searched;
  std::vector<Way*> plain;
  std::vector<float> all_vectors;
  std::vector<float> plain_vectors;
  for (Way& way : ways) {
    if (way.meaning.empty()) continue;
    searched.push_back(&way);
    all_vectors.insert(all_vectors.end(), way.meaning.begin(), way.meaning.end());
    if (way.filtered) continue;
    plain.push_back(&way);
    plain_vectors.insert(plain_vectors.end(), way.meaning.begin(), way.meaning.end());
  }
  if (searched.empty()) return {};
  if (!plain.empty()) {
    VITRINE_TRY_ASSIGN(auto found, rooms.index.Search(plain_vectors, depth, &rooms.live));
    for (std::size_t i = 0; i < plain.size(); ++i) plain[i]->nearest = std::move(found[i]);
  }
  for (Way* way : searched) {
    if (!way->filtered) continue;
    VITRINE_TRY_ASSIGN(auto found, rooms.index.Search(way->meaning, depth, &way->allowed));
    way->nearest = std::move(found.front());
  }
  const RowSet sample = SampleOf(rooms.live);
  VITRINE_TRY_ASSIGN(const auto scores, rooms.index.Search(all_vectors, kSampleRows, &sample));
  const double each_ms = MillisecondsSince(start) / static_cast<double>(searched.size());
  for (std::size_t i = 0; i < searched.size(); ++i) {
    Shape(*searched[i], scores[i]);
    searched[i]->meaning_ms = each_ms;
  }
  return {};
}

Result<std::vector<Ranked>> RankWay(const AnswerRooms& rooms, Way& way, std::size_t limit) {
  const auto start = Clock::now();
  auto ranked = way.meaning.empty() ? RankByFacts(rooms, way, limit)
                                    : Fuse(rooms.index,
                                           {.query = way.meaning,
                                            .nearest = way.nearest,
                                            .shape = way.shape,
                                            .model = way.model,
                                            .extra = way.extra,
                                            .allowed = &way.allowed_rows(rooms.live),
                                            .allowed_count = way.allowed_count},
                                           limit);
  way.rank_ms = MillisecondsSince(start);
  return ranked;
}

}  // namespace vitrine
