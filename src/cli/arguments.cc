#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/did_you_mean.h"
#include "base/human.h"
#include "base/utf8.h"
#include "cli/board_arguments.h"
#include "cli/model_arguments.h"
#include "cli/tag_arguments.h"
#include "vitrine/version.h"

namespace vitrine {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  vitrine index ~/Pictures\n"
    "  vitrine search two dogs in the snow\n"
    "  vitrine similar photo.jpg\n"
    "  vitrine serve\n"
    "  vitrine search -0 -n 50 red kayak | xargs -0 feh\n"
    "  vitrine library stats\n"
    "\n"
    "Exit codes: 0 found or done, 1 nothing found, 2 usage, 3 some files unreadable, 4 library damaged,\n"
    "5 another index run is going on, 6 disk full, 7 model refused, 8 cannot read or write, 9 library of a\n"
    "newer version, 130/143 interrupted.";

/// Help that shows "-n,--limit N" and nothing of the checks behind it.
class PlainFormatter final : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_option_text().empty() ? std::string() : " " + option->get_option_text();
  }
};

void AddOutputOptions(CLI::App* command, OutputArguments& output) {
  command->add_option("-n,--limit", output.limit, "hits wanted (default 10)")
      ->option_text("N")
      ->check(CLI::Range(1, 100'000));
  command->add_flag("--all", output.all, "show hits past the point where the list falls off, too");
  command->add_flag("--diverse", output.diverse, "prefer hits unlike each other");
  command->add_option("--group", output.group, "gather hits under one: similar (copies and bursts) or day")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Grouping>{
          {"none", Grouping::kNone}, {"similar", Grouping::kSimilar}, {"day", Grouping::kDay}}))
      ->option_text("BY");
  command->add_flag("--explain", output.explain, "say how the answer was found, with times");
  CLI::Option* json = command->add_flag("--json", output.json, "one JSON object");
  CLI::Option* jsonl = command->add_flag("--jsonl", output.jsonl, "one JSON object a line, one line a query");
  CLI::Option* null =
      command->add_flag("-0,--null", output.null_separated, "paths alone, each ended by a NUL byte");
  CLI::Option* format =
      command->add_option("--format", output.format, "a template such as '{path}\\t{score}', one line a hit")
          ->option_text("TEMPLATE");
  json->excludes(jsonl)->excludes(null)->excludes(format);
  jsonl->excludes(null)->excludes(format);
  CLI::Option* preview =
      command->add_flag("-p,--preview", output.preview, "draw the pictures, in any terminal");
  command->add_flag("--no-preview", output.no_preview, "draw no pictures")->excludes(preview);
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& global) {
  app.add_option(
         "--library", global.library,
         "folder of the library, or opensearch://host:port/name (default: $VITRINE_LIBRARY or your data "
         "folder)")
      ->option_text("DIR");
  app.add_option("--model", global.model,
                 "model for this command alone: a name, a folder, or two as A+B (default: what is in use)")
      ->option_text("NAME");
  app.add_option("--device", global.device,
                 "where the model runs: auto, cpu (plain kernels alone), gpu or npu (default: auto)")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Device>{
          {"auto", Device::kAuto}, {"cpu", Device::kCpu}, {"gpu", Device::kGpu}, {"npu", Device::kNpu}}))
      ->option_text("WHERE");
  app.add_option("--precision", global.precision,
                 "bits the model computes with: auto, fp32, bf16, fp16, int8 or int4 (default: auto)")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Precision>{{"auto", Precision::kAuto},
                                                                           {"fp32", Precision::kFloat32},
                                                                           {"bf16", Precision::kBf16},
                                                                           {"fp16", Precision::kFloat16},
                                                                           {"int8", Precision::kInt8},
                                                                           {"int4", Precision::kInt4}}))
      ->option_text("BITS");
  app.add_option("--color", global.color, "auto, always or never")
      ->transform(CLI::CheckedTransformer(std::map<std::string, ColorMode>{
          {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}}))
      ->option_text("WHEN");
  app.add_option("--threads", global.threads, "cores to use (default: all)")
      ->option_text("N")
      ->check(CLI::Range(1, 1024));
  app.add_flag("-q,--quiet", global.quiet, "say only what went wrong");
  app.add_flag("-v,--verbose", global.verbose, "say more");
}

