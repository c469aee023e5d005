#include "engine/cluster/index.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/hash.h"
#include "base/random_id.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/understood.h"
#include "cluster/work.h"
#include "engine/cluster/bunch_work.h"
#include "engine/cluster/plan.h"
#include "engine/cluster/shared_library.h"
#include "engine/cluster/sweep.h"
#include "engine/installation.h"
#include "engine/writer.h"
#include "ingest/sidecars.h"

namespace vitrine {
namespace {

using cluster::WorkItem;
using cluster::WorkResult;

constexpr std::chrono::milliseconds kBetweenLooks{1000}, kTick{100};

// "photos-3:4711:9f2c...": people read the first part, chance makes it the only one.
std::string HolderName() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return ToValidUtf8(host.data()) + ":" + std::to_string(getpid()) + ":" + RandomId(8);
}

// Says that this machine lives, for as long as this lives.
class Heart {
 public:
  explicit Heart(cluster::WorkList& work)
      : thread_([this, &work](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!wake_.wait_for(lock, stop, cluster::kBeat, [&] { return stop.stop_requested(); })) {
            // One that fails is one that is not heard; the next may be.
            static_cast<void>(work.Beat().has_value());
          }
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

// The counts of all bunches together, as one run.
class WholeRun final : public IndexObserver {
 public:
  WholeRun(IndexObserver* observer, std::uint64_t files) : observer_(observer), files_(files) {}

  void OnProgress(const IndexProgress& progress) override {
    if (observer_ == nullptr) return;
    observer_->OnProgress({.seen = files_,
                           .indexed = indexed_ + progress.indexed,
                           .reused = reused_ + progress.reused,
                           .failed = failed_ + progress.failed,
                           .texts = 0,
                           .walk_done = true});
  }
  void OnRecorded(std::span<const FileRecord> files) override {
    if (observer_ != nullptr) observer_->OnRecorded(files);
  }
  void Add(std::uint64_t indexed, std::uint64_t reused, std::uint64_t failed) {
    indexed_ += indexed;
    reused_ += reused;
    failed_ += failed;
    OnProgress({});
  }

 private:
  IndexObserver* const observer_;
  const std::uint64_t files_;
  std::uint64_t indexed_ = 0, reused_ = 0, failed_ = 0;
};

class ClusterIndexing {
 public:
  ClusterIndexing(const LibraryOptions& options, const cluster::Cluster& cluster, SharedLibrary library,
                  IndexObserver* observer, const StopSignal& stop)
      : options_(options),
        cluster_(cluster),
        library_(std::move(library)),
        observer_(observer),
        stop_(stop),
        work_(cluster, HolderName()) {}

  Result<IndexReport> Run(const IndexOptions& indexing) {
    const auto start = std::chrono::steady_clock::now();
    VITRINE_TRY(PlanAll(indexing));
    VITRINE_TRY(library_.Begin(roots_, plan_.files));
    VITRINE_TRY_ASSIGN(uuid_, library_.Uuid());
    VITRINE_TRY(work_.Open());
    VITRINE_TRY(WorkOffBunches(indexing));
    VITRINE_TRY(WorkOffSweeps());
    if (!report_.stopped) VITRINE_TRY(library_.End());
    SayOthers();
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::move(report_);
  }

 private:
  // The roots as absolute paths, and what lies under them. One that is not there is fine if the library knows
  // it: then it is offline.
  Status PlanAll(const IndexOptions& indexing) {
    if (indexing.roots.empty())
      return Error(Code::kInvalidArgument, "nothing to index: name a folder of pictures");
    for (const PathBytes& root : indexing.roots) {
      roots_.push_back(ResolvedPath(root));
      std::error_code error;
      const bool known = std::ranges::count(library_.meta().roots, roots_.back()) > 0;
      if (!known && !std::filesystem::exists(roots_.back(), error))
        return Error(Code::kNotFound, "there is no file or folder " + Quoted(root));
    }
    plan_ = PlanWork(roots_, options_.allow_svg, stop_);
    report_.seen = plan_.files;
    report_.skipped = plan_.skipped;
    for (const FileRecord& failure : plan_.failures) AddFailure(failure.path, failure.reason);
    return {};
  }

  Status WorkOffBunches(const IndexOptions& indexing) {
    VITRINE_TRY_ASSIGN(const std::unique_ptr<DecoderPool> decoder, StartDecoders());
    SharedWriter writer(options_.folder);
    VITRINE_TRY_ASSIGN(const WriterLease lease, writer.Open(SharedWriter::Missing::kIsMade));
    const Space& space = library_.model()->space();
    VITRINE_TRY(lease.gate().With(
        [&](Catalog& catalog) { return catalog.EnsureSpace(space.id, space.model, space.dimension); }));
    BunchWork bunch_work({.cluster = cluster_,
                          .index = library_.index(),
                          .meta = library_.meta(),
                          .gate = lease.gate(),
                          .decoder = *decoder,
                          .embedder = *library_.model(),
                          .options = options_,
                          .retry_failed = indexing.retry_failed});
    std::map<std::string, const Bunch*> bunches;
    std::vector<WorkItem> items;
    for (const Bunch& bunch : plan_.bunches) {
      items.push_back({.id = bunch.Id(uuid_), .folder = bunch.folder});
      bunches[items.back().id] = &bunch;
    }
    WholeRun run(observer_, plan_.files);
    const Status worked = WorkOff(
        items, indexing.retry_failed,
        [&](const std::string& id) { return bunch_work.Do(*bunches.at(id), &run, stop_); },
        [&](const std::string& id, const WorkResult& result, Who who) {
          Count(bunches.at(id)->files.size(), result, who, run);
        });
    report_.texts = bunch_work.texts();
    sidecars_ = bunch_work.sidecars();
    for (const std::string& problem : bunch_work.problems()) report_.notes.push_back(problem);
    return worked;
  }

  // A root is looked through when its plan is another than the last time.
  Status WorkOffSweeps() {
    const SweepRooms rooms = {.cluster = cluster_,
                              .index = library_.index(),
                              .meta = library_.meta(),
                              .drawings = options_.allow_svg};
    std::map<std::string, PathBytes> roots;
    std::vector<WorkItem> items;
    for (const PlannedRoot& root : plan_.roots) {
      if (stop_.requested() || root.end == WalkEnd::kStopped) break;
      if (root.end == WalkEnd::kRepeated) continue;
      if (root.files == 0) {
        VITRINE_TRY(NoteOffline(rooms, root));
        continue;
      }
      items.push_back({.id = SweepId(root.path), .folder = root.path});
      roots[items.back().id] = root.path;
    }
    return WorkOff(
        items, false,
        [&](const std::string& id) -> Result<WorkResult> {
          VITRINE_TRY(work_.ForgetOthers(roots.at(id)));
          VITRINE_TRY_ASSIGN(const Swept swept, Sweep(rooms, roots.at(id), plan_, stop_));
          report_.notes.insert(report_.notes.end(), swept.notes.begin(), swept.notes.end());
          return WorkResult{.removed = swept.removed, .failures = {}, .again = swept.again};
        },
        [&](const std::string&, const WorkResult& result, Who who) {
          if (who != Who::kBefore) report_.removed += result.removed;
        });
  }

  std::string SweepId(const PathBytes& root) const {
    std::set<std::string> ids;
    for (const Bunch& bunch : plan_.bunches) {
      if (bunch.root == root) ids.insert(bunch.Id(uuid_));
    }
    std::string text = "sweep " + root;
    for (const std::string& id : ids) text += id;
    return Hex(Sha256(text));
  }

  Status NoteOffline(const SweepRooms& rooms, const PlannedRoot& root) {
    VITRINE_TRY_ASSIGN(const bool has_pictures, HasPicturesUnder(rooms, root.path));
    if (!has_pictures) return {};
    report_.offline.push_back(root.path);
    report_.notes.push_back(Quoted(root.path) +
                            (root.end == WalkEnd::kMissing ? " is not there" : " holds no pictures now") +
                            ": what the library knows of it is kept");
    return {};
  }

  enum class Who : std::uint8_t { kThisMachine, kOther, kBefore };

  // Claims items until all are done, or somebody asks to stop. An item that ends in an error is given back:
  // it is the machine's error, not the item's.
  template <typename Do, typename Tell>
  Status WorkOff(const std::vector<WorkItem>& items, bool retry_failed, const Do& work, const Tell& tell) {
    VITRINE_TRY(work_.Offer(items, retry_failed));
    const Heart heart(work_);
    while (true) {
      if (stop_.requested()) {
        report_.stopped = true;
        return {};
      }
      VITRINE_TRY_ASSIGN(const cluster::WorkList::Turn turn, work_.Next());
      taken_over_ += turn.taken_over.size();
      for (const cluster::Finished& done : turn.finished)
        tell(done.id, done.result, done.before ? Who::kBefore : Who::kOther);
      if (turn.all_done) return {};
      if (!turn.claimed) {
        Wait();
        continue;
      }
      const Result<WorkResult> result = work(*turn.claimed);
      if (!result || stop_.requested()) {
        const Status given_back = work_.GiveBack();
        if (!result) return result.error();
        VITRINE_TRY(given_back);
        tell(*turn.claimed, *result, Who::kThisMachine);
        continue;
      }
      VITRINE_TRY_ASSIGN(const bool ours, work_.Finish(*result));
      if (ours) {
        tell(*turn.claimed, *result, Who::kThisMachine);
      } else {
        ++lost_;  // Whoever has it now says what became of it.
      }
    }
  }

  void Wait() const {
    const auto end = std::chrono::steady_clock::now() + kBetweenLooks;
    while (!stop_.requested() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(kTick);
  }

  void Count(std::uint64_t files, const WorkResult& result, Who who, WholeRun& run) {
    for (const auto& [path, reason] : result.failures) AddFailure(path, reason);
    const auto unread = static_cast<std::uint64_t>(std::ranges::count_if(
        result.failures, [](const auto& failure) { return !IsSidecarName(NameOf(failure.first)); }));
    const std::uint64_t read = files - std::min(files, unread);
    const bool mine = who == Who::kThisMachine;
    const std::uint64_t indexed = mine ? result.indexed : 0;
    const std::uint64_t reused = mine ? result.reused : read;
    if (who == Who::kOther) others_ += result.indexed;
    report_.indexed += indexed;
    report_.reused += reused;
    run.Add(indexed, reused, unread);
  }

  void AddFailure(const PathBytes& path, const std::string& reason) {
    ++report_.failed;
    if (report_.failures.size() < IndexReport::kMaxFailures)
      report_.failures.push_back({.path = path, .outcome = FileRecord::Outcome::kFailed, .reason = reason});
  }

  void SayOthers() {
    const auto say = [&](std::uint64_t count, const char* one, const char* many) {
      if (count > 0) report_.notes.push_back(std::to_string(count) + (count == 1 ? one : many));
    };
    say(sidecars_, " sidecar was read", " sidecars were read");
    say(report_.texts, " picture was looked through for words", " pictures were looked through for words");
    say(others_, " of the pictures that count as unchanged was indexed by another machine meanwhile",
        " of the pictures that count as unchanged were indexed by other machines meanwhile");
    say(taken_over_, " piece of work was taken over from an indexer that was silent for 30 s",
        " pieces of work were taken over from indexers that were silent for 30 s");
    say(lost_,
        " piece of work was taken over by another indexer, since this one was silent for 30 s: is the "
        "cluster, or this machine, overloaded?",
        " pieces of work were taken over by other indexers, since this one was silent for 30 s: is the "
        "cluster, or this machine, overloaded?");
  }

  Result<std::unique_ptr<DecoderPool>> StartDecoders() const {
    DecoderPoolOptions pool;
    pool.worker_program = options_.worker_program;
    pool.workers = options_.threads;
    pool.allow_svg = options_.allow_svg;
    return DecoderPool::Start(pool);
  }

  const LibraryOptions options_;
  const cluster::Cluster& cluster_;
  SharedLibrary library_;
  IndexObserver* const observer_;
  const StopSignal& stop_;
  cluster::WorkList work_;
  std::vector<PathBytes> roots_;
  Plan plan_;
  std::string uuid_;
  IndexReport report_;
  std::uint64_t sidecars_ = 0, others_ = 0, taken_over_ = 0, lost_ = 0;
};

}  // namespace

std::string WorkingLibrary(const cluster::Address& address) {
  return JoinPath(
      JoinPath(JoinPath(DefaultDataFolder(), "cluster"), address.host + "_" + std::to_string(address.port)),
      address.name);
}

Result<IndexReport> IndexIntoCluster(const LibraryOptions& options, std::shared_ptr<ClusterLink> link,
                                     const IndexOptions& indexing, IndexObserver* observer,
                                     const StopSignal& stop) {
  return cluster::Understood(link->address, [&]() -> Result<IndexReport> {
    VITRINE_TRY_ASSIGN(const std::unique_ptr<cluster::Cluster> cluster,
                       cluster::Cluster::Open(link->link, link->address));
    VITRINE_TRY_ASSIGN(SharedLibrary library, SharedLibrary::Find(*cluster, options));
    LibraryOptions working = options;
    working.folder = WorkingLibrary(link->address);
    working.model = library.model_folder();
    if (working.worker_program.empty()) working.worker_program = DefaultWorkerProgram();
    if (working.threads == 0) working.threads = std::max(1U, std::thread::hardware_concurrency());
    ClusterIndexing indexer(working, *cluster, std::move(library), observer, stop);
    return indexer.Run(indexing);
  });
}

}  // namespace vitrine
