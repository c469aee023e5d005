// The search for copies: a list of named steps. Propose pairs, look at the likely ones first, join what is
// one shot, then choose in each set a picture to keep and lay every other one over it: those that do not lie
// over it form sets of their own.
#include "engine/duplicates.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <tuple>

#include "base/try.h"
#include "engine/copy_ranking.h"

namespace vitrine {
namespace {

constexpr std::size_t kTried = 8;   // Pictures of a group that may be kept.
constexpr int kLikelyDistance = 8;  // Bits: pairs so near are looked at first, and spare looks at others.

bool IsUnderAny(const PathBytes& path, const std::vector<PathBytes>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const PathBytes& folder) {
    return path.starts_with(folder) &&
           (path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/');
  });
}

// Which rows are known to show one shot (Tarjan 1975: union by index, paths halved).
class Sets {
 public:
  explicit Sets(RowId count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), RowId{0}); }

  RowId Find(RowId row) {
    while (parent_[row] != row) row = parent_[row] = parent_[parent_[row]];
    return row;
  }
  void Join(RowId x, RowId y) {
    x = Find(x), y = Find(y);
    parent_[std::max(x, y)] = std::min(x, y);
  }

 private:
  std::vector<RowId> parent_;
};

struct Member {
  RowId row = 0;
  AssetRecord asset;
  KeepCandidate best;
  std::vector<CopyFile> files;  // The best one first.
};

struct Laid {
  Member member;
  Alignment over;
};

// A picture to keep, and how the others lie over it.
struct Choice {
  std::size_t keep = 0;
  std::vector<std::optional<Alignment>> over;
  int reached = 0;  // Members that lie over it,
  int fullest = 0;  // less one for each of those that shows more,
  int plain = 0;    // and those that are the same but for size and encoding: what was edited has few.

  std::tuple<int, int, int> Value() const { return {reached, fullest, plain}; }
};

class Search {
 public:
  Search(const DuplicateRooms& rooms, const DuplicateOptions& options, VectorObserver* observer,
         const StopSignal& stop)
      : rooms_(rooms), options_(options), observer_(observer), stop_(stop), checker_(rooms.check) {}

  Result<DuplicateReport> Run() {
    const auto start = std::chrono::steady_clock::now();
    const RowSet counted = CountedRows();
    report_.pictures = counted.Count();
    VITRINE_TRY_ASSIGN(std::vector<ProposedPair> pairs,
                       ProposePairs(rooms_.facts.hashes, rooms_.index, counted, {},
                                    [&](std::uint64_t done, std::uint64_t total) {
                                      return Tell("looking for likely copies", done, total);
                                    }));
    report_.proposed = pairs.size();
    VITRINE_TRY_ASSIGN(const std::vector<std::vector<RowId>> sets, JoinConfirmed(std::move(pairs), counted));
    for (std::size_t i = 0; i < sets.size(); ++i) {
      if (i % 16 == 0 && !Tell("choosing what to keep", i, sets.size())) break;
      VITRINE_TRY(MakeGroups(sets[i]));
    }
    std::sort(report_.groups.begin(), report_.groups.end(),
              [](const auto& x, const auto& y) { return x.keep.path < y.keep.path; });
    report_.unseen = checker_.unseen();
    report_.stopped = stop_.requested();
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::move(report_);
  }

 private:
  bool Tell(std::string_view step, std::uint64_t done, std::uint64_t total) {
    if (observer_ != nullptr) observer_->OnStep(step, done, total);
    return !stop_.requested();
  }

  bool Counts(const PlacedName& place) const {
    return rooms_.quarantines.empty() || !IsUnderAny(rooms_.facts.folders[place.folder], rooms_.quarantines);
  }

  // Living rows with a file that was not put aside.
  RowSet CountedRows() const {
    RowSet counted(rooms_.live.size());
    for (RowId row = 0; row < rooms_.live.size(); ++row) {
      if (!rooms_.live.Contains(row) || row >= rooms_.facts.row_count) continue;
      const auto places = rooms_.facts.places.Of(row);
      if (std::any_of(places.begin(), places.end(), [&](const PlacedName& place) { return Counts(place); })) {
        counted.Insert(row);
      }
    }
    return counted;
  }