CLI::App* AddIndex(CLI::App& app, CommandLine& line) {
  CLI::App* index = app.add_subcommand("index", "make folders searchable, or bring them up to date");
  index->add_option("PATH", line.index.roots, "folders or files of pictures")->option_text("...")->required();
  index->add_flag("--retry-failed", line.index.retry_failed, "try unreadable files again");
  index->add_flag("--svg", line.global.allow_svg, "read SVG drawings too");
  CLI::Option* json = index->add_flag("--json", line.index.json, "the report as one JSON object");
  index->add_flag("--jsonl", line.index.jsonl, "one JSON object a file as it is recorded, then the report")
      ->excludes(json);
  index->footer(
      "With --library opensearch://HOST:PORT/NAME, run on several machines that see the same folders, it\n"
      "shares the work among them (docs/cluster.md).\n"
      "Examples:\n  vitrine index ~/Pictures\n  vitrine index --json /mnt/archive ~/Downloads/cat.jpg");
  return index;
}

CLI::App* AddSearch(CLI::App& app, CommandLine& line) {
  CLI::App* search = app.add_subcommand("search", "find pictures by words, by pictures, or both");
  search->add_option("QUERY", line.search.words, "what should be in the picture")->option_text("...");
  search
      ->add_option("--like", line.search.like, "a picture that the results should resemble; may be repeated")
      ->option_text("IMAGE")
      ->allow_extra_args(false);
  search->add_option("--saved", line.search.saved, "run the search of this name; words narrow it further")
      ->option_text("NAME");
  search
      ->add_option("--queries", line.search.queries_file, "a file with one query a line; - is standard input")
      ->option_text("FILE");
  AddOutputOptions(search, line.search.output);
  search->footer(
      "Examples:\n  vitrine search two dogs in the snow\n  vitrine search --like pool.jpg at night\n"
      "  vitrine search --queries words.txt --jsonl");
  return search;
}

CLI::App* AddSimilar(CLI::App& app, CommandLine& line) {
  CLI::App* similar = app.add_subcommand("similar", "find pictures that resemble one or several");
  similar->add_option("IMAGE", line.similar.pictures, "picture files, in the library or not")
      ->option_text("...")
      ->required();
  AddOutputOptions(similar, line.similar.output);
  similar->footer("Examples:\n  vitrine similar photo.jpg\n  vitrine similar -n 20 --json a.jpg b.jpg");
  return similar;
}

CLI::App* AddJournal(CLI::App& app, const std::string& name, const std::string& help,
                     JournalArguments& arguments) {
  CLI::App* journal = app.add_subcommand(name, help);
  journal->add_flag("--json", arguments.json, "as one JSON object");
  return journal;
}

CLI::App* AddUndo(CLI::App& app, CommandLine& line) {
  CLI::App* undo =
      AddJournal(app, "undo", "take back the last change of tags, ratings, searches or places", line.journal);
  undo->footer(
      "Each call takes back one more change; vitrine redo puts them back, vitrine history lists them.\n"
      "Examples:\n  vitrine undo\n  vitrine undo && vitrine undo");
  return undo;
}

CLI::App* AddRedo(CLI::App& app, CommandLine& line) {
  CLI::App* redo = AddJournal(app, "redo", "put back what undo took back last", line.journal);
  redo->footer("Examples:\n  vitrine redo");
  return redo;
}

