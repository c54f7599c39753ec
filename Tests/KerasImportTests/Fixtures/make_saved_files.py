"""Files as they are found: what Keras versions, options of saving and other tools make of a few small models.

    KERAS_BACKEND=tensorflow python make_saved_files.py [FOLDER]

Needs TensorFlow 2.20, Keras 3, tf_keras and h5py. Writes saved.zip beside itself, with for each case NAME/model.* (and
NAME/architecture.json where the file holds weights alone); of those that should load also input.npy, output.npy, seed.npy
and gradient.npy (d sum(output * seed) / d input), images as (height, width, channels) whatever the file says; of the others
error.txt, what the message has to contain. FOLDER gets the same as files.
"""
import io
import pathlib
import sys
import zipfile

import numpy as np

from saved import keras1, layouts, number_types, refused, storage, structures, ways
from saved.common import cases

HERE = pathlib.Path(__file__).parent


def entries():
    for name, found in cases.items():
        yield f"{name}/{found['file']}", found["content"]
        if found["architecture"]:
            yield f"{name}/architecture.json", found["architecture"].encode()
        if found["error"]:
            yield f"{name}/error.txt", found["error"].encode()
        for key, value in (found["expected"] or {}).items():
            buffer = io.BytesIO()
            np.save(buffer, np.ascontiguousarray(value))
            yield f"{name}/{key}.npy", buffer.getvalue()


def main(folder):
    number_types.types()
    ways.ways()
    storage.storage()
    storage.long_names()
    storage.declared()
    keras1.files()
    layouts.files()
    structures.files()
    refused.files()
    with zipfile.ZipFile(HERE / "saved.zip", "w") as out:
        for name, content in entries():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content, compresslevel=9)
            if folder:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
    print(f"{len(cases)} cases, {(HERE / 'saved.zip').stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None)
