// Scores of two models are not of one scale, and a relevance is only as good as the measurement in its pack,
// which an imported model may lack. Ranks need no scale: a picture that both models put high is put above one
// that only one of them does, and the constant 60 keeps a single first place from outweighing two good ones.
// What ranks cannot say is where a list ends: each model says that of its own list, and a picture stays if
// one of them counts it in.
#include "query/mix.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "catalog/fact_table.h"

namespace vitrine {
namespace {

constexpr double kRankOffset = 60;
constexpr std::size_t kPastTheEnd = 200;

// Where a picture stands with one model.
struct Standing {
  std::size_t rank = 0;          ///< From 1.
  const Match* match = nullptr;  ///< Null for a picture that stands under another.
  const Match* head = nullptr;   ///< What it stands under; itself where it stands alone.
};

// A picture with what each model says of it.
struct Candidate {
  AssetId asset{};
  std::vector<std::optional<Standing>> by_model;
  double sum = 0;
  bool above_cut = false;
};

double Share(std::size_t rank) { return 1 / (kRankOffset + static_cast<double>(rank)); }

std::string Ordinal(std::size_t rank) {
  const std::size_t last = rank % 10;
  const bool teens = rank % 100 >= 11 && rank % 100 <= 13;
  const char* end = teens || last > 3 || last == 0 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd";
  return std::to_string(rank) + end;
}

class Mixer {
 public:
  explicit Mixer(std::vector<ModelAnswer> answers) : answers_(std::move(answers)) {
    for (std::size_t model = 0; model < answers_.size(); ++model) Enter(model);
    for (auto& [asset, candidate] : candidates_) {
      if (IsHead(candidate)) order_.push_back(&candidate);
    }
  }

  Answer Run(std::size_t limit) {
    by_facts_ = std::ranges::all_of(answers_, [](const ModelAnswer& one) { return one.answer.by_facts; });
    std::ranges::stable_sort(order_, [this](const Candidate* a, const Candidate* b) {
      return by_facts_ ? ComesBeforeByFacts(*a, *b) : ComesBefore(*a, *b);
    });
    Answer mixed = Summary();
    std::set<AssetId> shown;
    for (const Candidate* candidate : order_) {
      if (mixed.matches.size() == limit) break;
      if (!shown.insert(candidate->asset).second) continue;
      mixed.matches.push_back(MatchOf(*candidate, shown));
      if (!mixed.matches.back().below_cut) ++mixed.above_cut;
    }
    return mixed;
  }

 private:
  void Enter(std::size_t model) {
    const std::vector<Match>& matches = answers_[model].answer.matches;
    for (std::size_t i = 0; i < matches.size(); ++i) {
      Enter(model, matches[i].asset.id, {.rank = i + 1, .match = &matches[i], .head = &matches[i]});
      for (const AssetId under : matches[i].grouped) {
        Enter(model, under, {.rank = i + 1, .match = nullptr, .head = &matches[i]});
      }
    }
  }

  void Enter(std::size_t model, AssetId asset, const Standing& standing) {
    Candidate& candidate = candidates_[asset];
    candidate.asset = asset;
    candidate.by_model.resize(answers_.size());
    candidate.by_model[model] = standing;
    candidate.sum += Share(standing.rank);
    candidate.above_cut = candidate.above_cut || !standing.head->below_cut;
  }

  static bool IsHead(const Candidate& candidate) {
    return std::ranges::any_of(candidate.by_model,
                               [](const auto& standing) { return standing && standing->match != nullptr; });
  }

  static bool ComesBefore(const Candidate& a, const Candidate& b) {
    if (a.above_cut != b.above_cut) return a.above_cut;
    if (a.sum != b.sum) return a.sum > b.sum;
    for (std::size_t model = 0; model < a.by_model.size(); ++model) {
      const std::size_t rank_a = a.by_model[model] ? a.by_model[model]->rank : SIZE_MAX;
      const std::size_t rank_b = b.by_model[model] ? b.by_model[model]->rank : SIZE_MAX;
      if (rank_a != rank_b) return rank_a < rank_b;
    }
    return a.asset < b.asset;
  }

  static bool ComesBeforeByFacts(const Candidate& a, const Candidate& b) {
    const Match& first = BestOf(a);
    const Match& second = BestOf(b);
    if (first.score != second.score) return first.score > second.score;
    const auto time = [](const Match& match) {
      return LocalSeconds(match.asset.info.facts.taken_at.value_or(""));
    };
    return time(first) > time(second);
  }

  // What the model says that ranks it best, the first of several.
  static const Match& BestOf(const Candidate& candidate) {
    const Standing* best = nullptr;
    for (const auto& standing : candidate.by_model) {
      if (!standing || standing->match == nullptr) continue;
      if (best == nullptr || standing->rank < best->rank) best = &*standing;
    }
    return *best->match;
  }

  Match MatchOf(const Candidate& candidate, std::set<AssetId>& shown) const {
    Match match = BestOf(candidate);
    match.grouped.clear();
    match.below_cut = !candidate.above_cut;
    std::string ranks;
    for (std::size_t model = 0; model < answers_.size(); ++model) {
      const auto& standing = candidate.by_model[model];
      if (!standing) continue;
      match.relevance = std::max(match.relevance, standing->head->relevance);
      ranks += (ranks.empty() ? "" : ", ") + Ordinal(standing->rank) + " with " + answers_[model].model;
      AddGroup(*standing->head, shown, match.grouped);
    }
    if (by_facts_) return match;
    match.score = static_cast<float>(candidate.sum / (Share(1) * static_cast<double>(answers_.size())));
    match.why.push_back(ranks);
    return match;
  }

  static void AddGroup(const Match& head, std::set<AssetId>& shown, std::vector<AssetId>& grouped) {
    if (shown.insert(head.asset.id).second) grouped.push_back(head.asset.id);
    for (const AssetId under : head.grouped) {
      if (shown.insert(under).second) grouped.push_back(under);
    }
  }

  // What is said of the query as a whole.
  Answer Summary() const {
    Answer mixed;
    mixed.by_facts = by_facts_;
    mixed.nothing_matches = !order_.empty();
    for (const ModelAnswer& one : answers_) {
      mixed.total = std::max(mixed.total, one.answer.total);
      if (!one.answer.matches.empty() && !one.answer.nothing_matches) mixed.nothing_matches = false;
      for (const std::string& note : one.answer.notes) {
        if (std::ranges::find(mixed.notes, note) == mixed.notes.end()) mixed.notes.push_back(note);
      }
      if (!one.answer.plan.empty()) mixed.plan += "model " + one.model + "\n" + one.answer.plan;
    }
    if (!mixed.plan.empty()) mixed.plan += by_facts_ ? "merged by date\n" : "mixed by the ranks of each\n";
    return mixed;
  }

  const std::vector<ModelAnswer> answers_;
  bool by_facts_ = false;
  std::map<AssetId, Candidate> candidates_;
  std::vector<const Candidate*> order_;
};

}  // namespace

std::size_t MixDepth(const RunOptions& options) {
  return options.diverse ? options.limit : options.limit + kPastTheEnd;
}

Answer MixAnswers(std::vector<ModelAnswer> answers, std::size_t limit) {
  return Mixer(std::move(answers)).Run(limit);
}

}  // namespace vitrine
