// Mood boards: pictures of the library, notes, arrows and frames on an endless sheet.
//
//   vitrine::Boards& boards = library->boards();
//   auto board = boards.Create({.name = "Kitchen", .pictures = ids});
//   boards.Arrange(board->id, {.by = vitrine::Arrangement::kMeaning});
//   boards.Export(board->id, {.format = vitrine::ExportFormat::kPdf}, "kitchen.pdf", nullptr, stop);
//
// Lengths are board units: one is a pixel of the screen at 100 %. x grows to the right, y downwards. A board
// keeps every step ever made on it; Undo() and Redo() walk through them, across restarts. Boards lie beside
// the catalog, so that moving a picture on one costs nothing elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/result.h"
#include "vitrine/search.h"
#include "vitrine/stop.h"
#include "vitrine/types.h"
#include "vitrine/vectors.h"

namespace vitrine {

enum class ItemKind : std::uint8_t { kPicture, kNote, kArrow, kFrame };

/// A part of a picture, as shares of its width and height from the top left corner, 0..1.
struct CropShares {
  double left = 0, top = 0, right = 1, bottom = 1;
  bool operator==(const CropShares&) const = default;
};

/// Something on a board. What a kind does not use keeps its default.
struct BoardItem {
  std::string id;  ///< 1..32 of [a-z0-9_-], unique on its board; chosen by whoever makes the item.
  ItemKind kind = ItemKind::kPicture;
  /// The box before it is turned about its middle: top left corner and size, |v| <= 1e7. width, height > 0;
  /// those of an arrow may be negative: it points from (x, y) to (x + width, y + height).
  double x = 0, y = 0, width = 100, height = 100;
  double rotation_deg = 0;  ///< Clockwise, -180..180.
  std::int64_t z = 0;       ///< Larger lies above; ties in order of id. |z| <= 2^53 - 1.
  double opacity = 1;       ///< 0..1.
  bool locked = false;
  std::string group;  ///< Items of one group, when it is not empty, are moved together. As an id.

  // A picture.
  std::string content;  ///< SHA-256 of its file, 64 hexadecimal digits: what holds it to the picture.
  AssetId asset{};  ///< Filled in on reading; 0 when the library does not know the picture now. In an edit
                    ///< it may stand in place of `content`.
  CropShares crop;  ///< width and height are of the cropped picture.
  bool flip_x = false, flip_y = false, grey = false;

  // A note, a frame's title, a picture's caption: UTF-8, at most 10,000 bytes.
  std::string text;
  double font_px = 24;  ///< 4..1000, of a note and of a frame's title.
  std::string colour;   ///< "#rrggbb", of a note's paper, an arrow, a frame's border; empty: the theme's.

