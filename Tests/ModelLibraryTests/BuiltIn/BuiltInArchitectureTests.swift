import Imaging
import Testing

@testable import ModelLibrary

@Suite struct BuiltInArchitectureTests {
  @Test func allOfKerasApplicationsAreThere() {
    let names = BuiltInArchitectures.all.map(\.name)
    #expect(names.count == 40)
    #expect(names.contains("VGG16"))
    #expect(names.contains("EfficientNetV2B0"))
  }

  @Test func factsOfVGG16() throws {
    let found = try #require(BuiltInArchitectures.named("vgg16"))
    #expect(found.file == "vgg16_weights_tf_dim_ordering_tf_kernels.h5")
    #expect(found.checksum == .md5("64373286793e3c8b2b4e3219cbf3544b"))
    #expect(found.parameters == 138_357_544)
    #expect(found.inputSize == InputSize(height: 224, width: 224))
    #expect(BuiltInArchitectures.forFile("/downloads/" + found.file) == found)
  }

  @Test func weightsWithoutTheirLastLayersAreNamed() throws {
    let files = [
      "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5": "VGG16", "NASNet-mobile-no-top.h5": "NASNetMobile",
      "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5": "MobileNetV2",
      "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5": "MobileNetV3Small",
    ]
    for (file, name) in files { #expect(BuiltInArchitectures.withoutTop("/downloads/" + file)?.name == name) }
    #expect(BuiltInArchitectures.withoutTop("vgg16_weights_tf_dim_ordering_tf_kernels.h5") == nil)
    #expect(
      "\(LibraryError.withoutTop("a_notop.h5", architecture: "VGG16"))"
        == "a_notop.h5: found the weights of VGG16 without its last layers (include_top=False), which give no classes to "
        + "explain; fetch the whole ones with `saliency weights fetch VGG16`")
  }

  @Test func labelsAreImageNetsInOrder() throws {
    let labels = try #require(BuiltInArchitectures.imageNetLabels)
    #expect(labels.count == 1000 && Set(labels).count == 1000)
    #expect([labels[0], labels[207], labels[999]] == ["tench", "golden retriever", "toilet tissue"])
  }

  @Test func aNameWhoseWeightsAreNotHereSaysHowToGetThem() {
    #expect(throws: LibraryError.weightsNeeded("NASNetLarge")) {
      _ = try ModelRequest("nasnetlarge").load()
    }
    #expect(
      "\(LibraryError.weightsNeeded("VGG16"))"
        == "VGG16: its weights are not on this machine; fetch them with `saliency weights fetch VGG16`")
  }
}
