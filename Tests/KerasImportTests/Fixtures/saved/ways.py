"""Ways of saving, and names that say something else than the content."""
import json
import pathlib
import tempfile
import zipfile

import keras
import numpy as np
import tf_keras

from .common import case, computed, randomised, rezipped, saved, small, zipped


def ways():
    for k, which in ((keras, "keras3"), (tf_keras, "keras2")):
        model = small(k)
        model.compile("adam", "mse")
        model.fit(np.zeros((4, 8, 10, 3)), np.zeros((4, 3)), verbose=0)
        randomised(model)
        expected = computed(model)
        for file in ("model.h5", "model.keras"):
            case(f"{which}_compiled_{file[6:]}", saved(model, file), expected, file=file)
        case(f"{which}_v3_weights", saved(model, "model.weights.h5"), expected, file="model.weights.h5",
             architecture=model.to_json())
    model = small(tf_keras)
    expected = computed(model)
    with tempfile.TemporaryDirectory() as folder:
        model.save_weights(folder + "/w.h5")
        weights = pathlib.Path(folder + "/w.h5").read_bytes()
    case("keras2_weights", weights, expected, architecture=model.to_json())
    case("weights_called_keras", weights, expected, file="model.keras", architecture=model.to_json())
    case("json_in_a_string", weights, expected, architecture=json.dumps(model.to_json()))
    case("weights_alone", weights, error="holds weights without an architecture")
    full = saved(model)
    case("full_called_weights", full, expected, file="model.weights.h5")
    case("full_called_keras", full, expected, file="model.keras")
    archive = saved(small3 := small(keras), "model.keras")
    expected3 = computed(small3)
    case("keras_called_h5", archive, expected3, file="model.h5")
    case("keras_deflated", rezipped(archive, zipfile.ZIP_DEFLATED), expected3, file="model.keras")
    case("keras_with_folders", rezipped(archive, zipfile.ZIP_STORED, extra={"assets/": b""}), expected3, file="model.keras")
    case("keras_without_weights", rezipped(archive, zipfile.ZIP_STORED, without="model.weights.h5"), file="model.keras",
         error="without model.weights.h5")
    case("zip_of_an_h5", zipped({"keras_model.h5": full, "labels.txt": b"0 cat\n"}), file="model.zip",
         error="unpack it and give keras_model.h5")
    case("keras_truncated", archive[: len(archive) * 2 // 3], file="model.keras", error="a damaged zip archive")
