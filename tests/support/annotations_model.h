// A plain model in memory judges random changes, undone and redone: what each call says must be what the
// model says, after every step.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/annotations_cases.h"

namespace vitrine {

class AnnotationsModel {
 public:
  explicit AnnotationsModel(AnnotationsCases& room) : room_(room) {}

  /// So many random changes, undone and redone; opened anew after each hundred.
  void Run(int rounds) {
    int undone = 0;
    for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
      SCOPED_TRACE(::testing::Message() << "round " << round);
      switch (random_() % 5) {
        case 0:
          UndoOne();
          ++undone;
          break;
        case 1:
          RedoOne();
          break;
        default:
          ChangeSomething();
      }
      ASSERT_EQ(Said(), state_);
      for (const char* word : {"a", "b", "c", "lake", "boat"}) {
        EXPECT_EQ(room_.FoundBy(word), ShouldBeFound(word)) << word;
      }
      if (round % 100 == 99) room_.Reopen();
    }
    EXPECT_GT(undone, rounds / 12);
    EXPECT_EQ(notes().Journal(10'000)->size(), done_.size() + undone_.size());
  }

 private:
  using Marks = std::map<int, TagMark>;
  static constexpr int kPictures = AnnotationsCases::kPictures;
  static std::vector<AssetId> Pictures(const std::vector<int>& numbers) {
    return AnnotationsCases::Pictures(numbers);
  }
  Annotations& notes() { return room_.notes(); }

  /// All that can be said, as a value: taking it back is having a copy.
  struct State {
    std::map<std::string, Marks> tags;  // Paths of small letters: spelling has tests of its own.
    std::map<int, Note> notes;
    std::map<std::string, std::string> searches;
    bool operator==(const State&) const = default;

    std::vector<std::string> Branch(const std::string& path) const {
      std::vector<std::string> branch;
      for (const auto& [name, marks] : tags) {
        if (name == path || name.starts_with(path + "/")) branch.push_back(name);
      }
      return branch;
    }

    void Mark(const std::string& path, int picture, const TagMark& mark) {
      Marks& marks = tags[path];
      const auto said = marks.find(picture);
      const bool judged = said != marks.end() && said->second.state != TagState::kSuggested;
      if (mark.state != TagState::kSuggested || !judged) marks[picture] = mark;
    }

    bool Rename(const std::string& from, const std::string& to) {
      const std::vector<std::string> branch = Branch(from);
      if (branch.empty()) return false;
      std::map<std::string, Marks> moved;
      for (const std::string& name : branch) {
        moved[to + name.substr(from.size())] = std::move(tags[name]);
        tags.erase(name);
      }
      for (auto& [name, marks] : moved) {
        Marks& into = tags[name];
        for (const auto& [picture, mark] : marks) {
          const auto [at, added] = into.try_emplace(picture, mark);
          if (!added && mark.state < at->second.state) at->second = mark;
        }
      }
      return true;
    }

    bool Delete(const std::string& path) {
      const std::vector<std::string> branch = Branch(path);
      for (const std::string& name : branch) tags.erase(name);
      return !branch.empty();
    }
  };

  std::string AnyPath() {
    std::string path;
    const auto levels = 1 + random_() % 3;
    for (std::size_t i = 0; i < levels; ++i)
      path += std::string(i > 0 ? "/" : "") + static_cast<char>('a' + random_() % 3);
    return path;
  }

  int AnyPicture() { return 1 + static_cast<int>(random_() % kPictures); }

  TagMark AnyMark() {
    switch (random_() % 3) {
      case 0:
        return {.model = {}};
      case 1:
        return AnnotationsCases::Rejected();
      default:
        return AnnotationsCases::Suggested(static_cast<double>(random_() % 4) / 4);
    }
  }

  static void ExpectLike(const Status& status, bool known) {
    EXPECT_EQ(static_cast<bool>(status), known) << (status ? "done" : status.error().message());
  }

  void MarkSome(Change& change) {
    const std::string path = AnyPath();
    const TagMark mark = AnyMark();
    std::set<int> pictures;
    for (auto i = random_() % 4; i > 0; --i) pictures.insert(AnyPicture());
    state_.tags.try_emplace(path);
    for (const int picture : pictures) state_.Mark(path, picture, mark);
    ExpectLike(change.Mark(path, Pictures({pictures.begin(), pictures.end()}), mark), true);
  }

  void UnmarkOne(Change& change) {
    const std::string path = AnyPath();
    const int picture = AnyPicture();
    const bool known = state_.tags.contains(path);
    if (known) state_.tags[path].erase(picture);
    ExpectLike(change.Unmark(path, Pictures({picture})), known);
  }

  void ForgetSuggestions(Change& change) {
    const std::string path = random_() % 2 == 0 ? "" : AnyPath();
    const bool known = path.empty() || state_.tags.contains(path);
    for (auto& [name, marks] : state_.tags) {
      if (!path.empty() && name != path) continue;
      std::erase_if(marks, [](const auto& mark) { return mark.second.state == TagState::kSuggested; });
    }
    ExpectLike(change.ForgetSuggestions(path), known);
  }

  void WriteNote(Change& change) {
    const std::vector<std::string> captions = {"", "lake", "red lake", "boat"};
    Note note{.rating = {}, .caption = captions[random_() % captions.size()]};
    if (random_() % 2 == 0) note.rating = static_cast<std::int32_t>(random_() % 7) - 1;
    const int picture = AnyPicture();
    if (note == Note()) {
      state_.notes.erase(picture);
    } else {
      state_.notes[picture] = note;
    }
    ExpectLike(change.SetNote(AssetId{picture}, note), true);
  }

  void SaveOrDropSearch(Change& change) {
    const std::string name = AnyPath();
    if (random_() % 2 == 0) {
      state_.searches[name] = std::to_string(random_() % 3);
      ExpectLike(change.SaveSearch({name, state_.searches[name]}), true);
    } else {
      ExpectLike(change.DropSearch(name), state_.searches.erase(name) > 0);
    }
  }

  void AnyStep(Change& change) {
    const std::string path = AnyPath();
    switch (random_() % 9) {
      case 0:
      case 1:
      case 2:
        return MarkSome(change);
      case 3:
        return UnmarkOne(change);
      case 4: {
        const std::string to = AnyPath();
        return ExpectLike(change.RenameTag(path, to), state_.Rename(path, to));
      }
      case 5:
        return ExpectLike(change.DeleteTag(path), state_.Delete(path));
      case 6:
        return ForgetSuggestions(change);
      case 7:
        return WriteNote(change);
      default:
        return SaveOrDropSearch(change);
    }
  }

  void ChangeSomething() {
    const State before = state_;
    auto change = notes().Begin("change").value();
    for (auto steps = 1 + random_() % 4; steps > 0; --steps) AnyStep(*change);
    if (random_() % 8 == 0) {
      state_ = before;
      return;
    }
    const std::int64_t entry = change->Commit().value();
    if (entry == 0) {
      EXPECT_EQ(before, state_);
      return;
    }
    done_.push_back({before, state_});
    undone_.clear();
  }

  void UndoOne() {
    const Result<JournalEntry> step = notes().Undo();
    EXPECT_EQ(static_cast<bool>(step), !done_.empty()) << (step ? "" : step.error().message());
    if (done_.empty()) return;
    state_ = done_.back().first;
    undone_.push_back(std::move(done_.back()));
    done_.pop_back();
  }

  void RedoOne() {
    const Result<JournalEntry> step = notes().Redo();
    EXPECT_EQ(static_cast<bool>(step), !undone_.empty()) << (step ? "" : step.error().message());
    if (undone_.empty()) return;
    state_ = undone_.back().second;
    done_.push_back(std::move(undone_.back()));
    undone_.pop_back();
  }

  State Said() {
    State said;
    for (const TagCount& tag : std::vector(notes().Tags().value())) {
      Marks& marks = said.tags[tag.path];
      for (const MarkedAsset& marked : std::vector(notes().MarksOf(tag.path).value())) {
        marks[static_cast<int>(marked.asset)] = marked.mark;
      }
      const auto count = [&](TagState state) {
        return static_cast<std::uint64_t>(
            std::ranges::count_if(marks, [&](const auto& mark) { return mark.second.state == state; }));
      };
      EXPECT_EQ(tag.accepted, count(TagState::kAccepted));
      EXPECT_EQ(tag.rejected, count(TagState::kRejected));
      EXPECT_EQ(tag.suggested, count(TagState::kSuggested));
    }
    for (int picture = 1; picture <= kPictures; ++picture) {
      const Note note = notes().NoteOf(AssetId{picture}).value();
      if (note != Note()) said.notes[picture] = note;
    }
    for (const SavedSearch& search : std::vector(notes().SavedSearches().value()))
      said.searches[search.name] = search.query;
    return said;
  }

  /// Pictures that should be found by a tag's level, or by a word of a caption.
  std::vector<int> ShouldBeFound(const std::string& word) const {
    std::set<int> pictures;
    for (const auto& [path, marks] : state_.tags) {
      if (("/" + path + "/").find("/" + word + "/") == std::string::npos) continue;
      for (const auto& [picture, mark] : marks) {
        if (mark.state == TagState::kAccepted) pictures.insert(picture);
      }
    }
    for (const auto& [picture, note] : state_.notes) {
      if ((" " + note.caption + " ").find(" " + word + " ") != std::string::npos) pictures.insert(picture);
    }
    return {pictures.begin(), pictures.end()};
  }

  AnnotationsCases& room_;
  std::mt19937 random_{20261125};
  State state_;
  std::vector<std::pair<State, State>> done_, undone_;
};

}  // namespace vitrine