CLI::App* AddHistory(CLI::App& app, CommandLine& line) {
  CLI::App* history =
      AddJournal(app, "history", "list the changes that can be taken back, newest first", line.journal);
  history->add_option("-n,--limit", line.journal.limit, "entries wanted (default 20)")
      ->option_text("N")
      ->check(CLI::Range(1, 100'000));
  history->footer("Examples:\n  vitrine history\n  vitrine history -n 100 --json");
  return history;
}

CLI::App* AddNote(CLI::App& app, CommandLine& line) {
  CLI::App* note = app.add_subcommand("note", "rate or caption pictures");
  NoteArguments& arguments = line.note;
  note->add_option("PATH", arguments.pictures, "pictures, or folders with all below them")
      ->option_text("...")
      ->required();
  note->add_option_function<std::string>(
          "--rating",
          [&arguments](const std::string& text) {
            arguments.change.drop_rating = text == "none";
            const bool is_digit = text.size() == 1 && text[0] >= '0' && text[0] <= '5';
            if (is_digit) arguments.change.rating = text[0] - '0';
            if (text == "-1") arguments.change.rating = -1;
            if (!arguments.change.drop_rating && !arguments.change.rating) {
              throw CLI::ValidationError("--rating", "\"" + text + "\" is none of -1, 0 to 5, none");
            }
          },
          "0 to 5, -1 for rejected, none to take it off")
      ->option_text("N");
  note->add_option("--caption", arguments.change.caption,
                   "what the picture shows; an empty text takes it off")
      ->option_text("TEXT");
  note->add_flag("--json", arguments.json, "as one JSON object");
  note->footer(
      "Ratings and captions are found by search (rating:>=4, words of a caption) and reach other programs "
      "with\n"
      "vitrine sidecars write. Examples:\n  vitrine note --rating 4 photo.jpg\n"
      "  vitrine note boat.jpg --caption \"Grandma's boat\"");
  return note;
}

CLI::App* AddSaved(CLI::App& app, CommandLine& line) {
  CLI::App* saved = app.add_subcommand("saved", "searches under a name: list, remember, forget");
  saved->add_option("NAME", line.saved.name, "the name; without one, all are listed")->option_text(" ");
  saved->add_option("QUERY", line.saved.words, "the query to remember under it")->option_text("...");
  saved->add_flag("--drop", line.saved.drop, "forget the search of that name");
  saved->add_flag("--json", line.saved.json, "the list as one JSON object");
  saved->footer(
      "vitrine search --saved NAME runs one.\n"
      "Examples:\n  vitrine saved beaches beach date:2024 rating:\">=4\"\n  vitrine search --saved beaches\n"
      "  vitrine saved --drop beaches");
  return saved;
}

CLI::App* AddDuplicates(CLI::App& app, DuplicatesArguments& arguments) {
  CLI::App* duplicates =
      app.add_subcommand("duplicates", "find copies, and say which to keep; deletes nothing");
  duplicates->add_option("FOLDER", arguments.options.under, "only groups that touch these folders or files")
      ->option_text("...");
  duplicates
      ->add_option("--kind", arguments.options.kinds,
                   "only these, with commas between: exact, copy, turned, edited, crop")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->transform(CLI::CheckedTransformer(std::map<std::string, CopyKind>{{"exact", CopyKind::kExact},
                                                                          {"copy", CopyKind::kCopy},
                                                                          {"turned", CopyKind::kTurned},
                                                                          {"edited", CopyKind::kEdited},
                                                                          {"crop", CopyKind::kCrop}}))
      ->option_text("KINDS");
  duplicates->add_option("--tag", arguments.action.tag, "mark all but the kept pictures with this tag")
      ->option_text("TAG");
  duplicates
      ->add_option("--quarantine", arguments.action.quarantine,
                   "move all but the kept files to this folder; vitrine undo moves them back")
      ->option_text("DIR");
  CLI::Option* json = duplicates->add_flag("--json", arguments.json, "one JSON object");
  duplicates
      ->add_flag("-0,--null", arguments.null_separated,
                 "paths of all but the kept files, each ended by a NUL byte")
      ->excludes(json);
  duplicates->footer(
      "exact   another file with the same bytes\n"
      "copy    re-encoded or resized\n"
      "turned  mirrored, turned or straightened\n"
      "edited  recoloured, marked or framed\n"
      "crop    a part of the kept picture\n"
      "Examples:\n  vitrine duplicates\n  vitrine duplicates ~/Downloads --kind exact,copy\n"
      "  vitrine duplicates --kind exact,copy --quarantine ~/copies\n  vitrine duplicates --tag duplicate");
  return duplicates;
}

CLI::App* AddServe(CLI::App& app, CommandLine& line) {
  CLI::App* serve =
      app.add_subcommand("serve", "open the gallery and the boards in a browser on this machine");
  serve->add_option("--port", line.serve.port, "the port to listen on (default: one that is free)")
      ->option_text("N")
      ->check(CLI::Range(1, 65'535));
  serve->add_option("--address", line.serve.address, "the address to listen on (default 127.0.0.1)")
      ->option_text("A");
  serve->add_flag("--allow-other-machines", line.serve.allow_other_machines,
                  "listen on an address that others can reach, without encryption");
  serve->add_flag("--json", line.serve.json, "the address as one JSON object");
  serve->footer(
      "Prints an address that opens the gallery once. Ctrl-C ends it.\n"
      "Examples:\n  vitrine serve\n  vitrine --library /mnt/photos/.vitrine serve --port 4711\n"
      "  vitrine --library opensearch://photos.example.org:9200/archive serve");
  return serve;
}

CLI::App* AddDoctor(CLI::App& app, CommandLine& line) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "check the program, the model, the library and the network lock");
  doctor->add_flag("--json", line.doctor.json, "as one JSON object");
  doctor->footer("Examples:\n  vitrine doctor\n  vitrine --library /mnt/photos/.vitrine doctor --json");
  return doctor;
}

// "2G" and the like, as bytes.
CLI::Option* AddSize(CLI::App* command, const std::string& name, std::optional<std::uint64_t>& bytes,
                     const std::string& help) {
  return command
      ->add_option_function<std::string>(
          name,
          [&bytes, name](const std::string& text) {
            bytes = ParseBytes(text);
            if (!bytes) throw CLI::ValidationError(name, "\"" + text + "\" is no size such as 512M or 2G");
          },
          help)
      ->option_text("SIZE");
}

CLI::App* AddLibraryIndex(CLI::App& library, LibraryIndexArguments& arguments) {
  CLI::App* index =
      library.add_subcommand("index", "choose how vectors are searched, and build that index now");
  index->add_option("--kind", arguments.kind, "auto, exact, compressed, ivf or hnsw (default auto)")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, IndexKind>{{"auto", IndexKind::kAuto},
                                                                   {"exact", IndexKind::kExact},
                                                                   {"compressed", IndexKind::kCompressed},
                                                                   {"ivf", IndexKind::kIvf},
                                                                   {"hnsw", IndexKind::kHnsw}}))
      ->option_text("KIND");
  AddSize(index, "--memory", arguments.memory_bytes,
          "memory that searches should keep warm at most (default 2G); auto heeds it");
  index->add_option("--recall", arguments.recall, "share of the best hits that must be found (default 0.99)")
      ->option_text("SHARE")
      ->check(CLI::Range(0.5, 1.0));
  index->add_flag("--json", arguments.json, "what was built, as one JSON object");
  index->footer(
      "auto        whatever suits the number of pictures and the memory\n"
      "exact       score every picture: nothing is missed; up to some 200,000 pictures the fastest too\n"
      "compressed  look at one bit a dimension of each, then score the best; up to some millions\n"
      "ivf         the same in lists, of which a search reads a few; for more\n"
      "hnsw        a graph: quick, large, slow to build; never chosen by auto\n"
      "What is not given stays as it was. The choice is remembered: later index runs and imports keep to "
      "it.\n"
      "Examples:\n  vitrine library index\n  vitrine library index --kind auto --memory 512M --recall 0.98\n"
      "  vitrine library index --kind exact");
  return index;
}

