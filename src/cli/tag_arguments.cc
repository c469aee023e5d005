#include "cli/tag_arguments.h"

#include <CLI/CLI.hpp>
#include <string>

namespace vitrine {
namespace {

CLI::App* AddAction(CLI::App& tags, TagsArguments& arguments, TagAction action, const std::string& name,
                    const std::string& help, const std::string& examples) {
  CLI::App* command = tags.add_subcommand(name, help);
  command->callback([&arguments, action] { arguments.action = action; });
  command->footer("Examples:\n" + examples);
  return command;
}

void AddTag(CLI::App* command, TagsArguments& arguments) {
  command->add_option("TAG", arguments.tag, "the tag, levels joined with '/'")->option_text(" ")->required();
}

void AddPictures(CLI::App* command, TagsArguments& arguments, const std::string& help) {
  command->add_option("PATH", arguments.pictures, help)->option_text("...");
}

void AddJson(CLI::App* command, TagsArguments& arguments) {
  command->add_flag("--json", arguments.json, "as one JSON object");
}

void AddAbove(CLI::App* command, TagsArguments& arguments, const std::string& help) {
  command->add_option("--above", arguments.above, help)->option_text("P")->check(CLI::Range(0.0, 1.0));
}

void AddSuggest(CLI::App& tags, TagsArguments& arguments) {
  CLI::App* suggest = AddAction(tags, arguments, TagAction::kSuggest, "suggest",
                                "say which tags pictures may carry, and how probably",
                                "  vitrine tags suggest --save\n  vitrine tags suggest holiday/\n"
                                "  vitrine tags suggest --vocabulary birds.txt --jsonl");
  AddPictures(suggest, arguments, "pictures or folders, in the library or not (default: the whole library)");
  suggest->add_option("--vocabulary", arguments.vocabulary, "a file of terms (default: some 1,900 of ours)")
      ->option_text("FILE");
  suggest->add_option("-n,--limit", arguments.limit, "tags a picture at most (default 10)")
      ->option_text("N")
      ->check(CLI::Range(1, 1'000'000));
  suggest->add_flag("--all", arguments.all, "every tag of every picture, however improbable");
  AddAbove(suggest, arguments, "tags of at least this probability (default 0.25; with --jsonl 0)");
  suggest->add_flag("--jsonl", arguments.jsonl, "one JSON object a line, one line a file");
  suggest->add_flag("--save", arguments.save, "remember them as suggestions, to accept or reject");
}

void AddTeach(CLI::App& tags, TagsArguments& arguments) {
  CLI::App* teach =
      AddAction(tags, arguments, TagAction::kTeach, "teach", "teach a tag with pictures that carry it or not",
                "  vitrine tags teach heron --yes a.jpg b.jpg --no c.jpg\n  vitrine tags teach heron");
  AddTag(teach, arguments);
  teach->add_option("--yes", arguments.yes, "pictures or folders that carry the tag")->option_text("PATH...");
  teach->add_option("--no", arguments.no, "pictures or folders that do not")->option_text("PATH...");
  AddJson(teach, arguments);
}

void AddDecisions(CLI::App& tags, TagsArguments& arguments) {
  CLI::App* apply =
      AddAction(tags, arguments, TagAction::kApply, "apply", "accept the suggestions of all tags at once",
                "  vitrine tags apply --above 0.9");
  AddAbove(apply, arguments, "suggestions of at least this probability (default 0.5)");
  AddJson(apply, arguments);
  CLI::App* accept = AddAction(tags, arguments, TagAction::kAccept, "accept", "accept suggestions of a tag",
                               "  vitrine tags accept animals/birds/heron\n"
                               "  vitrine tags accept heron --above 0.8\n  vitrine tags accept heron a.jpg");
  CLI::App* reject = AddAction(tags, arguments, TagAction::kReject, "reject",
                               "say that pictures do not carry a tag; it is never suggested for them again",
                               "  vitrine tags reject heron c.jpg\n  vitrine tags reject heron");
  for (CLI::App* command : {accept, reject}) {
    AddTag(command, arguments);
    AddPictures(command, arguments, "pictures or folders (default: all that it is suggested for)");
    AddAbove(command, arguments, "only suggestions of at least this probability");
    AddJson(command, arguments);
  }
  CLI::App* add = AddAction(tags, arguments, TagAction::kAdd, "add", "tag pictures",
                            "  vitrine tags add places/venice holiday/venice/");
  CLI::App* remove = AddAction(tags, arguments, TagAction::kRemove, "remove", "take a tag from pictures",
                               "  vitrine tags remove places/venice holiday/venice/airport.jpg");
  for (CLI::App* command : {add, remove}) {
    AddTag(command, arguments);
    command->add_option("PATH", arguments.pictures, "pictures or folders")->option_text("...")->required();
    AddJson(command, arguments);
  }
}

}  // namespace

CLI::App* AddTags(CLI::App& app, TagsArguments& arguments) {
  CLI::App* tags = app.add_subcommand("tags", "tags: suggest, teach, accept, reject, rename, list");
  tags->require_subcommand(1);
  tags->footer(
      "Examples:\n  vitrine tags suggest --save\n  vitrine tags accept animals/mammals/dog --above 0.9\n"
      "  vitrine tags teach \"our dog\" --yes rex1.jpg rex2.jpg --no wolf.jpg\n"
      "vitrine tags COMMAND --help shows a command's options. vitrine undo takes any of it back.");
  AddSuggest(*tags, arguments);
  AddTeach(*tags, arguments);
  AddDecisions(*tags, arguments);
  CLI::App* rename = AddAction(*tags, arguments, TagAction::kRename, "rename",
                               "give a tag and all below it another name, or make two tags one",
                               "  vitrine tags rename doggy animals/mammals/dog");
  AddTag(rename, arguments);
  rename->add_option("NEW", arguments.to, "the new name; where it exists, the two become one")
      ->option_text(" ")
      ->required();
  AddJson(rename, arguments);
  CLI::App* drop =
      AddAction(*tags, arguments, TagAction::kDelete, "delete",
                "remove a tag and all below it from every picture", "  vitrine tags delete blurry");
  AddTag(drop, arguments);
  AddJson(drop, arguments);
  CLI::App* list =
      AddAction(*tags, arguments, TagAction::kList, "list", "all tags with their numbers of pictures",
                "  vitrine tags list\n  vitrine tags list --json");
  AddJson(list, arguments);
  return tags;
}

}  // namespace vitrine
