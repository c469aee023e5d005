// A tree of AND, OR and NOT has to become something that vectors can answer. A likeness is no yes or no: two
// of them that must both hold are one point between them, and two of which either may hold are two searches.
// So the tree is brought into disjunctive normal form (De Morgan's rules drive every NOT down to a leaf, AND
// is distributed over OR), with one saving: a subtree without likenesses is left whole, because bitmaps
// answer it as it stands. Distribution can grow without end, hence the limit.
#include "query/plan.h"

#include <algorithm>

#include "base/try.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostBranches = 16;

using Kind = QueryNode::Kind;

bool IsGroup(const QueryNode& node) { return node.kind == Kind::kAll || node.kind == Kind::kAny; }

bool HasLikeness(const QueryNode& node) {
  if (IsGroup(node)) return std::any_of(node.children.begin(), node.children.end(), HasLikeness);
  return node.kind == Kind::kMeaning || node.kind == Kind::kPicture || node.kind == Kind::kAsset;
}

void Append(Branch& to, const Branch& from) {
  to.facts.insert(to.facts.end(), from.facts.begin(), from.facts.end());
  to.wanted.insert(to.wanted.end(), from.wanted.begin(), from.wanted.end());
  to.unwanted.insert(to.unwanted.end(), from.unwanted.begin(), from.unwanted.end());
}

class Planner {
 public:
  Result<QueryPlan> Run(const QueryNode& query) {
    VITRINE_TRY_ASSIGN(plan_.branches, Branches(query, false));
    for (const Branch& branch : plan_.branches) {
      if (branch.facts.empty() && branch.wanted.empty() && branch.unwanted.empty()) {
        return Error(Code::kInvalidArgument, "the query is empty: give words, a picture, or both");
      }
    }
    return std::move(plan_);
  }

 private:
  Result<std::vector<Branch>> Branches(const QueryNode& node, bool negated) {
    const bool excluded = node.excluded != negated;
    if (!HasLikeness(node) && !(IsGroup(node) && node.children.empty())) {
      Branch branch{.facts = {node}, .wanted = {}, .unwanted = {}};
      branch.facts.front().excluded = excluded;
      return std::vector<Branch>{std::move(branch)};
    }
    if (!IsGroup(node)) return std::vector<Branch>{Leaf(node, excluded)};
    const bool all = (node.kind == Kind::kAll) != excluded;
    return all ? Crossed(node, excluded) : Joined(node, excluded);
  }

  Branch Leaf(const QueryNode& node, bool excluded) {
    Likeness likeness{.text = node.text, .picture = 0, .weight = node.weight};
    if (node.kind != Kind::kMeaning) {
      likeness.text.clear();
      likeness.picture = plan_.pictures.size();
      plan_.pictures.push_back({.file = node.kind == Kind::kPicture ? node.text : PathBytes(),
                                .asset = node.asset,
                                .crop = node.crop});
    }
    Branch branch;
    (excluded ? branch.unwanted : branch.wanted).push_back(std::move(likeness));
    return branch;
  }

  Result<std::vector<Branch>> Crossed(const QueryNode& node, bool negated) {
    std::vector<Branch> product(1);
    for (const QueryNode& child : node.children) {
      VITRINE_TRY_ASSIGN(const std::vector<Branch> ways, Branches(child, negated));
      if (product.size() * ways.size() > kMostBranches) return TooMany(child);
      std::vector<Branch> longer;
      for (const Branch& first : product) {
        for (const Branch& second : ways) Append(longer.emplace_back(first), second);
      }
      product = std::move(longer);
    }
    return product;
  }

  Result<std::vector<Branch>> Joined(const QueryNode& node, bool negated) {
    std::vector<Branch> ways;
    for (const QueryNode& child : node.children) {
      VITRINE_TRY_ASSIGN(const std::vector<Branch> more, Branches(child, negated));
      if (ways.size() + more.size() > kMostBranches) return TooMany(child);
      ways.insert(ways.end(), more.begin(), more.end());
    }
    return ways;
  }

  static Error TooMany(const QueryNode& node) {
    return {Code::kInvalidArgument,
            "column " + std::to_string(node.column) + ": with this the query has more than " +
                std::to_string(kMostBranches) +
                " alternatives of meaning; ask for some of them in a query of their own"};
  }

  QueryPlan plan_;
};

}  // namespace

Result<QueryPlan> PlanQuery(const QueryNode& query) { return Planner().Run(query); }

QueryNode LikePictures(const std::vector<PathBytes>& files) {
  QueryNode all;
  for (const PathBytes& file : files) {
    QueryNode& picture = all.children.emplace_back();
    picture.kind = QueryNode::Kind::kPicture;
    picture.text = file;
  }
  return all;
}

}  // namespace vitrine