  // Looks at the pairs, the likeliest first, and joins what is one shot. Sets of several pictures, or of one
  // with several files.
  Result<std::vector<std::vector<RowId>>> JoinConfirmed(std::vector<ProposedPair> pairs,
                                                        const RowSet& counted) {
    std::stable_partition(pairs.begin(), pairs.end(),
                          [](const ProposedPair& pair) { return pair.distance <= kLikelyDistance; });
    Sets sets(static_cast<RowId>(rooms_.live.size()));
    std::vector<ProposedPair> block;
    for (std::size_t next = 0; next < pairs.size();) {
      if (!Tell("comparing pictures", next, pairs.size())) break;
      block.clear();
      for (; next < pairs.size() && block.size() < CopyChecker::kPairsAtOnce; ++next) {
        if (sets.Find(pairs[next].a) != sets.Find(pairs[next].b)) block.push_back(pairs[next]);
      }
      VITRINE_TRY_ASSIGN(const auto verdicts, checker_.Check(block));
      report_.compared += block.size();
      for (std::size_t i = 0; i < block.size(); ++i) {
        if (!verdicts[i]) continue;
        ++report_.confirmed;
        sets.Join(block[i].a, block[i].b);
      }
    }
    std::map<RowId, std::vector<RowId>> by_root;
    for (RowId row = 0; row < rooms_.live.size(); ++row) {
      if (counted.Contains(row)) by_root[sets.Find(row)].push_back(row);
    }
    std::vector<std::vector<RowId>> found;
    for (auto& [root, rows] : by_root) {
      if (rows.size() > 1 || rooms_.facts.places.Of(rows.front()).size() > 1)
        found.push_back(std::move(rows));
    }
    return found;
  }

  Result<std::vector<Member>> LoadMembers(const std::vector<RowId>& rows) {
    VITRINE_TRY_ASSIGN(std::vector<CopyPicture> pictures, rooms_.check.pictures(rows));
    std::vector<Member> members;
    for (CopyPicture& picture : pictures) {
      Member member{.row = picture.row, .asset = std::move(picture.asset), .best = {}, .files = {}};
      std::vector<KeepCandidate> candidates;
      for (std::size_t i = 0; i < member.asset.paths.size(); ++i) {
        const PathBytes& path = member.asset.paths[i];
        if (IsUnderAny(path, rooms_.quarantines)) continue;
        candidates.push_back({.file = {.id = member.asset.id,
                                       .path = path,
                                       .info = member.asset.info,
                                       .size_bytes = picture.stamps[i].size_bytes,
                                       .sharpness = member.asset.sketch.sharpness,
                                       .offline = member.asset.offline},
                              .mtime_ns = picture.stamps[i].mtime_ns});
      }
      if (candidates.empty()) continue;
      std::stable_sort(candidates.begin(), candidates.end(), IsBetterFile);
      member.best = candidates.front();
      for (KeepCandidate& candidate : candidates) member.files.push_back(std::move(candidate.file));
      members.push_back(std::move(member));
    }
    return members;
  }

  // Between files of the same bytes: the older one, then the shorter name.
  static bool IsBetterFile(const KeepCandidate& x, const KeepCandidate& y) {
    return std::forward_as_tuple(x.mtime_ns, x.file.path.size(), x.file.path) <
           std::forward_as_tuple(y.mtime_ns, y.file.path.size(), y.file.path);
  }

