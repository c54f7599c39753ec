#!/usr/bin/env python3
"""List public symbols without a doc comment: FILE:LINE: DECLARATION. Exits with 1 if there are any.

    Scripts/undocumented.py Sources/SaliencyCore Sources/Methods

By text: a declaration with `public`, or a requirement or case of a public protocol or enum, needs a `///` line above it
(attributes may stand between). Left out: implementations of protocol requirements, whose comment is at the requirement
(a name that some protocol of the folders declares), `Codable`, `Equatable`, result builders, and operators of the standard
library.
"""
import pathlib
import re
import sys

DECLARATION = re.compile(
    r"^(?P<indent> *)(?P<words>(?:(?:public|open|package|private|fileprivate|internal|static|final|indirect|mutating|"
    r"nonisolated|private\(set\)|override|prefix|convenience|nonisolated\(nonsending\)) +)*)"
    r"(?P<kind>struct|class|enum|protocol|actor|func|var|let|init|subscript|typealias|case|associatedtype)\b[ (?]*"
    r"(?P<name>`?[\w+\-*/=<>!%]*)"
)
STANDARD = {
    "description", "hash", "encode", "errorDescription", "allCases", "rawValue", "body", "makeIterator", "==", "<", "+",
    "-", "*", "/", "+=", "debugDescription", "errorUserInfo", "next", "helpAnchor", "id", "buildExpression", "buildBlock",
    "buildOptional", "buildEither", "buildArray", "buildLimitedAvailability",
}


def read(path):
    """Yield (line number, indentation, words, kind, name, is documented, enclosing kind and publicity)."""
    scopes = []  # (indentation, kind, is public)
    documented = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = line.strip()
        if text.startswith("///"):
            documented = True
            continue
        if not text or text.startswith("@") or text.startswith("//"):
            documented = documented and bool(text)
            continue
        indent = len(line) - len(line.lstrip(" "))
        while scopes and indent <= scopes[-1][0] and text != "":
            scopes.pop()
        extension = re.match(r"^ *(public |package )?extension\b", line)
        if extension:
            scopes.append((indent, "extension", False))
        match = DECLARATION.match(line)
        if match:
            words, kind = match["words"].split(), match["kind"]
            outer = scopes[-1] if scopes else None
            is_member = outer is None or indent == outer[0] + 2
            if is_member:
                inherits = outer and outer[2] and (
                    outer[1] == "protocol" or (outer[1] == "enum" and kind == "case"))
                is_public = "public" in words or "open" in words or bool(inherits)
                yield number, kind, match["name"], is_public, documented, outer, line
                if kind in ("struct", "class", "enum", "protocol", "actor") and text.endswith("{"):
                    scopes.append((indent, kind, is_public))
                elif kind in ("func", "init", "var", "let", "subscript") and text.endswith(("{", "(")):
                    scopes.append((indent, "code", False))
        documented = False


def main(folders):
    files = sorted(f for folder in folders for f in pathlib.Path(folder).rglob("*.swift"))
    everywhere = sorted(pathlib.Path(folders[0]).parent.rglob("*.swift")) if folders else []
    requirements = {
        name for f in set(files) | set(everywhere) for _, _, name, _, _, outer, _ in read(f)
        if outer and outer[1] == "protocol"
    }
    count = 0
    for file in files:
        for number, kind, name, is_public, documented, outer, line in read(file):
            if not is_public or documented:
                continue
            is_requirement = outer and outer[1] == "protocol"
            if not is_requirement and (name in requirements or name in STANDARD):
                continue
            if kind == "init" and ("from decoder" in line or line.strip().startswith("public init() {")):
                continue
            count += 1
            print(f"{file}:{number}: {line.strip()}")
    print(f"{count} public symbols without a doc comment", file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER...")
    sys.exit(main(sys.argv[1:]))