  bool operator==(const BoardItem&) const = default;
};

struct Board {
  std::string id;             ///< 16 hexadecimal digits.
  std::string name;           ///< 1..255 bytes of UTF-8 without control characters; two boards may share one.
  std::string background;     ///< "#rrggbb"; empty: the theme's.
  std::int64_t revision = 0;  ///< Grows by one with every step, undo and redo.
  std::string created, changed;  ///< UTC, "2026-11-25T09:30:00Z".
  bool is_template = false;      ///< Offered when a board is made.
  std::vector<BoardItem> items;  ///< In order of z, then id. At most 20,000.
  bool can_undo = false, can_redo = false;
};

struct BoardSummary {
  std::string id, name, created, changed;
  bool is_template = false, deleted = false;
  std::int64_t revision = 0;
  std::uint64_t pictures = 0, items = 0;
  std::vector<AssetId> cover;  ///< Of its largest pictures, at most 4.
};

/// An item as it is to be, or none: it goes.
struct ItemChange {
  std::string id;
  std::optional<BoardItem> item;
};

/// One step to make on a board.
struct BoardEdit {
  std::int64_t base_revision = 0;  ///< What whoever makes it saw.
  std::string what;                ///< For people: "move 3 pictures".
  std::vector<ItemChange> changes;
  std::optional<std::string> name, background;
};

/// One step that was made. Its changes are what an onlooker at revision - 1 has to apply.
struct BoardStep {
  std::int64_t revision = 0;
  std::string at, what;
  bool undone = false;
  std::vector<ItemChange> changes;
  std::optional<std::string> name, background;
};

struct EditResult {
  BoardStep step;
  /// Steps of others between the edit's base and it, oldest first: to be applied before `step`.
  std::vector<BoardStep> missed;
  /// Items of the edit that somebody else had changed since its base: the edit won; history has what was.
  std::vector<std::string> conflicts;
  bool can_undo = false, can_redo = false;
};

/// A state of a board under a name.
struct BoardVersion {
  std::int64_t id = 0;
  std::string name, at;
  std::int64_t revision = 0;
};

struct NewBoard {
  std::string name;
  std::string copy_of;  ///< A board or template to begin with; empty for none. Built in: "template:story",
                        ///< "template:palette", "template:compare", "template:grid".
  std::vector<AssetId> pictures;  ///< Laid in rows.
  std::vector<PathBytes> paths;   ///< Files and folders of the library: their pictures, after those.
};

enum class Arrangement : std::uint8_t {
  kMeaning,  ///< Like beside like.
  kColour,
  kTime,
  kClusters,  ///< Heaps with names, as notes above them.
  kPack,      ///< Tight, sizes kept.
  kRows,      ///< Rows of one height, in reading order.
};
std::string_view NameOf(
    Arrangement arrangement);  ///< "meaning", "colour", "time", "clusters", "pack", "rows".

struct ArrangeRequest {
  Arrangement by = Arrangement::kMeaning;
  std::vector<std::string> items;  ///< Pictures to arrange; empty: all that are not locked.
  std::size_t clusters = 0;        ///< How many; 0: as the pictures suggest.
  double gap = 24;
};

enum class Suggestion : std::uint8_t {
  kMore,  ///< Like the board as a whole (or the named items), and unlike each other.
  kGap,   ///< What would stand well between the neighbours of a free place.
  kEach,  ///< One for each kind of picture in the library (or that answers `query`).
};

struct SuggestRequest {
  Suggestion kind = Suggestion::kMore;
  std::vector<std::string> items;              ///< Of the board; empty for all its pictures.
  double x = 0, y = 0, width = 0, height = 0;  ///< The free place, for kGap.
  std::string query;       ///< Facts and meaning that they should answer too; may be empty.
  std::size_t limit = 24;  ///< 1..200.
};

enum class ExportFormat : std::uint8_t {
  kPng,           ///< One picture of the board.
  kPdf,           ///< Pictures at full resolution, text as text.
  kHtml,          ///< One file that opens offline and zooms.
  kZip,           ///< board.json, originals bit for bit, contact sheet, credits. Import() reads it.
  kJson,          ///< board.json alone.
  kContactSheet,  ///< PDF: every picture with its name.
  kCredits,       ///< Text: who made what, as the files say.
  kPur,           ///< PureRef.
};
std::string_view NameOf(
    ExportFormat format);  ///< "png", "pdf", "html", "zip", "json", "contact-sheet", "credits", "pur".

struct ExportRequest {
  ExportFormat format = ExportFormat::kPdf;
  std::int32_t edge_px = 4096;  ///< Long side of a PNG, 16..16,384; of pictures inside HTML at most this.
  /// Copies keep the place, serial numbers and names that the files hold. Otherwise they are taken out of the
  /// pictures inside PDF, HTML and PureRef files, and of a ZIP's when `exact` is false.
  bool keep_private = false;
  bool exact = true;  ///< Originals in a ZIP are the files bit for bit, with all that they hold.
};

struct BoardExportReport {
  std::uint64_t bytes = 0;
  std::uint64_t pictures = 0;
  std::vector<std::string>
      notes;  ///< What a person should know: originals with a place in them, pictures that were not there.
  bool stopped = false;
};

struct ImportedBoard {
  std::string id;
  std::uint64_t pictures = 0;
  std::uint64_t added = 0;         ///< Pictures that the library did not have: kept in its folder "added".
  std::vector<std::string> notes;  ///< What could not be taken over.
};

/// An item as JSON, in the canonical form of docs/formats/board.md: fields in a fixed order, those at their
/// defaults left out, numbers in the shortest form that reads back as the same. With its id, and, if asked
/// and known, its asset.
std::string ItemToJson(const BoardItem& item, bool with_asset);
/// Reads one; a field that is missing has its default, one that is unknown is ignored. The bounds of the item
/// are checked by whoever keeps it. Errors: kInvalidArgument (no JSON, or a field of another type; the
/// message names it).
Result<BoardItem> ItemFromJson(std::string_view json);
/// A board as JSON. With assets, as the server gives it: with id, revision, is_template, can_undo, can_redo,
/// and the asset of each picture that is known. Without, as a board.json holds it.
std::string BoardToJson(const Board& board, bool with_assets);

/// The boards of a library. Same thread rules as Library; several processes may edit at once. Errors of all:
/// kNotFound (no library; no board, item or version of that id), kInvalidArgument (an item that breaks its
/// bounds; the message names the item and the field), kLocked, kNoSpace, kIo, kCorrupt, kUnsupported (boards
/// of a newer Vitrine). A call that fails has changed nothing.
class Boards {
 public:
  virtual ~Boards() = default;