CLI::App* AddLibraryStats(CLI::App& library, LibraryStatsArguments& arguments) {
  CLI::App* stats = library.add_subcommand("stats", "what the library holds, and how well its index does");
  stats->add_flag("--json", arguments.json, "one JSON object");
  stats->footer("Examples:\n  vitrine library stats\n  vitrine library stats --json");
  return stats;
}

CLI::App* AddLibraryCompact(CLI::App& library, LibraryCompactArguments& arguments) {
  CLI::App* compact =
      library.add_subcommand("compact", "drop pictures that have no file any more, give their space back");
  compact->add_flag("--json", arguments.json, "the report as one JSON object");
  compact->footer(
      "A picture that is dropped costs its inference again if it comes back. Pictures on drives that are "
      "not\n"
      "plugged in stay.\n"
      "Examples:\n  vitrine library compact\n  vitrine library compact --json");
  return compact;
}

CLI::App* AddLibraryCopy(CLI::App& library, LibraryCopyArguments& arguments) {
  CLI::App* copy = library.add_subcommand("copy", "copy a library to an OpenSearch cluster, or back");
  copy->add_option("FROM", arguments.from, "a folder, or opensearch://host:port/name")
      ->option_text(" ")
      ->required();
  copy->add_option("TO", arguments.to, "the other of the two")->option_text(" ")->required();
  const auto keep = [&](ClusterVectors vectors) {
    return [&arguments, vectors](std::int64_t) { arguments.options.vectors = vectors; };
  };
  CLI::Option* floats =
      copy->add_flag_function("--floats", keep(ClusterVectors::kFloats),
                              "let the cluster keep four bytes a dimension in place of one");
  copy->add_flag_function(
          "--on-disk", keep(ClusterVectors::kOnDisk),
          "let it keep a bit a dimension in memory, the rest on its disks (needs faiss there)")
      ->excludes(floats);
  copy->add_flag("--json", arguments.json, "the report as one JSON object");
  copy->footer(
      "What is there already is not sent again: running it again brings the copy up to date, and goes on\n"
      "where an earlier run was cut off. Until then no search sees a new copy on a cluster, and a folder\n"
      "holds a library of some of the pictures.\n"
      "Addresses of nodes, users and passwords stand in a settings file (docs/cluster.md).\n"
      "Examples:\n  vitrine library copy ~/.local/share/vitrine/default opensearch://127.0.0.1:9200/photos\n"
      "  vitrine --library opensearch://127.0.0.1:9200/photos search red kayak");
  return copy;
}

