// Exchanging pictures until neighbours on the board are neighbours in the space.
//
// A board laid in rows has seats, each with the k seats nearest to it. Trustworthiness counts against a
// board, for each seat and each of the seats around it, how far the one's picture is from being among the k
// nearest of the other's: max(0, r - k). That sum is a quadratic assignment of pictures to seats; exchanging
// two pictures changes only the terms of some 4 k pairs of seats, so a million exchanges can be weighed in a
// second. Annealing (Kirkpatrick, Gelatt and Vecchi, 1983) lets a few through that cost something, fewer and
// fewer, which leaves local optima that descent alone stays in. One exchange weighed is between a picture and
// another that sits near one of its neighbours in the space; blind ones almost never gain.
//
// Pictures of different widths shift the rest of their rows when they are exchanged, so seats are where the
// last laying put them, exchanges are between about equally wide pictures or row neighbours, and after each
// pass the board is laid anew and judged as it lies. The best board seen is kept.
#include "boards/layout/exchange.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <random>

namespace vitrine::layout {
namespace {

constexpr std::size_t kNeighbours = 10;
constexpr int kPasses = 8;
constexpr std::size_t kTriesEach = 400;  // Exchanges weighed in a pass, for each picture.
constexpr double kHot = 0.5;             // Of the number of pictures.

double Middle(double from, double length) { return from + length / 2; }

/// Seats of one laying, and who sits where. A seat has the number of the picture that sat on it first.
class Seating {
 public:
  Seating(const Ranks& ranks, const ShelfBoard& board, std::span<const Place> places, std::size_t k,
          double gap);

  /// What exchanging the pictures of two seats adds to the cost; below 0 is a gain.
  std::int64_t Added(std::size_t s, std::size_t t);
  /// Whether the rows bear the exchange.
  bool Fits(std::size_t s, std::size_t t) const;
  void Exchange(std::size_t s, std::size_t t);

  std::size_t seat_of(std::size_t picture) const { return seat_of_[picture]; }
  std::size_t picture_on(std::size_t seat) const { return picture_on_[seat]; }
  std::span<const std::uint32_t> around(std::size_t seat) const { return {around_.data() + seat * k_, k_}; }
  Shelves Rows() const;

 private:
  std::int64_t Cost(std::size_t from, std::size_t to) const {
    const std::size_t rank = ranks_(picture_on_[from], picture_on_[to]);
    return rank > k_ ? static_cast<std::int64_t>(rank - k_) : 0;
  }
  /// Of all pairs of seats with s in them, but not those with `except`.
  std::int64_t CostAt(std::size_t s, std::size_t except) const;

