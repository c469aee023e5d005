// The catalog is the truth, and writing is a queue: a picture that is changed here becomes due in the same
// transaction (the catalog's triggers), and is due until its sidecars were written. So a folder that cannot
// be written today costs nothing but patience.
//
// Each sidecar is merged three ways with what it said when it was last met (xmp/note_merge.h), and only then
// edited (xmp/xmp.h). It is looked at again right before it is replaced; one that changed meanwhile is read
// anew. What is left is the instant between that look and the rename, in which another program's write would
// be lost; no lock that other programs heed exists.
#include "engine/sidecars.h"

#include <sys/stat.h>

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "ingest/sidecars.h"
#include "xmp/note.h"
#include "xmp/note_merge.h"
#include "xmp/xmp.h"

namespace vitrine {
namespace {

constexpr int kAttempts = 3;

NotePreference PreferenceOf(SidecarPreference preference) {
  switch (preference) {
    case SidecarPreference::kVitrine:
      return NotePreference::kVitrine;
    case SidecarPreference::kFile:
      return NotePreference::kFile;
    case SidecarPreference::kNeither:
      break;
  }
  return NotePreference::kNeither;
}

std::string RatingText(const EmbeddedNote& note) { return note.rating ? std::to_string(*note.rating) : ""; }

bool Exists(const PathBytes& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0;
}

// The sidecar to write: the one that is there, the more particular name first; else a new one.
PathBytes SidecarFor(const PathBytes& picture, bool short_names) {
  if (std::vector<PathBytes> there = SidecarsBeside(picture); !there.empty()) return std::move(there.back());
  const std::string_view name = NameOf(picture);
  const std::size_t dot = name.rfind('.');
  const bool cut = short_names && dot != std::string_view::npos && dot > 0;
  return picture.substr(0, picture.size() - (cut ? name.size() - dot : 0)) + ".xmp";
}

class Syncer {
 public:
  /// Counts in `report`.
  Syncer(Catalog& catalog, const SidecarOptions& options, SidecarReport& report)
      : catalog_(catalog), options_(options), report_(report) {}

  Status Sync(AssetId asset) {
    VITRINE_TRY_ASSIGN(const std::vector<AssetRecord> records, catalog_.AssetsOf({&asset, 1}));
    if (records.empty()) return {};
    ++report_.pictures;
    bool settled = true;
    for (const PathBytes& picture : records.front().paths) {
      VITRINE_TRY_ASSIGN(const bool done, SyncBeside(asset, picture));
      settled = settled && done;
    }
    return settled && options_.write ? catalog_.SidecarWritten(asset) : Status();
  }

 private:
  // One sidecar, and what is to be done about it.
  struct Task {
    AssetId asset;
    PathBytes picture;
    PathBytes path;
    std::optional<Sidecar> sidecar;  // As it is; nothing when there is none.
    EmbeddedNote past;
    EmbeddedNote ours;
    MergedNote merged;

    EmbeddedNote theirs() const { return sidecar ? sidecar->note : EmbeddedNote(); }
  };

  // True when the sidecar says what it should.
  Result<bool> SyncBeside(AssetId asset, const PathBytes& picture) {
    if (!Exists(picture)) return Fail(picture, "the picture is not there now; its drive may be unplugged");
    const PathBytes path = SidecarFor(picture, options_.short_names);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      Task task = {.asset = asset, .picture = picture, .path = path};
      Result<Sidecar> sidecar = ReadSidecar(path);
      if (!sidecar && sidecar.error().code() != Code::kNotFound) {
        return Fail(path, sidecar.error().message() + "; mend it or move it away, then write again");
      }
      if (sidecar) task.sidecar = *std::move(sidecar);
      VITRINE_TRY_ASSIGN(const std::optional<SidecarRecord> remembered, catalog_.SidecarAt(path));
      if (task.sidecar) task.past = PastOf(remembered);
      VITRINE_TRY_ASSIGN(task.ours, CatalogNote(catalog_.annotations(), asset));
      task.merged = MergeNotes(task.past, task.ours, task.theirs(), PreferenceOf(options_.prefer));
      VITRINE_TRY_ASSIGN(const std::optional<bool> done, Carry(task));
      if (done) return *done;
    }
    return Fail(path, "another program keeps changing it; close that, then write again");
  }