void AddExchangeOptions(CLI::App* command, ExchangeArguments& arguments) {
  command->add_option("--npy", arguments.files.npy_file, "the vectors, in NumPy's format; required")
      ->option_text("FILE")
      ->required();
  command
      ->add_option("--ids", arguments.files.ids_file,
                   "a line for each vector: content hash or name, then perhaps a tab and a path")
      ->option_text("FILE");
  command->add_flag("--json", arguments.json, "the report as one JSON object");
}

CLI::App* AddExportVectors(CLI::App& group, ExchangeArguments& arguments) {
  CLI::App* vectors =
      group.add_subcommand("vectors", "write all vectors as float32, one row a picture, each of length 1");
  AddExchangeOptions(vectors, arguments);
  vectors->footer(
      "Examples:\n  vitrine export vectors --npy vectors.npy --ids ids.txt\n"
      "  vitrine export vectors --npy vectors.npy && python3 -c 'import numpy; "
      "print(numpy.load(\"vectors.npy\").shape)'");
  return vectors;
}

CLI::App* AddImportVectors(CLI::App& group, ExchangeArguments& arguments) {
  CLI::App* vectors =
      group.add_subcommand("vectors", "read vectors, as float32 or float16, one row a picture");
  AddExchangeOptions(vectors, arguments);
  vectors->footer(
      "A row whose id is the content hash or the path of a picture in the library sets its vector. Any other "
      "row\n"
      "becomes a picture that has a name and no file. Without --ids the rows are named 0, 1, 2, ...\n"
      "Examples:\n  vitrine import vectors --npy vectors.npy --ids ids.txt\n"
      "  vitrine --library /tmp/trial import vectors --npy million.npy");
  return vectors;
}

