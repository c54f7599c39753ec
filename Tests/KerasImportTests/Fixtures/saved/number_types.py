"""Models and weights of every type of float."""
import sys

import keras
import numpy as np
import tf_keras

from .common import case, computed, saved, small


def types():
    for k, which in ((keras, "keras3"), (tf_keras, "keras2")):
        for policy in ("float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"):
            model, plain = small(k, dtype=policy), small(k)
            if "mixed" in policy or policy == "bfloat16":
                # Computed in float32 here as everywhere: half precision is a matter of speed, not of the model.
                plain.set_weights([np.asarray(w, "float32") for w in model.get_weights()])
                expected = computed(plain)
            elif policy == "float16":
                plain.set_weights([np.asarray(w, "float32") for w in model.get_weights()])
                expected = computed(plain)
            else:
                expected = computed(model, "float64")
            formats = ["model.h5", "model.keras"] + (["model.weights.h5"] if k is keras else [])
            for file in formats:
                try:
                    content = saved(model, file)
                except Exception as problem:  # some pairs Keras cannot save itself
                    print(f"{which} {policy} {file}: not saved: {str(problem)[:80]}", file=sys.stderr)
                    continue
                architecture = model.to_json() if "weights" in file else None
                case(f"{which}_{policy}_{file.split('.', 1)[1].replace('.', '_')}", content, expected, file=file,
                     architecture=architecture)
