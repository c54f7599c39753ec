"""Six maps of one photograph with Keras and tf-keras-vis: python picture_keras.py vgg16 model.h5 photo.png figure.png"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

import picture
import timing

options = picture.arguments(__doc__)
tf.config.threading.set_intra_op_parallelism_threads(2)
if options.save_weights:
    keras.models.model_from_json(timing.architecture(options.model)).save(options.weights)
    raise SystemExit

from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.saliency import Saliency
from tf_keras_vis.utils.model_modifiers import GuidedBackpropagation, ReplaceToLinear
from tf_keras_vis.utils.scores import CategoricalScore

net = keras.models.load_model(options.weights, compile=False)
size = timing.input_size(options.model)
photo, pixels = picture.read(options.image, size)
x = pixels[None]
target = int(np.argmax(net(x, training=False)))
score = CategoricalScore([target])
linear, guided = [ReplaceToLinear()], [ReplaceToLinear(), GuidedBackpropagation()]
layer = timing.LAYERS[options.model]
raw = dict(keepdims=True, normalize_map=False)
saliency = Saliency(net, model_modifier=linear)
detail = Saliency(net, model_modifier=guided)(score, x, **raw)[0]
region = Gradcam(net, model_modifier=linear)(score, x, penultimate_layer=layer, normalize_cam=False)[0]
maps = {
    "Gradient": saliency(score, x, **raw)[0],
    "Guided backprop": detail,
    "Grad-CAM": region,
    "Guided Grad-CAM": detail * region[..., None],
    "SmoothGrad": saliency(score, x, smooth_samples=picture.SAMPLES, smooth_noise=picture.NOISE, **raw)[0],
}
if options.model == "squeezenet":
    features = keras.Model(net.inputs, net.get_layer("relu_conv10").output)
    maps["CAM"] = features(x, training=False)[0, ..., target].numpy()
picture.draw(photo, maps, options.output)