  virtual Result<std::vector<BoardSummary>> List(bool deleted) = 0;  ///< Last changed first.
  virtual Result<Board> Create(const NewBoard& request) = 0;
  virtual Result<Board> Get(const std::string& id) = 0;
  /// The one board of this id or name, in any letter case; one in the bin only when no other is called so.
  /// Errors also: kInvalidArgument (several have the name).
  virtual Result<std::string> Find(const std::string& id_or_name) = 0;
  virtual Result<EditResult> Edit(const std::string& id, const BoardEdit& edit) = 0;
  virtual Result<EditResult> Undo(const std::string& id, std::int64_t base_revision) = 0;
  virtual Result<EditResult> Redo(const std::string& id, std::int64_t base_revision) = 0;
  virtual Result<std::vector<BoardStep>> StepsSince(const std::string& id, std::int64_t revision) = 0;
  virtual Status SetTemplate(const std::string& id, bool is_template) = 0;
  virtual Status Delete(const std::string& id) = 0;   ///< Into the bin.
  virtual Status Restore(const std::string& id) = 0;  ///< Out of it.
  virtual Result<BoardVersion> SaveVersion(const std::string& id, const std::string& name) = 0;
  virtual Result<std::vector<BoardVersion>> Versions(const std::string& id) = 0;  ///< Newest first.
  virtual Result<EditResult> RestoreVersion(const std::string& id,
                                            std::int64_t version) = 0;  ///< As one step.

  /// Lays pictures in rows below everything that is there, as one step: those named by id, then those at and
  /// below the paths. Errors also: kNotFound (one that the library does not know).
  virtual Result<EditResult> AddPictures(const std::string& id, std::span<const AssetId> pictures,
                                         std::span<const PathBytes> paths) = 0;
  virtual Result<EditResult> Arrange(const std::string& id, const ArrangeRequest& request) = 0;
  /// Hits that do not lie on the board yet, best first. Errors also: kModel.
  virtual Result<std::vector<Hit>> Suggest(const std::string& id, const SuggestRequest& request) = 0;
  /// Colours of the board, 5 to 8, by the area that its pictures give them.
  virtual Result<std::vector<Swatch>> Palette(const std::string& id) = 0;

  /// Writes the file whole or not at all. @param observer may be null.
  virtual Result<BoardExportReport> Export(const std::string& id, const ExportRequest& request,
                                           const std::string& file, VectorObserver* observer,
                                           const StopSignal& stop) = 0;
  /// Makes a board of a ZIP or board.json that Export() wrote, or of a .pur file. Nothing outside the library
  /// is written, whatever the archive says. Errors also: kUnsupported (made by a newer version), kCorrupt.
  virtual Result<ImportedBoard> Import(const std::string& file, VectorObserver* observer,
                                       const StopSignal& stop) = 0;
};

/// "#ff8800".
std::string HexOf(const Swatch& colour);

/// A palette as a file: "ase" (Adobe Swatch Exchange), "gpl" (GIMP), "css" (custom properties). Errors:
/// kInvalidArgument (another format).
Result<std::string> PaletteFile(std::span<const Swatch> palette, const std::string& name,
                                const std::string& format);

}  // namespace vitrine