// A command that only holds others.
CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& help,
                   const std::string& examples) {
  CLI::App* group = app.add_subcommand(name, help);
  group->footer("Examples:\n" + examples + "\nvitrine " + name +
                " COMMAND --help shows a command's options.");
  group->require_subcommand(1);
  return group;
}

CLI::App* AddSidecarsWrite(CLI::App& sidecars, SidecarArguments& arguments) {
  CLI::App* write =
      sidecars.add_subcommand("write", "write tags, ratings and captions that were changed here");
  write
      ->add_option("--prefer", arguments.options.prefer,
                   "whose rating or caption counts where both were changed: vitrine or file")
      ->transform(CLI::CheckedTransformer(std::map<std::string, SidecarPreference>{
          {"vitrine", SidecarPreference::kVitrine}, {"file", SidecarPreference::kFile}}))
      ->option_text("SIDE");
  write->add_flag("--machine", arguments.options.machine_tags,
                  "also write what machines suggest, under a namespace of its own");
  write->add_flag("--short-names", arguments.options.short_names,
                  "name new sidecars photo.xmp, as Lightroom does, not photo.jpg.xmp");
  write->add_flag("--json", arguments.json, "the report as one JSON object");
  write->footer(
      "Picture files are never changed. Everything in a sidecar that is not a tag, rating or caption stays, "
      "byte for\nbyte. What cannot be written now stays queued.\n"
      "Examples:\n  vitrine sidecars write\n  vitrine sidecars write --prefer file");
  return write;
}

CLI::App* AddSidecarsReport(CLI::App& sidecars, const std::string& name, const std::string& help,
                            SidecarArguments& arguments) {
  CLI::App* report = sidecars.add_subcommand(name, help);
  report->add_flag("--json", arguments.json, "as one JSON object");
  report->footer("Examples:\n  vitrine sidecars " + name + "\n  vitrine sidecars " + name + " --json");
  return report;
}

// The word that was to be excluded and that the shell's habits made an option: "-snow".
bool LooksLikeExclusion(std::string_view word) {
  return word.size() > 2 && word[0] == '-' && word[1] != '-' && word[1] != '0';
}

// What the first word was perhaps to be, where it is no command.
void SuggestCommand(const CLI::App& app, int count, char** words) {
  const auto first = std::find_if(words + 1, words + count, [](const char* word) { return word[0] != '-'; });
  if (first == words + count) return;
  std::vector<std::string_view> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.emplace_back(command->get_name());
  if (std::ranges::find(names, std::string_view(*first)) != names.end()) return;
  const std::string_view guess = DidYouMean(*first, names);
  if (!guess.empty()) Say("did you mean: vitrine " + std::string(guess));
}

ExitCode UsageError(const CLI::App& app, const CLI::ParseError& error, int count, char** words) {
  if (count == 1) {
    Say(app.help());
    return ExitCode::kUsage;
  }
  Say(Printable(error.what()));
  SuggestCommand(app, count, words);
  const bool excludes = std::any_of(words + 1, words + count, LooksLikeExclusion);
  if (excludes && app.got_subcommand("search")) {
    Say("to exclude something, put the query into quotes: vitrine search 'dog -snow'");
  }
  Say("vitrine --help shows every command; vitrine COMMAND --help its options");
  return ExitCode::kUsage;
}

using Commands = std::vector<std::pair<const CLI::App*, Command>>;

