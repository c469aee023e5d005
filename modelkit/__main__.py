"""python -m modelkit COMMAND"""
import argparse

from . import starter


def main():
    parser = argparse.ArgumentParser(prog="modelkit", description="Make and judge Vitrine's model packs.")
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build-starter", help="align the starter pack on Flickr8k and write it")
    build.add_argument("--data", required=True, help="folder with captions.tsv, train.txt, dev.txt and images/")
    build.add_argument("--out", required=True, help="folder of the pack")
    arguments = parser.parse_args()
    if arguments.command == "build-starter":
        starter.build(arguments.data, arguments.out)


if __name__ == "__main__":
    main()
