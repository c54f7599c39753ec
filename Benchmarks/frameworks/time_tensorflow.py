"""How long TensorFlow takes for the rows of `saliency time`: python time_tensorflow.py [--models ...] [--rows ...]

Everything is compiled with tf.function, the best a careful user gets; parameter gradients are off.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

import timing


@tf.custom_gradient
def guided_relu(x):
    y = tf.nn.relu(x)
    return y, lambda upstream: tf.where((y > 0) & (upstream > 0), upstream, 0)


def network(name):
    """The network up to the score before its softmax."""
    net = keras.models.model_from_json(timing.architecture(name))
    net.trainable = False
    last = net.layers[-1]
    if isinstance(last, keras.layers.Activation):
        net = keras.Model(net.inputs, last.input)
    else:
        last.activation = keras.activations.linear
    return net


def rectified(net, function):
    """Puts a function in the place of every ReLU that is looked up when a tf.function is traced."""
    for layer in net.layers:
        if getattr(layer, "activation", None) in (keras.activations.relu, guided_relu):
            layer.activation = function


def jobs(name, options):
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.keras.utils.set_random_seed(0)
    net = network(name)
    size = timing.input_size(name)
    image = np.random.default_rng(0).random((1, size, size, 3), np.float32)
    x = tf.constant(image)

    @tf.function
    def forward():
        return net(x, training=False)

    def make_gradient():
        @tf.function(reduce_retracing=True)
        def gradient(batch):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(batch)
                score = net(batch, training=False)[:, timing.TARGET]
            return tape.gradient(score, batch)
        return gradient

    gradient = make_gradient()

    def smooth_grad():
        total = 0
        for start in range(0, options.samples, timing.CHUNK):
            count = min(timing.CHUNK, options.samples - start)
            noisy = x + tf.random.normal((count, size, size, 3), stddev=timing.NOISE)
            total += tf.reduce_sum(gradient(noisy), 0)
        return total / options.samples

    result = {"forward": {"tensorflow": forward}, "gradient": {"tensorflow": lambda: gradient(x)},
              "smooth-grad": {"tensorflow": smooth_grad}}
    if name in timing.LAYERS:
        result.update(with_layer(name, net, x, size, gradient, make_gradient(), smooth_grad))
    # An answer counts as given when it is in memory.
    return {row: {v: (lambda f=f: tf.nest.map_structure(np.asarray, f())) for v, f in variants.items()}
            for row, variants in result.items()}


def with_layer(name, net, x, size, gradient, untraced, smooth_grad):
    sub = keras.Model(net.inputs, [net.get_layer(timing.LAYERS[name]).output, net.output])

    def guided():
        # Traced at the first call only, while the rectifiers are the guided ones.
        rectified(net, guided_relu)
        try:
            return untraced(x)
        finally:
            rectified(net, keras.activations.relu)

    @tf.function
    def grad_cam():
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            maps, scores = sub(x, training=False)
            score = scores[:, timing.TARGET]
        weights = tf.reduce_mean(tape.gradient(score, maps), (1, 2), keepdims=True)
        return tf.nn.relu(tf.reduce_sum(weights * maps, -1, keepdims=True))

    def guided_grad_cam():
        return guided() * tf.image.resize(grad_cam(), (size, size))

    @tf.function
    def cam():
        maps = sub(x, training=False)[0]
        if name == "squeezenet":  # the last convolution's maps are the classes'
            return net.get_layer("conv10")(maps)[..., timing.TARGET]
        return tf.tensordot(maps, net.get_layer(timing.HEADS[name]).kernel[:, timing.TARGET], 1)

    six = [lambda: gradient(x), guided, grad_cam, guided_grad_cam, smooth_grad]
    six += [cam] if name in timing.HEADS else []
    rows = {"guided-backprop": guided, "grad-cam": grad_cam, "guided-grad-cam": guided_grad_cam,
            "six": lambda: [f() for f in six]}
    return {row: {"tensorflow": f} for row, f in rows.items()}


timing.run(jobs, __doc__)