  // Does what the merge says; nothing when the sidecar has changed meanwhile.
  Result<std::optional<bool>> Carry(Task& task) {
    VITRINE_TRY_ASSIGN(const std::optional<std::vector<MachineTag>> machine, Suggestions(task.asset));
    const bool says_it = SaySame(task.merged.file, task.theirs()) && !machine;
    if (!says_it) {
      const Result<std::string> bytes =
          MergeXmp(task.sidecar ? task.sidecar->bytes : "", {.note = task.merged.file, .machine = machine});
      if (!bytes) return std::optional(Fail(task.path, bytes.error().message()));
      if (!options_.write) return std::optional(Count(task, true));
      if (!IsAsRead(task)) return std::optional<bool>();
      const PathBytes& like = task.sidecar ? task.path : task.picture;
      if (const Status written = WriteFileLike(task.path, *bytes, like); !written) {
        return std::optional(
            Fail(task.path,
                 written.error().message() + "; the change is kept here and written once that is possible"));
      }
      VITRINE_TRY(Remember(task, *bytes, 0));
    } else if (options_.write && task.sidecar) {
      VITRINE_TRY(Remember(task, task.sidecar->bytes, task.sidecar->mtime_ns));
    }
    if (options_.write && !SaySame(task.ours, task.merged.catalog)) {
      VITRINE_TRY_ASSIGN(const std::unique_ptr<Change> change, catalog_.annotations().BeginUnrecorded());
      VITRINE_TRY(AmendCatalog(*change, task.asset, task.ours, task.merged.catalog));
      VITRINE_TRY(change->Commit());
      ++report_.adopted;
    }
    return std::optional(Count(task, !says_it));
  }

  // Suggestions to write; nothing when they are not asked for.
  Result<std::optional<std::vector<MachineTag>>> Suggestions(AssetId asset) {
    std::optional<std::vector<MachineTag>> machine;
    if (!options_.machine_tags) return machine;
    VITRINE_TRY_ASSIGN(const std::vector<AssetTag> tags, catalog_.annotations().TagsOf(asset));
    machine.emplace();
    for (const AssetTag& tag : tags) {
      if (tag.mark.state != TagState::kSuggested) continue;
      machine->push_back({.path = tag.path, .probability = tag.mark.probability, .model = tag.mark.model});
    }
    return machine;
  }

  // True when nobody has touched the sidecar since it was read.
  static bool IsAsRead(const Task& task) {
    if (!task.sidecar) return !Exists(task.path);
    const Result<Sidecar> now = ReadSidecar(task.path);
    return now && now->bytes == task.sidecar->bytes;
  }

  // A time of 0 lets the next index run look again: a sidecar just written may change within the grain of the
  // file system's clock.
  Status Remember(const Task& task, const std::string& bytes, std::int64_t mtime_ns) {
    return catalog_.RememberSidecar({.path = task.path,
                                     .asset = task.asset,
                                     .size_bytes = bytes.size(),
                                     .mtime_ns = mtime_ns,
                                     .content = Sha256(bytes),
                                     .said = PackNote(NextBase(task.past, task.merged.file, task.merged))});
  }

  // Counts what was done, and the conflicts that are left. True when none are.
  bool Count(const Task& task, bool written) {
    if (written) {
      ++report_.written;
      if (!task.sidecar) ++report_.created;
    } else {
      ++report_.unchanged;
    }
    const EmbeddedNote file = task.theirs();
    if (task.merged.rating_conflict) {
      report_.conflicts.push_back({task.path, "rating", RatingText(task.ours), RatingText(file)});
    }
    if (task.merged.caption_conflict) {
      report_.conflicts.push_back({task.path, "caption", task.ours.caption, file.caption});
    }
    return !task.merged.has_conflict();
  }

  bool Fail(const PathBytes& path, std::string reason) {
    report_.failures.push_back({path, std::move(reason)});
    return false;
  }

  Catalog& catalog_;
  const SidecarOptions& options_;
  SidecarReport& report_;
};

}  // namespace

Result<SidecarReport> SyncSidecars(CatalogGate& gate, const SidecarOptions& options, const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> due, gate.With([](Catalog& catalog) {
    return catalog.SidecarsDue(std::numeric_limits<std::int64_t>::max());
  }));
  SidecarReport report;
  for (const AssetId asset : due) {
    if (stop.requested()) break;
    VITRINE_TRY(gate.With([&](Catalog& catalog) { return Syncer(catalog, options, report).Sync(asset); }));
  }
  report.stopped = stop.requested();
  return report;
}

}  // namespace vitrine
