"""Reference attributions of the bundled models, computed by TensorFlow: what the toolkit's own tests hold it against.

    python make_references.py          writes Tests/SaliencyCLITests/References/NAME.h5 for each entry of WANTED

Each dataset says in its `about` attribute what it is; the file's attributes name the model, the target, and the layers.
`saliency verify FILE --model NAME` compares.  Needs Data/scenes/requirements.txt.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # plain Eigen kernels: the same sums on every processor
import h5py
import keras
import numpy as np
import tensorflow as tf
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
SCENES = os.path.join(HERE, "..", "..", "Data", "scenes")
TARGET_FOLDER = os.path.join(HERE, "..", "..", "Tests", "SaliencyCLITests", "References")

# model, image, layer for the CAM family, layer and dense kernel for CAM (None where CAM does not apply)
WANTED = [
    ("scenes-gap", "two-003", "relu6", ("relu6", "predictions")),
    ("scenes-vgg", "two-003", "conv6", None),
]
# model, image that is pasted onto a flat canvas, grey level of the canvas
FLAT = [("scenes-gap", "two-003", 255), ("scenes-vgg", "two-003", 128)]
SAMPLES, NOISE, STEPS = 2, 0.15, 16


def gate(rule):
    """A ReLU whose backward pass is `rule(x, cotangent)`."""

    @tf.custom_gradient
    def relu(x):
        return tf.nn.relu(x), lambda cotangent: rule(x, cotangent)

    return relu


RULES = {
    "guided_backprop": gate(lambda x, g: g * tf.cast((x > 0) & (g > 0), g.dtype)),
    "deconvnet": gate(lambda x, g: tf.nn.relu(g)),
}


def rebuilt(path, relu=None):
    """The saved network with a linear end and, where given, another ReLU everywhere."""
    saved = keras.models.load_model(path, compile=False)

    def layer(old):
        config = old.get_config()
        if relu and isinstance(old, keras.layers.ReLU):
            return keras.layers.Activation(relu, name=old.name)
        new = old.__class__.from_config(config)
        activation = getattr(getattr(old, "activation", None), "__name__", "")
        if activation == "softmax":
            new.activation = keras.activations.linear
        elif relu and activation == "relu":
            new.activation = relu
        return new

    copy = keras.models.clone_model(saved, clone_function=layer)
    copy.set_weights(saved.get_weights())
    return saved, copy


def derivative(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy()


class Reference:
    def __init__(self, path, x):
        self.saved, self.plain = rebuilt(path)
        self.path, self.x = path, tf.constant(x)
        self.logits = self.plain(self.x).numpy()[0]
        self.target = int(self.logits.argmax())
        self.datasets = {}

    def put(self, name, value, about, **attributes):
        self.datasets[name] = (np.asarray(value, "float32"), dict(about=about, **attributes))

    def score(self, model):
        return lambda x: model(x)[:, self.target]

    def outputs(self):
        self.put("input", self.x, "the network's input, already preprocessed (1,H,W,C)")
        self.put("logits", self.logits, "pre-softmax scores")
        self.put("probabilities", self.saved(self.x)[0], "softmax of the scores")
        self.put("output", self.saved(self.x)[0], "the model's last output as it is")
        self.put("output_gradient", derivative(self.score(self.saved), self.x), "d output[target] / d input")

    def gradients(self):
        gradient = derivative(self.score(self.plain), self.x)
        self.put("gradient", gradient, "d score / d input")
        for name, relu in RULES.items():
            self.put(name, derivative(self.score(rebuilt(self.path, relu)[1]), self.x),
                     f"d score / d input, each ReLU read backwards by the rule of {name}")

    def class_activation(self, layer):
        tail = keras.Model(self.plain.inputs, [self.plain.get_layer(layer).output, self.plain.output])
        with tf.GradientTape() as tape:
            maps, scores = tail(self.x)
            score = scores[:, self.target]
        g, a = tape.gradient(score, maps).numpy().astype("float64"), maps.numpy().astype("float64")
        self.put("activations", a, f"output of layer {layer}")
        self.put("activation_gradient", g, f"d score / d output of {layer}")
        space = dict(axis=(1, 2), keepdims=True)
        linear = (g.mean(**space) * a).sum(-1)[0]
        cam = np.maximum(linear, 0)
        self.put("gradcam", cam, "relu(sum_k mean(G_k) A_k) (h,w), not upsampled")
        self.put("gradcam_negative", np.maximum(-linear, 0), "the counterfactual: relu(-sum_k mean(G_k) A_k)")
        large = tf.image.resize(cam[None, ..., None].astype("float32"), self.x.shape[1:3], method="bilinear").numpy()
        self.put("gradcam_upsampled", large[0, ..., 0], "bilinear, half-pixel centres, edge clamped")
        self.put("guided_gradcam", self.datasets["guided_backprop"][0] * large, "guided_backprop * gradcam_upsampled")
        denominator = 2 * g**2 + g**3 * a.sum(**space)
        alpha = np.divide(g**2, denominator, out=g**2, where=denominator != 0)
        weights = (alpha * np.maximum(g, 0)).sum(**space)
        self.put("gradcam_plus_plus", np.maximum((weights * a).sum(-1)[0], 0), "Grad-CAM++, exp(score) form")
        self.put("layercam", np.maximum((np.maximum(g, 0) * a).sum(-1)[0], 0), "relu(sum_k relu(G_k) A_k)")
        self.put("hirescam", np.maximum((g * a).sum(-1)[0], 0), "relu(sum_k G_k A_k)")
        weights = (g * a).sum(**space) / (a.sum(**space) + 1e-7)
        self.put("xgradcam", np.maximum((weights * a).sum(-1)[0], 0), "weights sum(G A) / (sum(A) + 1e-7)")

    def class_map(self, layer, dense):
        maps = keras.Model(self.plain.inputs, self.plain.get_layer(layer).output)(self.x).numpy()[0]
        kernel = self.plain.get_layer(dense).get_weights()[0][:, self.target]
        self.put("cam", maps.astype("float64") @ kernel, f"sum_k w_k A_k on {layer}, no ReLU")

    def averages(self):
        rng = np.random.default_rng(0)
        sigma = NOISE * float(self.x.numpy().max() - self.x.numpy().min())
        noise = rng.standard_normal((SAMPLES, *self.x.shape[1:])).astype("float32")
        noisy = [derivative(self.score(self.plain), self.x + sigma * n[None]) for n in noise]
        self.put("smoothgrad_noise", noise, "unit normal noise; sample i explains input + sigma * noise[i]")
        self.put("smoothgrad", np.mean(noisy, axis=0), f"mean gradient over {SAMPLES} noisy inputs",
                 sigma=sigma, samples=SAMPLES, noise_level=NOISE)
        points = [self.x * ((i + 0.5) / STEPS) for i in range(STEPS)]
        mean = np.mean([derivative(self.score(self.plain), p) for p in points], axis=0)
        self.put("integrated_gradients", mean * self.x.numpy(), f"zero baseline, midpoint rule, {STEPS} steps",
                 steps=STEPS)


def pasted(picture, level):
    """The picture at two thirds of its size on a canvas of its own size."""
    size = picture.width * 2 // 3, picture.height * 2 // 3
    canvas = Image.new("RGB", picture.size, (level,) * 3)
    canvas.paste(picture.convert("RGB").resize(size, Image.BILINEAR), (picture.width // 5, picture.height // 4))
    return canvas


def load(name, picture):
    return Reference(os.path.join(SCENES, name + ".h5"), np.asarray(picture, "float32")[None] / np.float32(255))


def write(name, reference, **attributes):
    path = os.path.join(TARGET_FOLDER, name + ".h5")
    with h5py.File(path, "w") as file:
        file.attrs.update(target=reference.target, **attributes)
        for key, (value, about) in reference.datasets.items():
            file.create_dataset(key, data=value, compression="gzip").attrs.update(about)
    print(f"{name}.h5: target {reference.target}, {os.path.getsize(path):,} bytes")


def main():
    os.makedirs(TARGET_FOLDER, exist_ok=True)
    for name, image, layer, class_map in WANTED:
        reference = load(name, Image.open(os.path.join(SCENES, "test", "images", image + ".png")))
        reference.outputs()
        reference.gradients()
        reference.class_activation(layer)
        attributes = dict(model=name + ".h5", image=image + ".png", conv=layer)
        if class_map:
            reference.class_map(*class_map)
            attributes.update(cam_layer=class_map[0], cam_dense=class_map[1])
        reference.averages()
        write(name, reference, **attributes)
    for name, image, level in FLAT:
        reference = load(name, pasted(Image.open(os.path.join(SCENES, "test", "images", image + ".png")), level))
        reference.outputs()
        reference.gradients()
        reference.averages()
        write(f"{name}-flat", reference, model=name + ".h5", image=f"{image}.png on a canvas of grey level {level}")


main()