void AddSidecarGroup(CLI::App& app, CommandLine& line, Commands& commands) {
  CLI::App& group = *AddGroup(
      app, "sidecars", "exchange tags, ratings and captions with other programs: write, status, conflicts",
      "  vitrine sidecars status\n  vitrine sidecars write");
  SidecarArguments& arguments = line.sidecars;
  commands.emplace_back(AddSidecarsWrite(group, arguments), Command::kSidecarsWrite);
  commands.emplace_back(
      AddSidecarsReport(group, "status", "what there is to write, and what stands against it", arguments),
      Command::kSidecarsStatus);
  commands.emplace_back(AddSidecarsReport(group, "conflicts",
                                          "ratings and captions that were changed on both sides", arguments),
                        Command::kSidecarsConflicts);
}

void AddLibraryGroups(CLI::App& app, CommandLine& line, Commands& commands) {
  CLI::App& library = *AddGroup(app, "library", "look after a library: index, stats, compact, copy",
                                "  vitrine library stats\n  vitrine library index --kind auto --memory 1G");
  commands.emplace_back(AddLibraryIndex(library, line.library_index), Command::kLibraryIndex);
  commands.emplace_back(AddLibraryStats(library, line.library_stats), Command::kLibraryStats);
  commands.emplace_back(AddLibraryCompact(library, line.library_compact), Command::kLibraryCompact);
  commands.emplace_back(AddLibraryCopy(library, line.library_copy), Command::kLibraryCopy);
  CLI::App& out = *AddGroup(app, "export", "write vectors for NumPy and whatever reads its files",
                            "  vitrine export vectors --npy vectors.npy --ids ids.txt");
  commands.emplace_back(AddExportVectors(out, line.export_vectors), Command::kExportVectors);
  CLI::App& in = *AddGroup(app, "import", "read vectors from such files",
                           "  vitrine import vectors --npy vectors.npy --ids ids.txt");
  commands.emplace_back(AddImportVectors(in, line.import_vectors), Command::kImportVectors);
}

// In the order that the help shows them: finding, describing, taking back, looking after.
Commands AddCommands(CLI::App& app, CommandLine& line) {
  Commands commands = {{AddIndex(app, line), Command::kIndex},
                       {AddSearch(app, line), Command::kSearch},
                       {AddSimilar(app, line), Command::kSimilar},
                       {AddSaved(app, line), Command::kSaved},
                       {AddTags(app, line.tags), Command::kTags},
                       {AddNote(app, line), Command::kNote},
                       {AddDuplicates(app, line.duplicates), Command::kDuplicates},
                       {AddBoard(app, line.board), Command::kBoard}};
  AddSidecarGroup(app, line, commands);
  commands.emplace_back(AddUndo(app, line), Command::kUndo);
  commands.emplace_back(AddRedo(app, line), Command::kRedo);
  commands.emplace_back(AddHistory(app, line), Command::kHistory);
  AddLibraryGroups(app, line, commands);
  commands.emplace_back(AddModel(app, line.model), Command::kModel);
  commands.emplace_back(AddServe(app, line), Command::kServe);
  commands.emplace_back(AddDoctor(app, line), Command::kDoctor);
  return commands;
}

}  // namespace

std::optional<CommandLine> ReadCommandLine(int count, char** words, ExitCode& exit) {
  CommandLine line;
  CLI::App app("Find pictures by what is in them, on this machine, with nothing sent anywhere.", "vitrine");
  app.formatter(std::make_shared<PlainFormatter>());
  app.set_version_flag("--version", std::string("vitrine ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kFooter);
  AddGlobalOptions(app, line.global);
  const Commands commands = AddCommands(app, line);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& help) {
    app.exit(help, std::cout, std::cerr);
    exit = ExitCode::kDone;
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    exit = UsageError(app, error, count, words);
    return std::nullopt;
  }
  for (const auto& [app_of_command, command] : commands) {
    if (app_of_command->parsed()) line.command = command;
  }
  return line;
}

}  // namespace vitrine