  const Ranks& ranks_;
  const ShelfBoard& board_;
  std::size_t k_;
  std::vector<std::uint32_t> around_;                ///< [n, k]
  std::vector<std::vector<std::uint32_t>> counted_;  ///< Seats that have this one among their k.
  std::vector<std::size_t> seat_of_, picture_on_;
  std::vector<std::size_t> row_of_, place_in_row_;
  std::vector<double> row_width_;
  double wanted_ = 0, slack_ = 0, like_ = 0;
};

Seating::Seating(const Ranks& ranks, const ShelfBoard& board, std::span<const Place> places, std::size_t k,
                 double gap)
    : ranks_(ranks), board_(board), k_(k), around_(NearestPlaces(places, k)) {
  const std::size_t n = places.size();
  counted_.resize(n);
  for (std::size_t s = 0; s < n; ++s) {
    for (const std::uint32_t t : around(s)) counted_[t].push_back(static_cast<std::uint32_t>(s));
  }
  seat_of_.resize(n);
  std::iota(seat_of_.begin(), seat_of_.end(), std::size_t{0});
  picture_on_ = seat_of_;
  row_of_.resize(n);
  place_in_row_.resize(n);
  for (std::size_t row = 0; row < board.shelves.size(); ++row) {
    double width = 0;
    for (std::size_t place = 0; place < board.shelves[row].size(); ++place) {
      const std::size_t seat = board.shelves[row][place];
      row_of_[seat] = row;
      place_in_row_[seat] = place;
      width += board.sizes[seat].width + gap;
    }
    row_width_.push_back(width);
    wanted_ += width;
  }
  like_ = 0.1 * (wanted_ / static_cast<double>(n) - gap);
  slack_ = 0.5 * wanted_ / static_cast<double>(n);
  wanted_ /= static_cast<double>(row_width_.size());
}

std::int64_t Seating::CostAt(std::size_t s, std::size_t except) const {
  std::int64_t sum = 0;
  for (const std::uint32_t t : around(s)) {
    if (t != except) sum += Cost(s, t);
  }
  for (const std::uint32_t t : counted_[s]) {
    if (t != except) sum += Cost(t, s);
  }
  return sum;
}

std::int64_t Seating::Added(std::size_t s, std::size_t t) {
  const std::size_t n = seat_of_.size();
  const std::int64_t before = CostAt(s, n) + CostAt(t, s);
  std::swap(picture_on_[s], picture_on_[t]);
  const std::int64_t after = CostAt(s, n) + CostAt(t, s);
  std::swap(picture_on_[s], picture_on_[t]);
  return after - before;
}

bool Seating::Fits(std::size_t s, std::size_t t) const {
  const double more =
      board_.sizes[picture_on_[t]].width - board_.sizes[picture_on_[s]].width;  // In the row of s.
  if (row_of_[s] == row_of_[t]) {
    const std::size_t apart = place_in_row_[s] > place_in_row_[t] ? place_in_row_[s] - place_in_row_[t]
                                                                  : place_in_row_[t] - place_in_row_[s];
    return apart == 1 || std::abs(more) <= 3 * like_;
  }
  if (std::abs(more) <= 1e-9) return true;
  if (std::abs(more) > 5 * like_) return false;
  const auto bears = [&](std::size_t row, double change) {
    const double off = std::abs(row_width_[row] + change - wanted_);
    return off <= slack_ || off <= std::abs(row_width_[row] - wanted_);
  };
  return bears(row_of_[s], more) && bears(row_of_[t], -more);
}

void Seating::Exchange(std::size_t s, std::size_t t) {
  const double more = board_.sizes[picture_on_[t]].width - board_.sizes[picture_on_[s]].width;
  row_width_[row_of_[s]] += more;
  row_width_[row_of_[t]] -= more;
  std::swap(picture_on_[s], picture_on_[t]);
  seat_of_[picture_on_[s]] = s;
  seat_of_[picture_on_[t]] = t;
}

Shelves Seating::Rows() const {
  Shelves rows = board_.shelves;
  for (auto& row : rows) {
    for (std::size_t& seat : row) seat = picture_on_[seat];
  }
  return rows;
}

/// One pass of annealing at a temperature in units of the cost.
void Anneal(const Ranks& ranks, double hot, double cold, std::mt19937_64& random, Seating& seating) {
  const std::size_t n = ranks.count();
  const auto draw = [&](std::size_t count) {
    return std::min(count - 1, static_cast<std::size_t>(Uniform(random) * static_cast<double>(count)));
  };
  const std::size_t tries = kTriesEach * n;
  double temperature = hot;
  for (std::size_t attempt = 0; attempt < tries; ++attempt) {
    if (attempt % 1024 == 0) {
      const double done = static_cast<double>(attempt) / static_cast<double>(tries);
      temperature = hot + (cold - hot) * done;
    }
    const std::size_t picture = draw(n);
    const std::span<const std::uint32_t> like = ranks.nearest(picture);
    const std::size_t friend_seat = seating.seat_of(like[draw(std::min(like.size(), kNeighbours))]);
    const std::span<const std::uint32_t> around = seating.around(friend_seat);
    const std::size_t from = seating.seat_of(picture);
    const std::size_t to = around[draw(around.size())];
    if (from == to || !seating.Fits(from, to)) continue;
    const std::int64_t added = seating.Added(from, to);
    if (added > 0 &&
        (temperature <= 0 || Uniform(random) >= std::exp(-static_cast<double>(added) / temperature)))
      continue;
    seating.Exchange(from, to);
  }
}

}  // namespace

std::vector<std::uint32_t> NearestPlaces(std::span<const Place> places, std::size_t k) {
  const std::size_t n = places.size();
  std::vector<std::uint32_t> nearest(n * k);
  std::vector<std::pair<double, std::uint32_t>> order;
  for (std::size_t i = 0; i < n; ++i) {
    order.clear();
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      const double dx = Middle(places[i].x, places[i].width) - Middle(places[j].x, places[j].width);
      const double dy = Middle(places[i].y, places[i].height) - Middle(places[j].y, places[j].height);
      order.emplace_back(dx * dx + dy * dy, static_cast<std::uint32_t>(j));
    }
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(k);
    std::nth_element(order.begin(), end - 1, order.end());
    for (std::size_t j = 0; j < k; ++j) nearest[i * k + j] = order[j].second;
  }
  return nearest;
}

double TrustOf(double excess, std::size_t n, std::size_t k) {
  const auto count = static_cast<double>(n);
  const auto near = static_cast<double>(k);
  return 1 - excess * 2 / (count * near * (2 * count - 3 * near - 1));
}

double TrustworthinessOf(const Ranks& ranks, std::span<const Place> places, std::size_t k) {
  const std::size_t n = places.size();
  k = std::min(k, n < 1 ? 0 : (n - 1) / 2);
  if (k == 0) return 1;
  const std::vector<std::uint32_t> nearest = NearestPlaces(places, k);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      const std::size_t rank = ranks(i, nearest[i * k + j]);
      if (rank > k) sum += static_cast<double>(rank - k);
    }
  }
  return TrustOf(sum, n, k);
}

void ExchangeForTrust(const Ranks& ranks, const ArrangeOptions& options, ShelfBoard& board) {
  const std::size_t n = ranks.count();
  const std::size_t k = std::min(kNeighbours, n < 1 ? 0 : (n - 1) / 2);
  if (k == 0) return;
  std::mt19937_64 random(options.seed);
  std::vector<Place> places = board.Lay(options.gap);
  double best_trust = TrustworthinessOf(ranks, places, k);
  ShelfBoard working = board;
  for (int pass = 0; pass < kPasses; ++pass) {
    Seating seating(ranks, working, places, k, options.gap);
    const double hot = kHot * static_cast<double>(n) * (kPasses - 1 - pass) / kPasses;
    const double cold = kHot * static_cast<double>(n) * std::max(0, kPasses - 2 - pass) / kPasses;
    Anneal(ranks, hot, cold, random, seating);
    working.shelves = seating.Rows();
    places = working.Lay(options.gap);
    const double trust = TrustworthinessOf(ranks, places, k);
    if (trust <= best_trust) continue;
    best_trust = trust;
    board = working;
  }
}

}  // namespace vitrine::layout
