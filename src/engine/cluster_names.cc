#include "engine/cluster_names.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "catalog/annotations.h"
#include "engine/installation.h"
#include "query/tagging.h"
#include "query/vector_math.h"
#include "query/vocabulary.h"

namespace vitrine {
namespace {

// A tag names a heap when at least this share of it carries the tag, and so much more than of the others.
constexpr double kCarried = 0.5;
constexpr double kTelling = 0.3;

struct Candidate {
  std::size_t cluster = 0;
  std::string path;
  double score = 0;
};

std::string LastLevel(const std::string& path) {
  const auto levels = TagPath::Levels(path);
  return levels && !levels->empty() ? levels->back() : path;
}

// Shares of a tag in each cluster, as names for those that it tells from the others.
std::vector<Candidate> TagCandidates(std::span<const std::vector<std::string>> tags,
                                     std::span<const layout::Cluster> clusters) {
  std::map<std::string, std::vector<double>> shares;
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    for (const std::size_t member : clusters[c].members) {
      for (const std::string& tag : tags[member]) {
        std::vector<double>& of_tag = shares[tag];
        of_tag.resize(clusters.size());
        of_tag[c] += 1.0 / static_cast<double>(clusters[c].members.size());
      }
    }
  }
  std::vector<Candidate> candidates;
  for (const auto& [tag, of_tag] : shares) {
    double all = 0;
    for (const double share : of_tag) all += share;
    for (std::size_t c = 0; c < of_tag.size(); ++c) {
      const double others =
          of_tag.size() > 1 ? (all - of_tag[c]) / static_cast<double>(of_tag.size() - 1) : 0;
      if (of_tag[c] < kCarried || of_tag[c] - others < kTelling) continue;
      candidates.push_back({.cluster = c, .path = tag, .score = of_tag[c] - others});
    }
  }
  return candidates;
}

Matrix CentresOf(const BoardView& view, std::span<const layout::Cluster> clusters) {
  Matrix centres(clusters.size(), view.vectors.columns());
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    const std::span<float> centre = centres.row(c);
    for (const std::size_t member : clusters[c].members) {
      for (std::size_t d = 0; d < centre.size(); ++d) centre[d] += view.vectors.row(member)[d];
    }
    const double length = std::sqrt(Dot(centre, centre));
    if (length <= 0) continue;
    for (float& value : centre) value = static_cast<float>(static_cast<double>(value) / length);
  }
  return centres;
}

// How likely each term is of each cluster's centre, and how much likelier than of the others'.
std::vector<Candidate> WordCandidates(const TagModels& models, const Matrix& centres) {
  std::vector<Candidate> candidates;
  std::vector<double> log_odds(centres.rows());
  for (std::size_t t = 0; t < models.count(); ++t) {
    double mean = 0;
    for (std::size_t c = 0; c < centres.rows(); ++c) {
      log_odds[c] = Dot(models.weights.row(t), centres.row(c)) + static_cast<double>(models.biases[t]);
      mean += log_odds[c] / static_cast<double>(centres.rows());
    }
    for (std::size_t c = 0; c < centres.rows(); ++c) {
      candidates.push_back({.cluster = c, .path = models.paths[t], .score = 2 * log_odds[c] - mean});
    }
  }
  return candidates;
}

// Gives names to clusters that have none yet, best first, each name once.
void Choose(std::vector<Candidate> candidates, std::vector<std::string>& names, std::set<std::string>& used) {
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tie(b.score, a.cluster, a.path) < std::tie(a.score, b.cluster, b.path);
  });
  for (const Candidate& candidate : candidates) {
    if (!names[candidate.cluster].empty()) continue;
    std::string name = LastLevel(candidate.path);
    if (used.insert(TagPath::Folded(name)).second) names[candidate.cluster] = std::move(name);
  }
}

Result<TagModels> ModelsOf(TagWords& words, const ScoreBackground& background, const BoardView& view,
                           const Vocabulary& vocabulary) {
  const std::vector<std::string> names = NamesOf(vocabulary);
  VITRINE_TRY_ASSIGN(const Matrix vectors, words.Vectors(names, nullptr));
  const Matrix terms = TermVectors(vocabulary, names, vectors);
  return ModelsOfWords(vocabulary, terms, MeanScores(terms, view.vectors, background), background);
}

}  // namespace

Result<std::vector<std::string>> NameClusters(TagWords& words, const ScoreBackground& background,
                                              const BoardView& view,
                                              std::span<const std::vector<std::string>> tags,
                                              std::span<const layout::Cluster> clusters) {
  std::vector<std::string> names(clusters.size());
  std::set<std::string> used;
  Choose(TagCandidates(tags, clusters), names, used);
  const bool complete = std::ranges::none_of(names, &std::string::empty);
  const auto text = complete ? Result<std::string>(std::string()) : ReadFile(DefaultVocabularyFile());
  const auto vocabulary = text && !text->empty() ? ParseVocabulary(*text) : Result<Vocabulary>(Vocabulary());
  if (vocabulary && !vocabulary->terms.empty()) {
    VITRINE_TRY_ASSIGN(const TagModels models, ModelsOf(words, background, view, *vocabulary));
    Choose(WordCandidates(models, CentresOf(view, clusters)), names, used);
  }
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (names[c].empty()) names[c] = "Group " + std::to_string(c + 1);
  }
  return names;
}

}  // namespace vitrine
