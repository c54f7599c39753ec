// The convolutions of three networks, in their order.
#ifndef LAYERS_H
#define LAYERS_H

typedef struct layer {
  const char *network, *name;
  int times, size, in, out, kernel, stride, pad;
} layer;

// Sizes are of the layer's input; padding 0 with stride 2 and kernel 3 is SqueezeNet's "valid".
static const layer layers[] = {
    {"vgg16", "conv1_1", 1, 224, 3, 64, 3, 1, 1},
    {"vgg16", "conv1_2", 1, 224, 64, 64, 3, 1, 1},
    {"vgg16", "conv2_1", 1, 112, 64, 128, 3, 1, 1},
    {"vgg16", "conv2_2", 1, 112, 128, 128, 3, 1, 1},
    {"vgg16", "conv3_1", 1, 56, 128, 256, 3, 1, 1},
    {"vgg16", "conv3_2", 2, 56, 256, 256, 3, 1, 1},
    {"vgg16", "conv4_1", 1, 28, 256, 512, 3, 1, 1},
    {"vgg16", "conv4_2", 2, 28, 512, 512, 3, 1, 1},
    {"vgg16", "conv5", 3, 14, 512, 512, 3, 1, 1},
    {"resnet50", "conv1", 1, 224, 3, 64, 7, 2, 3},
    {"resnet50", "2a 1x1", 1, 56, 64, 64, 1, 1, 0},
    {"resnet50", "2 reduce", 2, 56, 256, 64, 1, 1, 0},
    {"resnet50", "2 3x3", 3, 56, 64, 64, 3, 1, 1},
    {"resnet50", "2 expand", 4, 56, 64, 256, 1, 1, 0},
    {"resnet50", "3a reduce", 1, 56, 256, 128, 1, 1, 0},
    {"resnet50", "3a 3x3/2", 1, 56, 128, 128, 3, 2, 1},
    {"resnet50", "3a short", 1, 56, 256, 512, 1, 2, 0},
    {"resnet50", "3 reduce", 3, 28, 512, 128, 1, 1, 0},
    {"resnet50", "3 3x3", 3, 28, 128, 128, 3, 1, 1},
    {"resnet50", "3 expand", 4, 28, 128, 512, 1, 1, 0},
    {"resnet50", "4a reduce", 1, 28, 512, 256, 1, 1, 0},
    {"resnet50", "4a 3x3/2", 1, 28, 256, 256, 3, 2, 1},
    {"resnet50", "4a short", 1, 28, 512, 1024, 1, 2, 0},
    {"resnet50", "4 reduce", 5, 14, 1024, 256, 1, 1, 0},
    {"resnet50", "4 3x3", 5, 14, 256, 256, 3, 1, 1},
    {"resnet50", "4 expand", 6, 14, 256, 1024, 1, 1, 0},
    {"resnet50", "5a reduce", 1, 14, 1024, 512, 1, 1, 0},
    {"resnet50", "5a 3x3/2", 1, 14, 512, 512, 3, 2, 1},
    {"resnet50", "5a short", 1, 14, 1024, 2048, 1, 2, 0},
    {"resnet50", "5 reduce", 2, 7, 2048, 512, 1, 1, 0},
    {"resnet50", "5 3x3", 2, 7, 512, 512, 3, 1, 1},
    {"resnet50", "5 expand", 3, 7, 512, 2048, 1, 1, 0},
    {"squeezenet", "conv1", 1, 227, 3, 64, 3, 2, 0},
    {"squeezenet", "2 squeeze", 1, 56, 64, 16, 1, 1, 0},
    {"squeezenet", "3 squeeze", 1, 56, 128, 16, 1, 1, 0},
    {"squeezenet", "2,3 e1x1", 2, 56, 16, 64, 1, 1, 0},
    {"squeezenet", "2,3 e3x3", 2, 56, 16, 64, 3, 1, 1},
    {"squeezenet", "4 squeeze", 1, 28, 128, 32, 1, 1, 0},
    {"squeezenet", "5 squeeze", 1, 28, 256, 32, 1, 1, 0},
    {"squeezenet", "4,5 e1x1", 2, 28, 32, 128, 1, 1, 0},
    {"squeezenet", "4,5 e3x3", 2, 28, 32, 128, 3, 1, 1},
    {"squeezenet", "6 squeeze", 1, 14, 256, 48, 1, 1, 0},
    {"squeezenet", "7 squeeze", 1, 14, 384, 48, 1, 1, 0},
    {"squeezenet", "6,7 e1x1", 2, 14, 48, 192, 1, 1, 0},
    {"squeezenet", "6,7 e3x3", 2, 14, 48, 192, 3, 1, 1},
    {"squeezenet", "8 squeeze", 1, 14, 384, 64, 1, 1, 0},
    {"squeezenet", "9 squeeze", 1, 14, 512, 64, 1, 1, 0},
    {"squeezenet", "8,9 e1x1", 2, 14, 64, 256, 1, 1, 0},
    {"squeezenet", "8,9 e3x3", 2, 14, 64, 256, 3, 1, 1},
    {"squeezenet", "conv10", 1, 14, 512, 1000, 1, 1, 0},
};

#endif