  // Chooses what to keep, groups what lies over it, and goes on with the rest.
  Status MakeGroups(const std::vector<RowId>& rows) {
    VITRINE_TRY_ASSIGN(std::vector<Member> members, LoadMembers(rows));
    while (!members.empty()) {
      VITRINE_TRY_ASSIGN(const Choice choice, Choose(members));
      std::vector<Laid> laid;
      std::vector<Member> rest;
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (i == choice.keep) continue;
        if (choice.over[i]) {
          laid.push_back({std::move(members[i]), *choice.over[i]});
        } else {
          rest.push_back(std::move(members[i]));
        }
      }
      AddGroup(members[choice.keep], laid);
      members = std::move(rest);
    }
    return {};
  }

  // Tries the best by its facts and those that equal it in substance; then, where some show more than that
  // one, these in the same way.
  Result<Choice> Choose(const std::vector<Member>& members) {
    std::vector<std::size_t> all(members.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    VITRINE_TRY_ASSIGN(Choice best, BestOf(members, std::move(all)));
    for (int step = 0; step < 2; ++step) {
      std::vector<std::size_t> fuller = FullerOnes(members, best);
      if (fuller.empty()) break;
      VITRINE_TRY_ASSIGN(best, BestOf(members, std::move(fuller)));
    }
    return best;
  }

  // REQUIRES: some to choose from.
  Result<Choice> BestOf(const std::vector<Member>& members, std::vector<std::size_t> from) {
    const std::size_t tried = std::min(from.size(), kTried);
    for (std::size_t i = 0; i < tried; ++i) {
      for (std::size_t j = i + 1; j < from.size(); ++j) {
        if (IsBetter(members[from[j]].best, members[from[i]].best)) std::swap(from[i], from[j]);
      }
    }
    VITRINE_TRY_ASSIGN(Choice best, Try(members, from.front()));
    for (std::size_t i = 1; i < tried; ++i) {
      if (!IsEqualInSubstance(members[from[i]].best, members[from.front()].best)) continue;
      VITRINE_TRY_ASSIGN(Choice other, Try(members, from[i]));
      if (other.Value() > best.Value()) best = std::move(other);
    }
    return best;
  }

  Result<Choice> Try(const std::vector<Member>& members, std::size_t keep) {
    VITRINE_TRY_ASSIGN(auto over, LayOver(members, keep));
    Choice choice{.keep = keep, .over = std::move(over)};
    for (const std::optional<Alignment>& laid : choice.over) {
      if (!laid) continue;
      ++choice.reached;
      if (ShowsMore(*laid)) --choice.fullest;
      if (KindOf(*laid) == CopyKind::kCopy) ++choice.plain;
    }
    return choice;
  }

  // How every member lies over the one to keep.
  Result<std::vector<std::optional<Alignment>>> LayOver(const std::vector<Member>& members,
                                                        std::size_t keep) {
    std::vector<ProposedPair> pairs;
    const std::uint64_t hash = members[keep].asset.sketch.hash;
    for (const Member& member : members) {
      ProposedPair pair{.a = members[keep].row, .b = member.row, .distance = 64, .turn = 0, .cosine = 1};
      const std::array<std::uint64_t, 8> turned = TurnedHashes(member.asset.sketch.hash);
      for (std::uint8_t turn = 0; hash != 0 && member.asset.sketch.hash != 0 && turn < turned.size();
           ++turn) {
        const int distance = HashDistance(turned[turn], hash);
        if (distance < pair.distance) pair.distance = distance, pair.turn = turn;
      }
      if (member.row != members[keep].row) pairs.push_back(pair);
    }
    VITRINE_TRY_ASSIGN(auto verdicts, checker_.Check(pairs));
    verdicts.insert(verdicts.begin() + static_cast<std::ptrdiff_t>(keep), std::nullopt);
    return verdicts;
  }

  // Those that show more than the one to keep, with about as many pixels for what both show.
  static std::vector<std::size_t> FullerOnes(const std::vector<Member>& members, const Choice& choice) {
    const auto pixels = [](const Member& member, double share) {
      return share * member.asset.info.width_px * member.asset.info.height_px;
    };
    std::vector<std::size_t> fuller;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::optional<Alignment>& over = choice.over[i];
      if (!over || !ShowsMore(*over)) continue;
      if (pixels(members[i], over->shared_b) >= 0.85 * pixels(members[choice.keep], over->shared_a))
        fuller.push_back(i);
    }
    return fuller;
  }

  bool IsWanted(CopyKind kind) const {
    return options_.kinds.empty() ||
           std::find(options_.kinds.begin(), options_.kinds.end(), kind) != options_.kinds.end();
  }

  void AddGroup(const Member& keep, const std::vector<Laid>& laid) {
    DuplicateGroup group{.keep = keep.files.front(), .why_keep = {}, .others = {}};
    std::vector<KeepCandidate> rivals;
    bool touched = options_.under.empty() || IsUnderAny(group.keep.path, options_.under);
    const auto add = [&](Copy copy) {
      if (!IsWanted(copy.kind)) return;
      touched = touched || IsUnderAny(copy.file.path, options_.under);
      group.others.push_back(std::move(copy));
    };
    for (std::size_t i = 1; i < keep.files.size(); ++i) {
      add({.file = keep.files[i], .kind = CopyKind::kExact, .why = {"the same bytes"}});
    }
    for (const Laid& other : laid) {
      const CopyKind kind = KindOf(other.over);
      const std::vector<std::string> why =
          ReasonsOf(other.over, kind, group.keep, other.member.files.front());
      for (const CopyFile& file : other.member.files) {
        add({.file = file,
             .kind = kind,
             .agreement = other.over.agreement,
             .shown = other.over.shared_a,
             .why = why});
      }
      if (IsWanted(kind)) rivals.push_back(other.member.best);
    }
    if (group.others.empty() || !touched) return;
    group.why_keep = ReasonsToKeep(keep.best, rivals);
    if (std::any_of(laid.begin(), laid.end(),
                    [](const Laid& other) { return KindOf(other.over) == CopyKind::kCrop; })) {
      group.why_keep.insert(group.why_keep.begin(), "shows the most");
    }
    if (group.why_keep.empty()) group.why_keep.emplace_back("older, or first by name");
    std::sort(group.others.begin(), group.others.end(),
              [](const Copy& x, const Copy& y) { return x.file.path < y.file.path; });
    report_.groups.push_back(std::move(group));
  }

  const DuplicateRooms& rooms_;
  const DuplicateOptions& options_;
  VectorObserver* const observer_;
  const StopSignal& stop_;
  CopyChecker checker_;
  DuplicateReport report_;
};

}  // namespace

std::string_view NameOf(CopyKind kind) {
  switch (kind) {
    case CopyKind::kExact:
      return "exact";
    case CopyKind::kCopy:
      return "copy";
    case CopyKind::kTurned:
      return "turned";
    case CopyKind::kEdited:
      return "edited";
    case CopyKind::kCrop:
      return "crop";
  }
  return "";
}

Result<DuplicateReport> FindDuplicates(const DuplicateRooms& rooms, const DuplicateOptions& options,
                                       VectorObserver* observer, const StopSignal& stop) {
  return Search(rooms, options, observer, stop).Run();
}

}  // namespace vitrine
